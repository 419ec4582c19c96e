import type { Client } from '../clients.ts'
import { type Clock, systemClock } from '../clock.ts'
import { GrantsError } from '../errors/grants-error.ts'
import { type ChallengeLimits, defaultChallengeLimits } from '../machine/event.ts'
import { type Identity, initialState, type SettledState } from '../machine/state.ts'
import { allowInsecureRequests, particleUrl, readBaseUrl } from '../protocol/base-url.ts'
import type { ClientAuthentication } from '../protocol/encode-token-request.ts'
import { memoryStore } from '../store/memory-store.ts'
import type { Store } from '../store/store.ts'
import { type AccountSubject, type CustomerSubject, readSubject } from '../subject.ts'
import type { Fetch } from './http.ts'
import { assertSameSession } from './stored.ts'
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
  /** Milliseconds that one request may take. @default 30000 */
  readonly timeout?: number | undefined
  /** How long an MFA challenge is tried. @default three tries, ten minutes */
  readonly challengeLimits?: Partial<ChallengeLimits> | undefined
  /** Lets credentials go in the clear to another machine. */
  readonly [allowInsecureRequests]?: true | undefined
}

/** The options, checked and completed. Throws `invalid_argument`, `insecure_base_url` or `invalid_state`. */
export function readOptions(options: SessionOptions<Client>): {
  wire: Wire
  store: Store
  initial: SettledState
} {
  const {
    client,
    clientAuthentication = isPage() ? 'body' : 'basic',
    clock = systemClock,
    timeout = 30_000,
  } = options
  const kinds: readonly unknown[] = ['developer', 'product', 'user']
  if (!kinds.includes(client?.kind)) {
    throw invalid('client', 'must come from developerClient(), productClient() or userClient()')
  }
  if (clientAuthentication !== 'basic' && clientAuthentication !== 'body') {
    throw invalid('clientAuthentication', "must be 'basic' or 'body'")
  }
  const baseUrl = readBaseUrl(options.baseUrl ?? particleUrl, options[allowInsecureRequests] === true)
  const challengeLimits = { ...defaultChallengeLimits, ...options.challengeLimits }
  assertPositive('timeout', timeout)
  assertPositive('challengeLimits.tries', challengeLimits.tries)
  assertPositive('challengeLimits.maxAge', challengeLimits.maxAge)
  const fetch = options.fetch ?? platformFetch
  if (typeof (options.fetch ?? platform.fetch) !== 'function') {
    throw invalid('fetch', 'must be a function; this platform has none of its own')
  }
  return {
    wire: { baseUrl, client, clientAuthentication, fetch, clock, timeout, challengeLimits },
    store: options.store ?? memoryStore(),
    initial: readInitial(options, {
      baseUrl,
      clientId: client.id,
      clientKind: client.kind,
      subject: undefined,
    }),
  }
}

function readInitial({ subject, state }: SessionOptions<Client>, unbound: Identity): SettledState {
  const fallback = unbound.clientKind === 'product' && state === undefined ? 'owner' : undefined
  const named = subject === undefined ? fallback : readSubject(subject, unbound.clientKind)
  const identity = { ...unbound, subject: named }
  if (state === undefined) return initialState(identity)
  assertSameSession(state.identity, identity)
  return state
}

/** Looked up late, so that a `fetch` that is installed or patched afterwards is used. */
const platformFetch: Fetch = (url, init) => platform.fetch(url, init)

const platform = globalThis as unknown as { readonly fetch: Fetch }

function isPage(): boolean {
  return 'document' in globalThis
}

function assertPositive(parameter: string, value: number): void {
  if (!(Number.isSafeInteger(value) && value > 0))
    throw invalid(parameter, 'must be an integer greater than 0')
}

function invalid(parameter: string, problem: string): GrantsError {
  return new GrantsError('invalid_argument', { parameter, problem })
}
