import type { DeveloperClient, OAuthClient, ProductClient, UserClient } from './clients.ts'
import { developerClient, productClient, userClient } from './clients.ts'
import { invalidArgument } from './errors.ts'
import { initialState, type SignedInState } from './machine/state.ts'
import { transition } from './machine/transition.ts'
import type { Secret } from './secret.ts'
import type {
  DeveloperSession,
  ExternalToken,
  ProductSession,
  Session,
  SignInSession,
  UserSession,
  WebSession,
} from './session.ts'
import { LiveSession, readExternalToken } from './session.ts'
import { type ConnectionOptions, resolveOptions, type SessionOptions } from './session-options.ts'

/** An access token you already have. It is used and never renewed or stored; `logout()` revokes it only if you ask. */
export interface StaticTokenOptions extends ConnectionOptions, Pick<ExternalToken, 'expiresAt'> {
  readonly accessToken: string | Secret | undefined
}

/** A session for a token you already have. */
export interface StaticSession extends Session {
  readonly kind: 'static'
}

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
  if (typeof options === 'object' && options !== null && 'accessToken' in options) return createStaticSession(options)
  // Every session can do everything at run time. What its client may not, the state machine rejects.
  return new LiveSession(resolveOptions(options)) as unknown as AnySession
}

type AnySession = DeveloperSession | ProductSession | UserSession

/** A session whose only token is external: without a subject it has no record, and nothing renews it. */
function createStaticSession({ accessToken, expiresAt, ...connection }: StaticTokenOptions): StaticSession {
  const token = readExternalToken({ accessToken: accessToken as string, expiresAt })
  const options = resolveOptions({ ...connection, client: developerClient(), lockoutGuard: false })
  const event = { type: 'set_token', ...token, subject: undefined, at: options.context.clock.now() } as const
  const { state } = transition(initialState(options.identity), event)
  const live = new LiveSession(options, state as SignedInState)
  const methods = Object.fromEntries(sessionMethods.map((name) => [name, live[name]]))
  return Object.freeze({
    ...(methods as Pick<Session, (typeof sessionMethods)[number]>),
    kind: 'static',
    get state() {
      return live.state
    },
    allowedOrigins: live.allowedOrigins,
  })
}

/** What every session has, without the methods that sign in. */
// biome-ignore format: words to be read as a text
const sessionMethods = [
  'getState', 'subscribe', 'load', 'logout', 'getAccessToken', 'peekAccessToken', 'invalidateToken', 'fetch', 'idle',
] as const

const variables = 'PARTICLE_ACCESS_TOKEN, or PARTICLE_CLIENT_ID and PARTICLE_CLIENT_SECRET'

/**
 * Creates a session from environment variables: `PARTICLE_ACCESS_TOKEN` (or `PARTICLE_AUTH`), or `PARTICLE_CLIENT_ID` and
 * `PARTICLE_CLIENT_SECRET` (with `PARTICLE_CLIENT_KIND=user` for a user client). An empty variable is a missing one.
 *
 * @param env - `process.env`, or a Worker's `env`
 * @throws GrantsError `invalid_argument`, naming the variables, when they are missing or contradict each other
 */
export function sessionFromEnv(
  env: Readonly<Record<string, string | undefined>>,
  options: ConnectionOptions & Pick<SessionOptions<ProductClient>, 'store' | 'lockoutGuard' | 'waitUntil'> = {},
): ProductSession | UserSession | StaticSession {
  const read = (name: string) => env[name]?.trim() || undefined
  const accessToken = read('PARTICLE_ACCESS_TOKEN') ?? read('PARTICLE_AUTH')
  const [id, secret] = [read('PARTICLE_CLIENT_ID'), read('PARTICLE_CLIENT_SECRET')]
  if (accessToken !== undefined) {
    if (id ?? secret) throw invalidArgument('env', `must have ${variables}, but not both`)
    const { store, lockoutGuard, waitUntil, ...connection } = options
    return createSession({ ...connection, accessToken })
  }
  if (!(id && secret)) throw invalidArgument('env', `must have ${variables}`)
  const kind = read('PARTICLE_CLIENT_KIND') ?? 'product'
  if (kind === 'product') return createSession({ ...options, client: productClient({ id, secret }) })
  if (kind === 'user') return createSession({ ...options, client: userClient({ id, secret }) })
  throw invalidArgument('PARTICLE_CLIENT_KIND', "must be 'product' or 'user'")
}
