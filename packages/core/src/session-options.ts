import { notify } from './async.ts'
import { assertClient, type OAuthClient } from './clients.ts'
import { type Clock, ServerClock, systemClock } from './clock.ts'
import { invalidArgument } from './errors.ts'
import { LockoutGuard, type LockoutGuardOptions } from './guard/lockout-guard.ts'
import { assertKnownOptions, type OptionNames } from './known-options.ts'
import { defaultChallengeLimits } from './machine/event.ts'
import type { Identity } from './machine/state.ts'
import { allowInsecureRequests, parseBaseUrl, parseOrigins, particleUrl } from './protocol/base-url.ts'
import type { Fetch } from './protocol/http.ts'
import type { ClientAuthentication } from './protocol/token-request.ts'
import { type EventOptions, EventReporter } from './session-events.ts'
import type { SessionContext } from './session-runner.ts'
import { memoryStore, type Store } from './store.ts'
import { assertSubject, owner, type Subject } from './subject.ts'
import { assertTimeout, defaultTimeoutMs } from './token-manager.ts'

export interface ConnectionOptions extends EventOptions {
  /** The API's base URL. @default 'https://api.particle.io' */
  readonly baseUrl?: string | undefined
  /**
   * Another `fetch`, such as undici's own or one that uses a proxy. It is called with the URL as a string. `session.fetch`
   * passes its `init` on, with the body as bytes or as the caller's stream. @default globalThis.fetch, looked up at each call
   */
  readonly fetch?: Fetch | undefined
  /** How long one token request may take, in milliseconds. @default 30_000 */
  readonly timeoutMs?: number | undefined
  /** Origins that `session.fetch` may send the token to. @default the base URL's origin */
  readonly allowedOrigins?: readonly string[] | undefined
  readonly clock?: Clock | undefined
  /** Permits credentials over plain HTTP to another machine. */
  readonly [allowInsecureRequests]?: boolean | undefined
}

export const connectionOptionNames = {
  baseUrl: true,
  fetch: true,
  timeoutMs: true,
  allowedOrigins: true,
  clock: true,
  onEvent: true,
  includeSubject: true,
} satisfies OptionNames<ConnectionOptions>

export interface SessionOptions<C extends OAuthClient> extends ConnectionOptions {
  readonly client: C
  /**
   * Whose tokens these are. It names a person and checks nothing: a session with this subject opens the account
   * for everyone whom your program lets use it. For users who sign in, see `signInId`.
   * @default the product itself for a product client; otherwise the account that signs in
   */
  readonly subject?: Subject | undefined
  /**
   * Finds this program's last sign-in again without naming the account, on a store of one person (memory, file,
   * keyring). Instead of `subject`. Never take it from request data.
   */
  readonly profile?: string | undefined
  /**
   * Makes the session a gate for one of your users on a web server: one sign-in, empty until its own `login()` and code
   * have returned tokens. Create the id with `newSignInId()`, keep it in an `HttpOnly` cookie, and replace the cookie by
   * `session.signInId` when the sign-in is complete. Instead of `subject` and `profile`.
   *
   * An id of your own has 22 to 128 letters, digits, `-` or `_`. It opens the sign-in, so it must be random: a
   * UUID of version 4 is, but the length proves nothing.
   */
  readonly signInId?: string
  /**
   * Whether the client's own credentials may get tokens for this session: on first use, to renew, and after a lost
   * refresh. `false`: only sign-ins and refresh tokens do. Always false with `signInId`. @default true
   */
  readonly clientToken?: boolean | undefined
  /** Where the session is kept. @default memory */
  readonly store?: Store | undefined
  /** How the client authenticates (RFC 6749, section 2.3.1). @default 'client_secret_basic'; in browsers 'client_secret_post' */
  readonly clientAuthentication?: ClientAuthentication | undefined
  /** Attempts and lifetime of an MFA challenge. @default 3 attempts within 10 minutes */
  readonly mfa?: { readonly maxAttempts?: number | undefined; readonly maxAgeMs?: number | undefined } | undefined
  /** Protects your IP address from Particle's lockout. `false` switches it off. */
  readonly lockoutGuard?: LockoutGuardOptions | false | undefined
  /** Keeps a serverless function alive until a background renewal is done, e.g. `context.waitUntil`. */
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined
}

