import { createClock, createSandbox, type SandboxOptions } from '@particle-grants/sandbox'
import { productClient } from '../src/clients.ts'
import { createSession } from '../src/create-session.ts'
import type { Fetch } from '../src/protocol/http.ts'
import type { ProductSession } from '../src/session.ts'
import type { SessionOptions } from '../src/session-options.ts'
import { newSignInId } from '../src/session-record.ts'
import { memoryStore, type Store } from '../src/store.ts'
import { customer } from '../src/subject.ts'
import { product } from './sandboxed.ts'

/** When every world begins. Milliseconds since 1970. */
const start = Date.UTC(2026, 0, 1)
/** The customer of the sandbox's own product. */
export const jane = 'jane@example.com'
export const client = productClient(product)

/** Creates a clock that stands still until the test, or what sleeps on it, moves it: no test waits. */
function createMovingClock(options: { start: number }) {
  const clock = createClock({ ...options, frozen: true })
  return Object.assign(clock, { sleep: async (ms: number) => void clock.advance(ms) })
}

type Options = Partial<SessionOptions<typeof client>>

/** Creates a sandbox without a socket, and sessions of its product that share a store, as processes do. */
export function createWorld(settings: SandboxOptions = {}) {
  const clock = createMovingClock({ start })
  const sandbox = createSandbox({ clock, ...settings })
  const store = memoryStore()
  const sessionKeys = trackSessionKeys(store)
  const { fetch } = sandbox
  const options = { client, baseUrl: 'https://api.particle.io', clock, store, fetch }
  const password = String(sandbox.accounts.find(({ username }) => username === jane)?.password)
  /** Opens the session of {@link signInCustomer} in another process. */
  const openProfile = (more: Omit<Options, 'profile'> = {}) => createSession({ ...options, ...more, profile: 'jane' })
  const tokenRequests = () => sandbox.requests().filter(({ path }) => path === '/oauth/token')
  return {
    clock,
    sandbox,
    store,
    /** The options of every session. `baseUrl` is Particle's: only `fetch` leads to the sandbox. */
    options,
    /** Creates a session of the product itself. */
    createProductSession: (more: Options = {}) => createSession({ ...options, ...more }),
    /** Creates a session of the customer, who signs in with a password and whose token is then refreshed. */
    createCustomerSession: (more: Options = {}) => createSession({ ...options, subject: customer(jane), ...more }),
    /** The customer signs in elsewhere, and the session takes over the tokens: it refreshes them from then on. */
    async signIn(session: ProductSession, expiresIn?: number) {
      const elsewhere = { store: memoryStore(), signInId: newSignInId(), lockoutGuard: false } as const
      const state = await createSession({ ...options, ...elsewhere }).login({ username: jane, password, expiresIn })
      if (state.status !== 'signed_in') throw new Error('The sandbox wants a code for this customer.')
      return session.setToken(state.tokens)
    },
    /** Creates a session to which the customer signs in with a password, under a profile. */
    async signInCustomer(expiresIn?: number) {
      const session = openProfile()
      await session.login({ username: jane, password, expiresIn })
      return session
    },
    openProfile,
    tokenRequests,
    /** The grant types that were requested, in order. */
    grantTypes: () => tokenRequests().map(({ grant_type }) => grant_type),
    /** The keys under which sessions were saved. */
    sessionKeys,
    /** Returns the stored record of the first session that was saved, parsed. */
    async loadRecord() {
      const [key] = sessionKeys()
      const record = await store.load(String(key))
      return record === undefined ? undefined : JSON.parse(record.value)
    },
  }
}

/** Notes under which keys sessions are saved, without what the lockout guard keeps in the store. */
export function trackSessionKeys(store: Store): () => string[] {
  const keys = new Set<string>()
  const save = store.save.bind(store)
  store.save = (key, value, ifVersion) => {
    if (key.startsWith('session-')) keys.add(key)
    return save(key, value, ifVersion)
  }
  return () => [...keys]
}

/** Wraps a `fetch` so that its token requests wait until they are released. All other requests pass. */
export function holdTokenRequests(fetch: typeof globalThis.fetch) {
  const waiting: (() => void)[] = []
  let isReleased = false
  return {
    fetch: async (url: string | URL | Request, init?: RequestInit) => {
      if (!isReleased && String(url).endsWith('/oauth/token')) {
        await new Promise<void>((resolve) => waiting.push(resolve))
      }
      return fetch(url, init)
    },
    /** How many requests wait. */
    countWaiting: () => waiting.length,
    /** Lets all waiting and all later requests pass. */
    release() {
      isReleased = true
      for (const send of waiting.splice(0)) send()
    },
  }
}

/** Resolves with the code of the error that the promise rejects with; `undefined` if it resolves. */
export async function getErrorCode(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: { code?: unknown }) => error.code,
  )
}

/** Passes a `fetch` that does only what core needs where the platform's own type is expected. */
export function toPlatformFetch(fetch: Fetch): typeof globalThis.fetch {
  return fetch as unknown as typeof globalThis.fetch
}
