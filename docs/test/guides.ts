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
  /** Code that ends samples which run until they are stopped, by a text in the sample. */
  readonly endings?: Readonly<Record<string, string>>
}

const core = `import * as core from '@particle-grants/core'`
const ofProduct = `const session = core.createSession({
  client: core.productClient({ id: 'my-product-1234', secret: 'product-secret' }),
})`

const revoke = `await fetch('https://api.particle.io/__sandbox/revoke', { method: 'POST' })`
/** A session whose token the API rejects at its next use. */
const withRevokedToken = `${ofProduct}
await session.getAccessToken()
${revoke}`

/** Publishes an event, revokes the token, and publishes another one when the stream is open again. */
const untilSecondEvent = (wait: (event: string) => string, [event, opened]: readonly [string, string]) => `
const publish = (/** @type {string} */ data) =>
  session.fetch('/v1/devices/events', { method: 'POST', body: new URLSearchParams({ name: 'temperature', data }) })
const first = ${wait(event)}
await publish('21.5')
await first
${revoke}
await ${wait(opened)}
const second = ${wait(event)}
await publish('21.6')
await second`

/** Calls the handlers of a web server as a customer's browser does. */
const signInAndOut = `
const url = 'http://localhost/'
const fields = { username: 'jane@example.com', password: 'janes own password' }
const entered = await signIn(new Request(url, { method: 'POST', body: new URLSearchParams(fields) }))
const [cookie = ''] = entered.headers.get('set-cookie')?.split(';') ?? []
const open = (handler = showDevices) => handler(new Request(url, { headers: { cookie } }))
if ((await open()).status !== 200) throw new Error('The customer sees no devices.')
await open(signOut)
if ((await (await open()).text()) !== 'password') throw new Error('The cookie still opens the sign-in.')
void submitCode`

/** An account with MFA, and its code. */
const withMfa: Given = {
  username: `const username = 'mfa@example.com'`,
  password: `const password = 'battery staple'`,
  askForCode: `const askForCode = async () => process.env.CODE ?? ''`,
}
/** A client of the sandbox's identity provider, and a person who signs in when the browser opens. */
export const ssoGiven: Given = {
  // The cloud's clock is stopped, and the identity provider's tokens would have expired.
  clientId: `const clientId = 'sandbox-sso-client'
await fetch('https://api.particle.io/__sandbox/clock', { method: 'POST', body: JSON.stringify({ set: Date.now() }) })`,
  audience: `const audience = 'api://default'`,
  openBrowser: `const openBrowser = (page = '') => fetch('https://api.particle.io/__sandbox/sso/approve', {
  method: 'POST', body: JSON.stringify({ userCode: new URL(page).searchParams.get('user_code') }),
})`,
}
const token: Given = { accessToken: `const accessToken = process.env.TOKEN ?? ''` }
const product: Given = { id: `const id = 'my-product-1234'`, secret: `const secret = 'product-secret'` }

const customers: Given = {
  core,
  customers: `const customers = core.createSessionPool({
  client: core.productClient({ id: 'my-product-1234', secret: 'product-secret' }),
})`,
}

