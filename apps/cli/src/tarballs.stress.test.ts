import { execFileSync, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describeStress } from '@particle-grants/test-kit/levels'
import { expect, it } from 'vitest'
import { pack, temporaryFolder } from '../test/packed.ts'

const root = join(import.meta.dirname, '../../..')
const readManifest = (directory: string) => JSON.parse(readFileSync(join(root, directory, 'package.json'), 'utf8'))
const published = ['packages', 'apps']
  .flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`))
  .filter((directory) => !readManifest(directory).private)

/** The files of every package: its code, its declarations, their maps and sources, and what npm shows. */
const common = [/^(package\.json|README\.md|LICENSE)$/, /^dist\/.+\.(js|js\.map|d\.ts|d\.ts\.map)$/, /^src\/.+\.ts$/]
/** The other files of some packages. */
const others: Readonly<Record<string, readonly RegExp[]>> = {
  'apps/cli': [
    /^dist\/(main\.cjs|help\.json|third-party-notices\.txt)$/,
    /^bin\/pgrants\.cjs$/,
    /^man\/.+\.1$/,
    /^oclif\.manifest\.json$/,
  ],
  'packages/sandbox': [/^bin\/[a-z-]+\.js$/],
}

describeStress('a published package', () => {
  const folder = temporaryFolder('tarballs')

  it.each(published)('contains its files, the license and no test, and refers to no workspace: %s', (directory) => {
    const [tarball = ''] = pack([directory], folder)
    const list = execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
    const files = list
      .trim()
      .split('\n')
      .map((name) => name.replace(/^package\//, ''))
    const allowed = [...common, ...(others[directory] ?? [])]
    expect(files.filter((name) => !allowed.some((pattern) => pattern.test(name)))).toEqual([])
    expect(files).toEqual(expect.arrayContaining(['package.json', 'README.md', 'LICENSE']))
    expect(files.filter((name) => /\.(test|test-d|stress)\.|(^|\/)tests?\//.test(name))).toEqual([])
    const manifest = execFileSync('tar', ['-xzOf', tarball, 'package/package.json'], { encoding: 'utf8' })
    expect(manifest).not.toContain('workspace:')
    expect(manifest).not.toContain('catalog:')
  })

  it.each(published)('is not packed by npm, which says what to use: %s', (directory) => {
    const { status, stderr } = spawnSync('npm', ['pack', '--dry-run'], { cwd: join(root, directory), encoding: 'utf8' })
    expect(stderr).toContain('Use pnpm publish')
    expect(status).not.toBe(0)
  })
})
