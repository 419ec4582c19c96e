import { assertClient, type Client } from '../clients.ts'
import { type Clock, systemClock } from '../clock.ts'
import { GrantsError } from '../errors/grants-error.ts'
import { invalidArgument } from '../errors/invalid-argument.ts'
import { FailureBudget } from '../failure-budget/failure-budget.ts'
import { defaultFailureBudgetLimits, type FailureBudgetLimits } from '../failure-budget/limits.ts'
import { type ChallengeLimits, defaultChallengeLimits } from '../machine/event.ts'
import { parseState } from '../machine/parse-state.ts'
import { serializeState } from '../machine/serialize-state.ts'
import { type Identity, initialState, isSettled, type SettledState, type State } from '../machine/state.ts'
import { allowInsecureRequests, particleUrl, readBaseUrl } from '../protocol/base-url.ts'
import type { ClientAuthentication } from '../protocol/encode-token-request.ts'
import { memoryStore } from '../store/memory-store.ts'
import type { Store } from '../store/store.ts'
import { type AccountSubject, type CustomerSubject, readSubject } from '../subject.ts'
import type { Fetch } from './http.ts'
import type { LiveOptions } from './live-session.ts'
import type { Machinery } from './runner.ts'
import { ServerClock } from './server-clock.ts'
import { assertSameSession } from './stored.ts'
import { assertTimeout, defaultTimeout } from './waiting.ts'
import type { Wire } from './wire.ts'

/** The subjects that a session of this kind of client may have. */
export type SubjectFor<C extends Client> = C extends { kind: 'product' }
  ? 'owner' | CustomerSubject
  : C extends { kind: 'user' }
    ? 'owner' | AccountSubject
    : AccountSubject

/** What a session is made of. Only `client` is required. */
export interface SessionOptions<C extends Client> {
  readonly client: C
  /** Where the token endpoint lives. @default 'https://api.particle.io' */
  readonly baseUrl?: string | undefined
  /** Whose tokens these are. @default 'owner' for a product client; else whoever signs in first */
  readonly subject?: SubjectFor<C> | undefined
  /** Where the session is kept. @default a new `memoryStore()` */
  readonly store?: Store | undefined
  /** A settled state to begin with, as `parseState` gave it: an MFA challenge from another process, say. */
  readonly state?: SettledState | undefined
  /** @default the platform's own, looked up at each call */
  readonly fetch?: Fetch | undefined
  readonly clock?: Clock | undefined
  /** Where id and secret go. @default 'basic'; in a page 'body', which spares the browser's preflight */
  readonly clientAuthentication?: ClientAuthentication | undefined
  /** Milliseconds that one request may take, up to 2147483647. @default 30000 */
  readonly timeout?: number | undefined
  /** How long an MFA challenge is tried. @default three tries, ten minutes */
  readonly challengeLimits?: Partial<ChallengeLimits> | undefined
  /** Which failures in a row pause password and code tries. @default 5, of the ten that lock an address out */
  readonly failureBudget?: Partial<FailureBudgetLimits> | undefined
  /** Where `fetch` may send the token. @default the base URL's origin */
  readonly origins?: readonly string[] | undefined
  /** Asks with the client's own credentials when a token is wanted and there is none. @default false */
  readonly authorizeOnUse?: C extends { kind: 'developer' } ? false : boolean | undefined
  /** Told of each renewal: `context.waitUntil` of a Worker, say, which else ends it with the answer. */
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined
  /** Lets credentials go in the clear to another machine. */
  readonly [allowInsecureRequests]?: true | undefined
}

/** What a session is built from. */
export interface ReadOptions {
  readonly machinery: Machinery
  readonly initial: SettledState
  readonly live: LiveOptions
}

