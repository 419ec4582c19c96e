import type { Given } from './given.ts'

/** What the samples of a page need. */
export interface Guide {
  /** The page, by its path from `docs/`. */
  readonly path: string
  readonly given: Given
  /** Shell samples that do not run, by their first words, and why. */
  readonly skipped?: Readonly<Record<string, string>>
  /** Calls that the sandbox does not serve. */
  readonly unserved?: readonly string[]
}

const core = `import * as core from '@particle-grants/core'`
const ofProduct = `const session = core.createSession({
  client: core.productClient({ id: 'my-product-1234', secret: 'product-secret' }),
})`

/** An account with MFA, and its code. */
const withMfa: Given = {
  username: `const username = 'mfa@example.com'`,
  password: `const password = 'battery staple'`,
  askForCode: `const askForCode = async () => process.env.CODE ?? ''`,
}
const token: Given = { accessToken: `const accessToken = process.env.TOKEN ?? ''` }
const product: Given = { id: `const id = 'my-product-1234'`, secret: `const secret = 'product-secret'` }

const customers: Given = {
  core,
  customers: `const customers = core.createSessionPool({
  client: core.productClient({ id: 'my-product-1234', secret: 'product-secret' }),
})`,
}

const axiosGiven: Given = {
  core,
  axios: `import axios from 'axios'`,
  attachSession: `import { attachSession } from '@particle-grants/axios'`,
  createSession: `const { createSession } = core`,
  developerClient: `const { developerClient } = core`,
  Particle: `import Particle from 'particle-api-js'`,
  createReadStream: `import { createReadStream } from 'node:fs'`,
  ...withMfa,
  username: `const username = 'dev@example.com'`,
  password: `const password = 'correct horse'`,
  ...product,
  path: `const path = 'package.json'`,
  headers: 'const headers = {}',
  session: ofProduct,
  token: `let token = ''`,
  refreshToken: `const refreshToken = async () => ''`,
  showSignIn: `const showSignIn = (/** @type {string} */ message) => message`,
  // The sandbox does not serve every call: see `unserved`.
  api: `const api = axios.create({
  baseURL: 'https://api.particle.io', validateStatus: (status) => status < 300 || status === 404,
})
attachSession(api, session)`,
  uploads: 'const uploads = axios.create()',
  webhooks: 'const webhooks = axios.create()',
  particle: 'const particle = new Particle()',
}

const database = `
class Database {
  /** @type {Map<string, { version: string, value: string }>} */
  #records = new Map()
  async find(/** @type {string} */ key) { return this.#records.get(key) }
  /** @param {string} key @param {{ version: string, value: string }} record */
  async insertIfAbsent(key, record) { return !this.#records.has(key) && !!this.#records.set(key, record) }
  /** @param {string} key @param {string} version @param {{ version: string, value: string }} record */
  async updateIf(key, version, record) {
    return this.#records.get(key)?.version === version && !!this.#records.set(key, record)
  }
  /** @param {string} key @param {string} version */
  async deleteIf(key, version) {
    return this.#records.get(key)?.version === version && this.#records.delete(key)
  }
}`

/** Every page with samples that was written by hand. */
export const guides: readonly Guide[] = [
  { path: 'index.md', given: withMfa },
  { path: 'guides/choose.md', given: {} },
  { path: 'guides/start.md', given: {} },
  { path: 'guides/scripts-and-ci.md', given: { ...withMfa } },
  { path: 'guides/many-customers.md', given: customers },
  {
    path: 'guides/renewal-and-stores.md',
    given: {
      core,
      createSession: 'const { createSession } = core',
      developerClient: 'const { developerClient } = core',
      productClient: 'const { productClient } = core',
      ...product,
      ...withMfa,
      store: 'const store = core.memoryStore()',
      context:
        'const context = { waitUntil: async (/** @type {Promise<unknown>} */ promise) => { await promise } }',
      send: `const send = (/** @type {string} */ url, /** @type {Record<string, string>} */ headers) => fetch(url, { headers })`,
      session: ofProduct,
    },
  },
  {
    path: 'guides/test-with-the-sandbox.md',
    given: {},
    skipped: { 'npm run sandbox': 'it serves until Ctrl+C; the tests of the sandbox run it' },
  },
  { path: 'guides/axios.md', given: axiosGiven, unserved: ['/v1/products/1234/firmware'] },
  {
    path: 'guides/from-particle-api-js.md',
    given: {
      ...withMfa,
      ...token,
      ...product,
      refreshToken: `const refreshToken = 'fedcba9876543210fedcba9876543210fedcba98'`,
      expiresAt: `const expiresAt = new Date('2027-01-31')`,
    },
  },
  { path: 'guides/from-particle-cli.md', given: {} },
  {
    path: 'guides/sso.md',
    given: token,
    skipped: { 'particle login --sso': 'it needs a browser, and a company with SSO' },
  },
  {
    path: 'guides/write-a-store.md',
    given: {
      core,
      Database: database,
      store: 'const store = core.memoryStore()',
      username: `const username = 'dev@example.com'`,
      password: `const password = 'correct horse'`,
    },
  },
  { path: 'guides/oclif-plugin.md', given: {} },
  { path: 'guides/security-model.md', given: {} },
  {
    path: 'guides/lockout-guard.md',
    given: {
      core,
      createSession: 'const { createSession } = core',
      client: 'const client = core.developerClient()',
      username: `const username = 'dev@example.com'`,
      password: `const password = 'correct horse'`,
      session: 'const session = core.createSession({ client })',
    },
  },
]
