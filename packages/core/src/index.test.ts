import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'

const packageFile = new URL('../package.json', import.meta.url)
const { exports: entryPoints } = JSON.parse(await readFile(packageFile, 'utf8'))

/** The names in `export { … }` and `export type { … }`. */
function findExportedNames(source: string): string[] {
  const withoutComments = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
  expect(withoutComments).not.toMatch(/export \*|export (const|function|class|interface)/)
  return [...withoutComments.matchAll(/export (?:type )?\{([^}]*)\}/g)]
    .flatMap(([, names = '']) => names.split(','))
    .map((name) =>
      name
        .trim()
        .replace(/^type /, '')
        .replace(/^.* as /, ''),
    )
    .filter((name) => name !== '')
}

describe('the root', () => {
  it('exports at most 66 names, types included, and each once', async () => {
    const names = findExportedNames(await readFile(new URL('index.ts', import.meta.url), 'utf8'))
    expect(names).toContain('createSession')
    expect(names).toContain('SessionState')
    expect(names.length).toBeGreaterThan(40)
    expect(names.length).toBeLessThanOrEqual(66)
    expect(new Set(names).size).toBe(names.length)
  })

  it('exports these values', async () => {
    expect(Object.keys(await import('./index.ts')).sort()).toEqual([
      'GrantsError',
      'Secret',
      'account',
      'allowInsecureRequests',
      'createSession',
      'createSessionPool',
      'customer',
      'developerClient',
      'isInvalidTokenError',
      'memoryStore',
      'newSignInId',
      'productClient',
      'resetLockoutGuard',
      'sessionFromEnv',
      'userClient',
      'withAccessToken',
    ])
  })

  it('exports no name that shadows one of the language or the platform', async () => {
    const names = findExportedNames(await readFile(new URL('index.ts', import.meta.url), 'utf8'))
    const platformNames = ['Client', 'Effect', 'Event', 'Step', 'Storage', 'Lock', 'Credential', 'Request']
    expect(names.filter((name) => name in globalThis || platformNames.includes(name))).toEqual([])
  })
})

describe('./token', () => {
  it('exports these values, and those of the root are the same', async () => {
    const token = await import('./token.ts')
    const { tokenSession, tokenFromEnv, ...shared } = token
    expect(Object.keys(token).sort()).toEqual([
      'GrantsError',
      'Secret',
      'isInvalidTokenError',
      'tokenFromEnv',
      'tokenSession',
      'withAccessToken',
    ])
    const root: Readonly<Record<string, unknown>> = await import('./index.ts')
    for (const [name, value] of Object.entries(shared)) expect(value, name).toBe(root[name])
  })
})

describe('the entry points', () => {
  it('are the root, the protocol, the machine and the session of a given token', () => {
    expect(Object.keys(entryPoints)).toEqual(['.', './protocol', './machine', './token', './package.json'])
  })

  it.each(['.', './protocol', './machine', './token'])(
    '%s resolves to a source, and to a build of the same path',
    async (path) => {
      const entryPoint = entryPoints[path]
      const name = entryPoint['@particle-grants/source'].replace(/^\.\/src\/|\.ts$/g, '')
      expect(entryPoint).toEqual({
        '@particle-grants/source': `./src/${name}.ts`,
        types: `./dist/${name}.d.ts`,
        default: `./dist/${name}.js`,
      })
      const module = await import(new URL(`../src/${name}.ts`, import.meta.url).href)
      expect(Object.keys(module).length).toBeGreaterThan(0)
    },
  )

  it.each([
    ['./protocol', ['encodeTokenRequest', 'parseTokenResponse', 'isAllowedUrl', 'isHeaderSafe']],
    ['./machine', ['transition', 'initialState', 'serializeState', 'parseState']],
  ])('%s exports what others build on', async (path, names) => {
    const file = entryPoints[path]['@particle-grants/source']
    expect(await import(new URL(`../${file}`, import.meta.url).href)).toMatchObject(
      Object.fromEntries(names.map((name) => [name, expect.any(Function)])),
    )
  })
})
