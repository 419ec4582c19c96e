import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { documentedPackages } from '../sidebar.ts'
import { withIntroduction } from './introduction.ts'

const made = '# whatever\n\n## Functions\n'

describe('a page of an API begins', () => {
  it.each(documentedPackages)('with what the package is for, how it is installed, and an example: %s', (folder) => {
    const readme = readFileSync(new URL(`../../../packages/${folder}/README.md`, import.meta.url), 'utf8')
    const entry = `@particle-grants/${folder}`
    const page = withIntroduction(made, { folder, file: 'index.md', entry, readme })
    const [beginning = '', rest] = page.split('\n## Functions')
    expect(rest).toBeDefined()
    expect(beginning.startsWith(`# ${entry}\n\n`)).toBe(true)
    expect(beginning).toMatch(/npm install [^\n]*@particle-grants\//)
    expect(beginning).toMatch(new RegExp(`^\`\`\`(?:ts|js)\n[\\s\\S]*'${entry}'`, 'm'))
    expect(beginning).not.toMatch(/\]\(\.\.\/\.\.\/docs|\]\(\.\.\/[\w-]+\/README/)
  })

  it('with its links as they lead from there', () => {
    const readme =
      '# x\n\n[a](../core/README.md) [b](../core) [c](../../docs/guides/axios.md#d) [e](../../apps/cli/README.md)\n\n## More\n'
    const page = withIntroduction(made, {
      folder: 'axios',
      file: 'index.md',
      entry: '@particle-grants/axios',
      readme,
    })
    expect(page).toContain(
      '[a](../core/index.md) [b](../core/index.md) [c](../../guides/axios.md#d) [e](../../../apps/cli/README.md)',
    )
  })

  it('with what is imported, where it is not the first entry point', () => {
    const entry = '@particle-grants/core/machine'
    const page = withIntroduction(made, {
      folder: 'core',
      file: 'machine/machine.md',
      entry,
      readme: '# x\n',
    })
    expect(page).toMatch(/^# @particle-grants\/core\/machine\n\nThe exports of `@particle-grants\/core\/machine`\./)
    expect(page).toContain('[@particle-grants/core](../index.md)')
  })
})