type AllOptions = SessionOptions<OAuthClient>

/** What each session has for itself. A pool does not take it. */
export const perSessionOptionNames = {
  subject: true,
  profile: true,
  signInId: true,
  clientToken: true,
} satisfies Partial<OptionNames<AllOptions>>

/** What sessions and pools take, beside the connection. */
const sharedOptionNames = {
  client: true,
  store: true,
  clientAuthentication: true,
  mfa: true,
  lockoutGuard: true,
  waitUntil: true,
} satisfies OptionNames<Omit<AllOptions, keyof typeof perSessionOptionNames | keyof ConnectionOptions>>

/** The connection, checked and completed. */
export interface Connection {
  readonly baseUrl: string
  readonly fetch: Fetch
  readonly timeoutMs: number
  readonly allowedOrigins: readonly string[]
  readonly clock: Clock
  /** Present if the application wants events. */
  readonly reporter: EventReporter | undefined
}

/** @throws GrantsError `invalid_argument` or `insecure_base_url` */
export function resolveConnection(options: ConnectionOptions): Connection {
  const { clock = systemClock, timeoutMs = defaultTimeoutMs, fetch: given = globalThis.fetch } = options
  if (typeof clock?.now !== 'function') throw invalidArgument('clock', 'must have a method now()')
  if (typeof given !== 'function') throw invalidArgument('fetch', 'must be a function; this platform has no fetch')
  assertTimeout(timeoutMs)
  const allowInsecure = options[allowInsecureRequests] === true
  const baseUrl = parseBaseUrl(options.baseUrl ?? particleUrl, allowInsecure)
  // The token is a credential, too.
  const allowedOrigins = Object.freeze(parseOrigins(options.allowedOrigins ?? [new URL(baseUrl).origin], allowInsecure))
  const fetch = options.fetch ?? platformFetch
  const { onEvent, includeSubject } = options
  if (onEvent !== undefined && typeof onEvent !== 'function') throw invalidArgument('onEvent', 'must be a function')
  const reporter = onEvent && new EventReporter({ onEvent, includeSubject })
  return { baseUrl, fetch, timeoutMs, allowedOrigins, clock, reporter }
}

/** The options, checked and completed. The sessions of a pool share them. */
export interface ResolvedOptions {
  readonly context: SessionContext
  readonly identity: Identity
  /** Not in the identity, which states and errors refer to: it opens the sign-in. */
  readonly signInId: string | undefined
  readonly allowedOrigins: readonly string[]
  readonly waitUntil: ((promise: Promise<unknown>) => void) | undefined
}

/**
 * @param otherNames - the names of the options that sessions and pools do not share
 * @throws GrantsError `invalid_argument` or `insecure_base_url`
 */