/** The options, checked and completed. Throws `invalid_argument`, `insecure_base_url` or `invalid_state`. */
export function readOptions(options: SessionOptions<Client>): ReadOptions {
  // Callers without types may leave out even the options: what is wrong then is that there is no client.
  assertClient(options?.client)
  const { client, clock = systemClock, store = memoryStore() } = options
  if (typeof clock?.now !== 'function') {
    throw invalidArgument('clock', 'must be an object whose now() gives milliseconds since 1970')
  }
  // Browsers hide it from pages that came in the clear; keys in stores are hashes.
  if (platform.crypto?.subtle === undefined) {
    throw invalidArgument('crypto', 'is needed here: serve the page by https, or from localhost')
  }
  const baseUrl = readBaseUrl(options.baseUrl ?? particleUrl, options[allowInsecureRequests] === true)
  const limits = { ...defaultFailureBudgetLimits, ...options.failureBudget }
  assertPositive('failureBudget.attempts', limits.attempts)
  const wire = readWire(options, baseUrl)
  const { timeout } = wire
  return {
    machinery: {
      wire,
      store,
      // By the machine's own time: what two sessions have learned of the service's differs.
      budget: new FailureBudget(baseUrl, { store, clock, limits, timeout }),
    },
    initial: readInitial(options, {
      baseUrl,
      clientId: client.id,
      clientKind: client.kind,
      subject: undefined,
    }),
    live: {
      origins: readOrigins(options.origins ?? [new URL(baseUrl).origin]),
      authorizeOnUse: options.authorizeOnUse === true,
      waitUntil: options.waitUntil,
      patience: defaultTimeout,
    },
  }
}

function readWire(options: SessionOptions<Client>, baseUrl: string): Wire {
  const { client, clock = systemClock, timeout = defaultTimeout } = options
  const { clientAuthentication = isPage() ? 'body' : 'basic', fetch = platformFetch } = options
  if (clientAuthentication !== 'basic' && clientAuthentication !== 'body') {
    throw invalidArgument('clientAuthentication', "must be 'basic' or 'body'")
  }
  if (typeof (options.fetch ?? platform.fetch) !== 'function') {
    throw invalidArgument('fetch', 'must be a function; this platform has none of its own')
  }
  const challengeLimits = { ...defaultChallengeLimits, ...options.challengeLimits }
  assertTimeout(timeout)
  assertPositive('challengeLimits.tries', challengeLimits.tries)
  assertPositive('challengeLimits.maxAge', challengeLimits.maxAge)
  return {
    baseUrl,
    client,
    clientAuthentication,
    fetch,
    clock: new ServerClock(clock),
    timeout,
    challengeLimits,
  }
}

function readOrigins(given: readonly string[]): readonly string[] {
  if (Array.isArray(given) && given.every(isOrigin)) return given.map((origin) => new URL(origin).origin)
  throw invalidArgument('origins', 'must be an array of origins, such as https://api.particle.io')
}

function isOrigin(given: unknown): boolean {
  try {
    const { origin, protocol } = new URL(given as string)
    return /^https?:$/.test(protocol) && [origin, `${origin}/`].includes(given as string)
  } catch {
    return false
  }
}

function readInitial({ subject, state }: SessionOptions<Client>, unbound: Identity): SettledState {
  const fallback = unbound.clientKind === 'product' && state === undefined ? 'owner' : undefined
  const named = subject === undefined ? fallback : readSubject(subject, unbound.clientKind)
  const identity = { ...unbound, subject: named }
  if (state === undefined) return initialState(identity)
  const read = readState(state)
  assertSameSession(read.identity, identity)
  return read
}

/** A copy of a state that came from outside, looked at as closely as one that comes as text. */
function readState(given: SettledState): SettledState {
  if (typeof given === 'string') {
    throw invalidArgument('state', 'must be a state, and not its text: pass parseState(text)')
  }
  try {
    if (isSettled(given as State)) return parseState(serializeState(given))
  } catch (thrown) {
    if (GrantsError.isInstance(thrown)) throw thrown
  }
  throw invalidArgument('state', 'must be a settled state, as parseState gives it')
}

/** Looked up late, so that a `fetch` that is installed or patched afterwards is used. */
const platformFetch: Fetch = (url, init) => platform.fetch(url, init)

const platform = globalThis as unknown as {
  readonly fetch: Fetch
  readonly crypto?: { readonly subtle?: unknown }
}

function isPage(): boolean {
  return 'document' in globalThis
}

function assertPositive(parameter: string, value: number): void {
  if (!(Number.isSafeInteger(value) && value > 0))
    throw invalidArgument(parameter, 'must be an integer greater than 0')
}
