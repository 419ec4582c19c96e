import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { extractFences } from '@particle-grants/test-kit/samples'
import { docs } from './cloud.ts'
import { type Given, withGiven } from './given.ts'
import { type Guide, guides, ssoGiven } from './guides.ts'

/** A sample in JavaScript or TypeScript of a page or README. */
export interface PageProgram {
  /** The path of the page from the root, and which of its samples this is. */
  readonly name: string
  readonly language: 'js' | 'ts'
  /** The sample, after the code that it needs. */
  readonly text: string
  /** Paths that the sample calls and the sandbox does not serve. */
  readonly unserved: readonly string[]
}

/** Returns the fenced blocks of a file in the repository. */
export function readSamples(path: string, ...languages: string[]): string[] {
  return extractFences(readFileSync(join(docs, '..', path), 'utf8'), ...languages)
}

const product: Given = { id: `const id = 'my-product-1234'`, secret: `const secret = 'product-secret'` }
const readmes: Readonly<Record<string, Given>> = {
  'packages/axios/README.md': {
    ...product,
    authorization: "const authorization = 'Bearer ' + process.env.TOKEN",
  },
  'packages/node/README.md': {},
  'packages/sandbox/README.md': {},
  'packages/sso/README.md': ssoGiven,
  'packages/store-file/README.md': { askForCode: `const askForCode = async () => ''` },
  'packages/store-redis/README.md': product,
  'packages/process-lock/README.md': {},
  'packages/management/README.md': {
    core: `import * as core from '@particle-grants/core'`,
    username: `const username = 'owner@example.com'`,
    password: `const password = 'owner of products'`,
    saveSecret: 'const saveSecret = async (token: string) => token',
    deploy: 'const deploy = async (token: string) => token',
    team: 'const team = { product: 1234 }',
    session: `const session = core.createSession({ client: core.developerClient() })
await session.login({ username, password })`,
    createApiUser: `import { createApiUser } from '@particle-grants/management'`,
    ci: `const ci = await createApiUser(session, { ...team, name: 'CI', scopes: ['devices:list'] })`,
  },
}

/** What the samples of core's README need, for all of them: they are one program. A sandbox takes the place of the cloud. */
const coreGiven = `
import * as core from '@particle-grants/core'
import { createSandbox as cloud, defaultAccounts } from '@particle-grants/sandbox'
const others = defaultAccounts.filter(({ username }) => username !== 'jane@example.com')
const max = { username: 'max@example.com', password: 'battery staple', customerOf: '1234' }
const particle = cloud({ accounts: [...others, max] })
globalThis.fetch = particle.fetch
const username = 'mfa@example.com'
const password = 'battery staple'
const accessToken = '0123456789abcdef0123456789abcdef01234567'
const [id, secret] = ['my-product-1234', 'product-secret']
const store = core.memoryStore()
const waitUntil = async (promise: Promise<unknown>) => { await promise }
const askForCode = async () => {
  particle.clock.advance('30s')
  return particle.otp(username)
}
const url = 'https://api.particle.io/v1/devices'
const got = async (url: string, { headers }: { headers: Record<string, string>; throwHttpErrors: boolean }) => {
  const response = await globalThis.fetch(url, { headers })
  return { statusCode: response.status, body: await response.text() }
}
`

/** The samples of core's README as one program. */
export const coreReadme: string = coreGiven + readSamples('packages/core/README.md', 'ts').join('\n')

/** The first sample of the root's README. The others are in `pagePrograms`. */
export const [rootReadme = '']: string[] = readSamples('README.md', 'js')

function programsOf(path: string, { given, unserved = [], endings = {} }: Omit<Guide, 'path'>): readonly PageProgram[] {
  const endingOf = (text: string) => Object.entries(endings).find(([part]) => text.includes(part))?.[1] ?? ''
  return (['js', 'ts'] as const).flatMap((language) =>
    readSamples(path, language).map((text, at) => ({
      name: `${path} ${at + 1}.${language}`,
      language,
      text: withGiven(text, given) + endingOf(text),
      unserved,
    })),
  )
}

/** The samples of the guides, and of the READMEs next to packages. */
export const pagePrograms: readonly PageProgram[] = [
  ...guides.flatMap(({ path, ...guide }) => programsOf(`docs/${path}`, guide)),
  ...Object.entries(readmes).flatMap(([path, given]) => programsOf(path, { given })),
  ...programsOf('README.md', { given: {} }).slice(1),
]