/** An administrator of product 1234, which has an API user that should be deleted, and one whose rotation is open. */
const administrator: Given = {
  core,
  management: `import * as management from '@particle-grants/management'`,
  accessToken: `const admin = core.createSession({ client: core.developerClient() })
await admin.login({ username: 'owner@example.com', password: 'owner of products' })
const accessToken = await admin.getAccessToken()`,
  sendSecret: 'const sendSecret = async (/** @type {string} */ token) => token',
  deploy: 'const deploy = async (/** @type {string} */ token) => token',
  session: `const session = core.createSession({ client: core.developerClient() })
await session.login({ username: 'owner@example.com', password: 'owner of products' })
const scopes = ['devices:list']
await management.createApiUser(session, { product: 1234, name: 'Bob until 2026-01-31', scopes })
const old = await management.createApiUser(session, { product: 1234, name: 'Server', scopes })
await management.rotateApiUser(session, { product: 1234, username: old.username })`,
  colleague: `const colleague = await management.createApiUser(session, {
  product: 1234, name: 'Ana until 2027-01-31', scopes: ['devices:list'],
})`,
  username: `const { username } = await management.createApiUser(session, {
  product: 1234, name: 'Server', scopes: ['devices:list'],
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
  createAuthRefreshInterceptor: `const createAuthRefreshInterceptor = (
  /** @type {unknown} */ _instance,
  /** @type {(failedRequest: any) => Promise<void>} */ _refresh,
) => {}`,
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

/** Every page with samples that was written by hand. */
export const guides: readonly Guide[] = [
  { path: 'index.md', given: withMfa },
  { path: 'guides/choose.md', given: {} },
  {
    path: 'guides/start.md',
    given: withMfa,
    skipped: { 'git clone': 'it needs the network', 'npm install': 'the packages are not published' },
  },
  { path: 'guides/scripts-and-ci.md', given: { ...withMfa } },
  { path: 'guides/many-customers.md', given: customers },
  {
    path: 'guides/temporary-access.md',
    given: administrator,
    skipped: { 'pgrants api-users delete': 'the API user is an example, and it asks' },
    endings: {
      lastDay: `
const left = await listApiUsers(session, { product: 1234 })
if (left.some(({ username }) => username.startsWith('bob-until-'))) throw new Error('The access did not end.')`,
    },
  },
  {
    path: 'guides/rotate-a-token.md',
    given: administrator,
    skipped: { 'pgrants api-users rotate': 'the API user is an example, and it writes a file' },
    endings: {
      'of users': `
const left = await listApiUsers(session, { product: 1234 })
if (left.some(({ replaces }) => replaces !== undefined)) throw new Error('A rotation is open.')`,
    },
  },
  {
    path: 'guides/web-sign-in.md',
    given: {
      core,
      showForm: `const showForm = (/** @type {string} */ name) => new Response(name)`,
      username: `const username = 'jane@example.com'`,
      password: `const password = 'janes own password'`,
      session: `const session = core.createSession({
  client: core.productClient({ id: 'my-product-1234', secret: 'product-secret' }), signInId: core.newSignInId(),
})`,
      isKnownDevice: 'const isKnownDevice = true',
      attemptsOfDevice: 'const attemptsOfDevice = 1',
    },
    endings: { 'async function signIn': signInAndOut },
  },
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
      session: ofProduct,
    },
  },
  {
    path: 'guides/test-with-the-sandbox.md',
    given: {},
    skipped: { 'npm run sandbox': 'it serves until Ctrl+C; the tests of the sandbox run it' },
  },
  { path: 'guides/axios.md', given: axiosGiven, unserved: ['/v1/products/1234/firmware'] },
  { path: 'guides/http-clients.md', given: { core, ...product, session: withRevokedToken } },
  { path: 'guides/serverless.md', given: { core, session: ofProduct } },
  {
    path: 'guides/event-streams.md',
    given: {
      core,
      show: `const show = (/** @type {{ name: string }} */ event) => event`,
      session: ofProduct,
      streamEvents: `async function* streamEvents(/** @type {unknown} */ _session, /** @type {string} */ _path, /** @type {AbortSignal} */ _signal = AbortSignal.abort()) {
  yield { name: 'temperature', data: '21.5', published_at: '2026-01-31T12:00:00.000Z' }
}`,
    },
    endings: {
      'new EventSource(': `
const wait = (/** @type {string} */ type) => new Promise((resolve) => source.addEventListener(type, resolve, { once: true }))
await wait('open')
${untilSecondEvent((event) => `wait('${event}')`, ['temperature', 'open'])}
source.close()`,
      getEventStream: `
const wait = (/** @type {string} */ type) => new Promise((resolve) => stream.once(type, resolve))
${untilSecondEvent((event) => `wait('${event}')`, ['event', 'reconnect-success'])}
stream.abort()`,
    },
  },
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
    given: {
      ...token,
      ...ssoGiven,
      core,
      session: `const session = core.createSession({ accessToken: process.env.TOKEN })`,
    },
    skipped: {
      'pgrants auth login --sso': 'it waits for a person with a browser; the tests of the CLI run it',
      'particle login --sso': 'it needs a browser, and a company with SSO',
    },
  },
  {
    path: 'guides/write-a-store.md',
    given: { core, ...product, store: 'const store = core.memoryStore()' },
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
