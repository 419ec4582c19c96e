import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { docs } from './cloud.ts'
import { readSamples } from './page-programs.ts'

const root = join(docs, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

describe('the commands of the READMEs', () => {
  it('name packages that exist', () => {
    const installed = [
      'axios',
      'core',
      'management',
      'node',
      'plugin-auth',
      'process-lock',
      'sandbox',
      'sso',
      'store-contract',
      'store-file',
      'store-keyring',
      'store-redis',
    ]
    for (const name of installed) {
      const text = read(`packages/${name}/README.md`)
      const named = [...text.matchAll(/(?:npm install|npx) [^\n#`]*/g)].flatMap(([line]) =>
        line.match(/@particle-grants\/[\w-]+/g),
      )
      for (const one of named.filter((found) => found !== null))
        expect(existsSync(join(root, 'packages', one.split('/')[1] ?? '')), one).toBe(true)
    }
  })
})

describe('a package.json in the docs', () => {
  const plugin = JSON.parse(read('packages/plugin-auth/package.json'))
  const example = JSON.parse(read('apps/devices-plugin/package.json'))

  it.each(['docs/guides/oclif-plugin.md', 'packages/plugin-auth/README.md', 'apps/devices-plugin/README.md'])(
    '%s shows the settings of the CLI that the tests run',
    (path) => {
      const shown = readSamples(path, 'json').map((text) => JSON.parse(text))
      expect(shown).toHaveLength(1)
      for (const { oclif } of shown) {
        expect(oclif.plugins).toEqual(example.oclif.plugins)
        expect(oclif.topicSeparator).toBe(example.oclif.topicSeparator)
        for (const name of Object.keys(oclif)) expect(example.oclif).toHaveProperty(name)
      }
    },
  )

  it('names the dependencies of a plugin', () => {
    const [text = ''] = readSamples('docs/guides/oclif-plugin.md', 'json')
    const { dependencies } = JSON.parse(text)
    expect(Object.keys(dependencies)).toEqual(['@oclif/core', plugin.name])
    const { version } = JSON.parse(read('packages/plugin-auth/node_modules/@oclif/core/package.json'))
    expect(dependencies['@oclif/core']).toBe(`^${version.split('.')[0]}`)
  })
})
