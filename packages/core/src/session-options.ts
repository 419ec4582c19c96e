import { notify } from './async.ts'
import { assertClient, type OAuthClient } from './clients.ts'
import { type Clock, ServerClock, systemClock } from './clock.ts'
import { invalidArgument } from './errors.ts'
import { LockoutGuard, type LockoutGuardOptions } from './guard/lockout-guard.ts'
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
  /** @default globalThis.fetch, looked up at each call */
  readonly fetch?: typeof fetch | undefined
  /** How long one token request may take, in milliseconds. @default 30_000 */
  readonly timeoutMs?: number | undefined
  /** Origins that `session.fetch` may send the token to. @default the base URL's origin */
  readonly allowedOrigins?: readonly string[] | undefined
  readonly clock?: Clock | undefined
  /** Permits credentials over plain HTTP to another machine. */
  readonly [allowInsecureRequests]?: boolean | undefined
}

export interface SessionOptions<C extends OAuthClient> extends ConnectionOptions {
  readonly client: C
  /** Whose tokens these are. @default the product itself for a product client; otherwise the account that signs in */
  readonly subject?: Subject | undefined
  /**
   * Finds this program's last sign-in again without naming the account. For developer and user clients, on a store of
   * one person (memory, file, keyring). Instead of `subject`. Never take it from request data.
   */
  readonly profile?: string | undefined
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

/** The options, checked and completed. The sessions of a pool share them. */
export interface ResolvedOptions {
  readonly context: SessionContext
  readonly identity: Identity
  readonly allowedOrigins: readonly string[]
  readonly waitUntil: ((promise: Promise<unknown>) => void) | undefined
}

/** @throws GrantsError `invalid_argument` or `insecure_base_url` */
export function resolveOptions(options: SessionOptions<OAuthClient>): ResolvedOptions {
  assertClient(options?.client)
  const { client, clock = systemClock, store = memoryStore(), timeoutMs = defaultTimeoutMs, waitUntil } = options
  const { fetch: given = globalThis.fetch, mfa = {}, lockoutGuard = {} } = options
  // Browsers hide it from pages that came over plain HTTP. Keys in stores are hashes.
  if (!globalThis.crypto?.subtle) {
    throw invalidArgument('crypto', 'is missing: serve the page over https, or from localhost')
  }
  if (typeof clock?.now !== 'function') throw invalidArgument('clock', 'must have a method now()')
  if (typeof given !== 'function') throw invalidArgument('fetch', 'must be a function; this platform has no fetch')
  assertTimeout(timeoutMs)
  const { maxAttempts = defaultChallengeLimits.maxAttempts, maxAgeMs = defaultChallengeLimits.maxAgeMs } = mfa
  const { maxWaitMs = 15_000 } = lockoutGuard || {}
  assertPositive('mfa.maxAttempts', maxAttempts)
  assertPositive('mfa.maxAgeMs', maxAgeMs)
  if (!(maxWaitMs >= 0)) throw invalidArgument('lockoutGuard.maxWaitMs', 'must be a number, 0 or more')
  const allowInsecure = options[allowInsecureRequests] === true
  const baseUrl = parseBaseUrl(options.baseUrl ?? particleUrl, allowInsecure)
  // The token is a credential, too.
  const allowedOrigins = parseOrigins(options.allowedOrigins ?? [new URL(baseUrl).origin], allowInsecure)
  // Any fetch takes what core passes, and returns what core reads.
  const fetch = (options.fetch ?? platformFetch) as unknown as Fetch
  // In a page, HTTP Basic costs a preflight request.
  const { clientAuthentication = 'document' in globalThis ? 'client_secret_post' : 'client_secret_basic' } = options
  if (!/^client_secret_(basic|post)$/.test(clientAuthentication)) {
    throw invalidArgument('clientAuthentication', "must be 'client_secret_basic' or 'client_secret_post'")
  }
  const challengeLimits = { maxAttempts, maxAgeMs }
  const endpoint = {
    baseUrl,
    client,
    clientAuthentication,
    fetch,
    clock: new ServerClock(clock),
    timeoutMs,
    challengeLimits,
  }
  const { subject, profile } = resolveBinding(options, store)
  // By the machine's own time: what two sessions learned about the server's time differs.
  const isEnabled = lockoutGuard !== false
  const guard = new LockoutGuard({ baseUrl, store, clock, maxWaitMs, isEnabled })
  const { onEvent, includeSubject } = options
  if (onEvent !== undefined && typeof onEvent !== 'function') throw invalidArgument('onEvent', 'must be a function')
  const reporter = onEvent && new EventReporter({ onEvent, includeSubject })
  return {
    context: { ...endpoint, guard, store, reporter },
    identity: { baseUrl, clientId: client.id, clientKind: client.kind, subject, profile },
    allowedOrigins: Object.freeze(allowedOrigins),
    waitUntil: waitUntil && ((promise) => notify(waitUntil, promise)),
  }
}

/** A profile finds a sign-in without its account's name, so it must not be reachable from another person's request. */
function resolveBinding(
  { client: { kind }, subject, profile }: SessionOptions<OAuthClient>,
  { singleUser }: Store,
): Pick<Identity, 'subject' | 'profile'> {
  if (profile === undefined) {
    const own = kind === 'product' ? owner : undefined
    return { subject: subject === undefined ? own : assertSubject(subject, kind), profile }
  }
  const fail = (problem: string) => invalidArgument('profile', problem)
  if (typeof profile !== 'string' || profile === '') throw fail('must be a non-empty string')
  if (subject !== undefined) throw fail('must not be combined with subject')
  if (kind === 'product' || singleUser !== true)
    throw fail('needs a developer or user client and a store of one person: use subject instead')
  return { subject, profile }
}

/** Looked up at each call, so that a `fetch` that is installed or patched later is used. */
const platformFetch: typeof fetch = (...call) => globalThis.fetch(...call)

export function assertPositive(parameter: string, value: number): void {
  if (Number.isSafeInteger(value) && value > 0) return
  throw invalidArgument(parameter, 'must be an integer greater than 0')
}