export function resolveOptions(options: AllOptions, otherNames: Readonly<Record<string, true>>): ResolvedOptions {
  const isObject = typeof options === 'object'
  if (isObject) assertKnownOptions<object>(options, { ...sharedOptionNames, ...otherNames, ...connectionOptionNames })
  assertClient(options?.client)
  const { client, store = memoryStore(), mfa = {}, lockoutGuard = {}, waitUntil } = options
  // Browsers hide it from pages that came over plain HTTP. Keys in stores are hashes.
  if (!globalThis.crypto?.subtle) {
    throw invalidArgument('crypto', 'is missing: serve the page over https, or from localhost')
  }
  const { clock, allowedOrigins, ...connection } = resolveConnection(options)
  const { maxAttempts = defaultChallengeLimits.maxAttempts, maxAgeMs = defaultChallengeLimits.maxAgeMs } = mfa
  const { maxWaitMs = 15_000 } = lockoutGuard || {}
  assertKnownOptions(mfa, { maxAttempts: true, maxAgeMs: true })
  assertKnownOptions(lockoutGuard || {}, { maxWaitMs: true })
  assertPositive('mfa.maxAttempts', maxAttempts)
  assertPositive('mfa.maxAgeMs', maxAgeMs)
  if (!(maxWaitMs >= 0)) throw invalidArgument('lockoutGuard.maxWaitMs', 'must be a number, 0 or more')
  // In a page, HTTP Basic costs a preflight request.
  const { clientAuthentication = 'document' in globalThis ? 'client_secret_post' : 'client_secret_basic' } = options
  if (!/^client_secret_(basic|post)$/.test(clientAuthentication)) {
    throw invalidArgument('clientAuthentication', "must be 'client_secret_basic' or 'client_secret_post'")
  }
  const challengeLimits = { maxAttempts, maxAgeMs }
  const { baseUrl } = connection
  const { signInId, ...binding } = resolveBinding(options, store)
  // By the machine's own time: what two sessions learned about the server's time differs.
  const isEnabled = lockoutGuard !== false
  const guard = new LockoutGuard({ baseUrl, store, clock, maxWaitMs, isEnabled })
  return {
    context: {
      ...connection,
      clock: new ServerClock(clock),
      client,
      clientAuthentication,
      challengeLimits,
      guard,
      store,
    },
    identity: { baseUrl, clientId: client.id, clientKind: client.kind, ...binding },
    signInId,
    allowedOrigins,
    waitUntil: waitUntil && ((promise) => notify(waitUntil, promise)),
  }
}

type Binding = Pick<Identity, 'subject' | 'profile' | 'isOneSignIn' | 'clientToken'> & Pick<ResolvedOptions, 'signInId'>

/** Whose tokens the session may hold: of a subject, of the account that signs in under a profile, or of one sign-in. */
function resolveBinding(options: SessionOptions<OAuthClient>, store: Store): Binding {
  const { client, subject, profile, clientToken = true } = options
  if (typeof clientToken !== 'boolean') throw invalidArgument('clientToken', 'must be true or false')
  const others = { subject: undefined, profile: undefined, isOneSignIn: undefined, clientToken, signInId: undefined }
  // A cookie that is missing must not open a session without a gate.
  if ('signInId' in options) {
    assertSignInId(options)
    return { ...others, isOneSignIn: true, clientToken: false, signInId: options.signInId }
  }
  if (profile !== undefined) {
    assertProfile(options, store)
    return { ...others, profile }
  }
  const own = client.kind === 'product' ? owner : undefined
  return { ...others, subject: subject === undefined ? own : assertSubject(subject, client.kind) }
}

/** The id opens the sign-in, so that no message repeats it. */
function assertSignInId({ signInId, subject, profile }: SessionOptions<OAuthClient>): void {
  const fail = (problem: string) => invalidArgument('signInId', problem)
  if ((subject ?? profile) !== undefined) throw fail('must not be combined with subject or profile')
  if (typeof signInId === 'string' && /^[\w-]{22,128}$/.test(signInId)) return
  throw fail('must have 22 to 128 letters, digits, "-" or "_": use newSignInId()')
}

/** A profile finds a sign-in without its account's name, so another person's request must not reach its store. */
function assertProfile({ profile, subject }: SessionOptions<OAuthClient>, { singleUser }: Store): void {
  const fail = (problem: string) => invalidArgument('profile', problem)
  if (typeof profile !== 'string' || profile === '') throw fail('must be a non-empty string')
  if (subject !== undefined) throw fail('must not be combined with subject')
  if (singleUser !== true) throw fail('needs a store of one person: use subject instead')
}

/** Looked up at each call, so that a `fetch` that is installed or patched later is used. */
export const platformFetch: typeof fetch = (...call) => globalThis.fetch(...call)

export function assertPositive(parameter: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return
  throw invalidArgument(parameter, 'must be an integer greater than 0')
}
