import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { secretVariables } from '../.vitepress/theme/samples/curl.ts'
import { recordAll } from '../generator/exchange/exchanges.ts'
import { languageOf, tools } from '../generator/samples/sample.ts'
import { allSamples } from '../generator/samples/samples.ts'
import { docs } from './cloud.ts'
import { guides } from './guides.ts'
import { coreReadme, pagePrograms, readSamples, rootReadme } from './page-programs.ts'
import { findTypeErrors, type Modules } from './type-errors.ts'

const recordings = await recordAll()
const grantSamples = allSamples(recordings)

describe('the samples', () => {
  it('cover each exchange of the grant pages with each tool', () => {
    for (const exchange of new Set(grantSamples.map((sample) => sample.exchange))) {
      const shown = grantSamples.filter((sample) => sample.exchange === exchange)
      expect(shown.map(({ tool }) => tool)).toEqual([...tools])
      expect(shown.filter(({ text }) => text.trim() === '')).toEqual([])
    }
    expect(grantSamples.length).toBe((Object.keys(recordings).length - 3) * tools.length)
  })

  it('include every page in docs/guides', () => {
    const written = readdirSync(join(docs, 'guides')).map((name) => `guides/${name}`)
    expect(guides.map(({ path }) => path).toSorted()).toEqual(['index.md', ...written].toSorted())
  })

  it('exclude only shell samples that exist', () => {
    for (const { path, skipped = {} } of guides)
      for (const beginning of Object.keys(skipped))
        expect(
          readSamples(`docs/${path}`, 'sh').some((text) => text.startsWith(beginning)),
          beginning,
        ).toBe(true)
  })

  it('include the first program of the root README, and the same in examples/first.mjs', () => {
    expect(readFileSync(join(docs, '../examples/first.mjs'), 'utf8')).toBe(rootReadme)
  })

  it.each([
    ['event-stream.mjs', 'event-streams.md'],
    ['serverless.mjs', 'serverless.md'],
  ])('include examples/%s in the guide %s', (name, guide) => {
    const example = readFileSync(join(docs, '../examples', name), 'utf8')
    expect(readSamples(`docs/guides/${guide}`, 'js')).toContain(example)
  })
})

describe('the types of the samples', () => {
  const flat = (path: string) => path.replaceAll(/[/ ]/g, '-')
  const toJavaScript = (name: string, text: string) =>
    [
      `${flat(name)}.mjs`,
      // JavaScript has no other way to use the properties of what is caught.
      text.replaceAll(/catch \((\w+)\)/g, 'catch (/** @type {any} */ $1)'),
    ] as const

  it('are correct, and a wrong type is found', () => {
    const [command = ''] = readSamples('packages/plugin-auth/README.md', 'ts')
    const [keyring = ''] = readSamples('packages/store-keyring/README.md', 'ts')
    expect(command).toContain('AuthenticatedCommand')
    expect(keyring).toContain('keyringStore()')
    const account = "const askForCode = async () => ''\n"
    const variables = Object.values(secretVariables).map((name) => `${name}: string`)
    const modules: Modules = Object.fromEntries([
      [
        'environment.ts',
        `export {}\ndeclare global { namespace NodeJS { interface ProcessEnv { ${variables.join(';')} } } }`,
      ],
      ...grantSamples
        .filter(({ tool }) => languageOf(tool) === 'js')
        .map(({ exchange, tool, text }) => toJavaScript(`${exchange}-${tool}`, text)),
      ...pagePrograms.map(({ name, language, text }) =>
        language === 'js' ? toJavaScript(name, text) : ([flat(name), text] as const),
      ),
      // In these packages' folders, since the docs do not depend on the keyring.
      ['../packages/plugin-auth/readme.ts', command],
      ['../packages/store-keyring/readme.ts', account + keyring],
      ['../examples/core-readme.ts', coreReadme],
      ['../examples/wrong.ts', `${coreReadme}\nparticle.otp(1)`],
    ])
    const options = { allowJs: true, checkJs: true, noUnusedParameters: false }
    expect(findTypeErrors(modules, docs, options)).toEqual([
      "../examples/wrong.ts: Argument of type 'number' is not assignable to parameter of type 'string'.",
    ])
  })
})
