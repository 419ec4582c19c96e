import { createClock, createSandbox, type SandboxOptions } from '@particle-grants/sandbox'
import { productClient } from '../src/clients.ts'
import { createSession } from '../src/session/create-session.ts'
import type { Fetch } from '../src/session/http.ts'
import type { SessionOptions } from '../src/session/options.ts'
import type { ProductSession } from '../src/session/session.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import { customer } from '../src/subject.ts'
import { product, sessionKeys } from './sandboxed.ts'
import { now } from './states.ts'

/** The customer of the sandbox's own product. */
export const jane = 'jane@example.com'
export const client = productClient(product)

type Options = Partial<SessionOptions<typeof client>>

/** A sandbox without a socket, and sessions of its product that share a store, as processes do. */
export function withoutSockets(settings: SandboxOptions = {}) {
  const clock = createClock({ start: now, frozen: true })
  const sandbox = createSandbox({ clock, ...settings })
  const store = memoryStore()
  const options = { client, baseUrl: 'https://api.particle.io', clock, store, fetch: sandbox.fetch as Fetch }
  const password = String(sandbox.accounts.find(({ username }) => username === jane)?.password)
  return {
    clock,
    sandbox,
    store,
    options,
    /** A session of the product's owner. */
    owner: (more: Options = {}) => createSession({ ...options, ...more }),
    /** A session of the customer, who signs in with a password and is refreshed. */
    customers: (more: Options = {}) => createSession({ ...options, subject: customer(jane), ...more }),
    signIn: (session: ProductSession, expiresIn?: number) =>
      session.login({ username: jane, password, expiresIn }),
    tokenRequests: () => sandbox.requests().filter(({ path }) => path === '/oauth/token'),
    grantTypes: () =>
      sandbox
        .requests()
        .filter(({ path }) => path === '/oauth/token')
        .map(({ grant_type }) => grant_type),
    /** What the store holds of the one session in it. */
    async record() {
      const [key] = await sessionKeys(store)
      const record = await store.load(String(key))
      return record === undefined ? undefined : JSON.parse(record.value)
    },
  }
}

/** A `fetch` whose token requests wait until they are let go; whatever else is sent goes at once. */
export function gated(fetch: Fetch) {
  const waiting: (() => void)[] = []
  let open = false
  return {
    fetch: (async (url, init) => {
      if (!open && String(url).endsWith('/oauth/token')) {
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
      return fetch(url, init)
    }) as Fetch,
    /** How many wait at the gate. */
    waiting: () => waiting.length,
    /** Lets all go, and all that come. */
    open() {
      open = true
      for (const go of waiting.splice(0)) go()
    },
  }
}

/** The code of what a promise is rejected with; `undefined` where it is not. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: { code?: unknown }) => error.code,
  )
}
