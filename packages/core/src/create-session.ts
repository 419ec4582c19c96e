import type { DeveloperClient, OAuthClient, ProductClient, UserClient } from './clients.ts'
import { productClient, userClient } from './clients.ts'
import { invalidArgument } from './errors.ts'
import { assertKnownOptions } from './known-options.ts'
import type { DeveloperSession, ProductSession, SignInSession, UserSession, WebSession } from './session.ts'
import { LiveSession } from './session.ts'
import {
  type ConnectionOptions,
  connectionOptionNames,
  perSessionOptionNames,
  resolveOptions,
  type SessionOptions,
} from './session-options.ts'
import {
  type Environment,
  readVariable,
  type StaticSession,
  type StaticTokenOptions,
  tokenFromEnv,
  tokenSession,
} from './token-session.ts'

/**
 * Creates a session: one account's or customer's tokens, and the state of its sign-in.
 *
 * Nothing is sent until a method needs it. Sessions that share a store share tokens and renewals.
 *
 * @example
 * const session = createSession({ client: developerClient() })
 * const state = await session.login({ username, password })
 * if (state.status === 'mfa_required') await session.submitOtp('123456')
 * const response = await session.fetch('/v1/devices')
 *
 * @throws GrantsError `invalid_argument` or `insecure_base_url`
 */
export function createSession(options: SessionOptions<OAuthClient> & { readonly signInId: string }): WebSession
export function createSession(options: SessionOptions<DeveloperClient>): DeveloperSession
export function createSession(
  options: SessionOptions<ProductClient> & { readonly profile: string },
): ProductSession & SignInSession
export function createSession(options: SessionOptions<ProductClient>): ProductSession
export function createSession(options: SessionOptions<UserClient>): UserSession
export function createSession(options: SessionOptions<ProductClient | UserClient>): ProductSession | UserSession
export function createSession(options: SessionOptions<OAuthClient>): AnySession
export function createSession(options: StaticTokenOptions): StaticSession
export function createSession(
  options: SessionOptions<OAuthClient> | StaticTokenOptions,
): AnySession | WebSession | StaticSession {
  if (typeof options === 'object' && options !== null && 'accessToken' in options) return tokenSession(options)
  // Every session can do everything at run time. What its client may not, the state machine rejects.
  // With the name that a misspelt one of a static session was meant to be.
  const resolved = resolveOptions(options, { ...perSessionOptionNames, accessToken: true })
  return new LiveSession(resolved) as unknown as AnySession
}

type AnySession = DeveloperSession | ProductSession | UserSession

const variables = 'PARTICLE_ACCESS_TOKEN, or PARTICLE_CLIENT_ID and PARTICLE_CLIENT_SECRET'

/**
 * Creates a session from environment variables: `PARTICLE_ACCESS_TOKEN` (or `PARTICLE_AUTH`), or `PARTICLE_CLIENT_ID` and
 * `PARTICLE_CLIENT_SECRET` (with `PARTICLE_CLIENT_KIND=user` for a user client). An empty variable is a missing one.
 *
 * @param env - `process.env`, or a Worker's `env`
 * @throws GrantsError `invalid_argument`, naming the variables, when they are missing or contradict each other
 */
export function sessionFromEnv(
  env: Environment,
  options: ConnectionOptions & Pick<SessionOptions<ProductClient>, 'store' | 'lockoutGuard' | 'waitUntil'> = {},
): ProductSession | UserSession | StaticSession {
  assertKnownOptions(options, { store: true, lockoutGuard: true, waitUntil: true, ...connectionOptionNames })
  const read = (name: string) => readVariable(env, name)
  const accessToken = tokenFromEnv(env)
  const [id, secret] = [read('PARTICLE_CLIENT_ID'), read('PARTICLE_CLIENT_SECRET')]
  if (accessToken !== undefined) {
    if (id ?? secret) throw invalidArgument('env', `must have ${variables}, but not both`)
    const { store, lockoutGuard, waitUntil, ...connection } = options
    return tokenSession({ ...connection, accessToken })
  }
  if (!(id && secret)) throw invalidArgument('env', `must have ${variables}`)
  const kind = read('PARTICLE_CLIENT_KIND') ?? 'product'
  if (kind === 'product') return createSession({ ...options, client: productClient({ id, secret }) })
  if (kind === 'user') return createSession({ ...options, client: userClient({ id, secret }) })
  throw invalidArgument('PARTICLE_CLIENT_KIND', "must be 'product' or 'user'")
}
