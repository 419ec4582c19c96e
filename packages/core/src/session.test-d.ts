import { describe, expectTypeOf, it } from 'vitest'
import {
  account,
  createSession,
  createSessionPool,
  customer,
  type DeveloperClient,
  type DeveloperSession,
  developerClient,
  GrantsError,
  type MfaRequired,
  newSignInId,
  type OAuthClient,
  type ProductClient,
  type ProductSession,
  productClient,
  type Session,
  type SessionOptions,
  type SessionState,
  type SignedIn,
  type StaticSession,
  sessionFromEnv,
  type UserSession,
  userClient,
  type WebSession,
  withAccessToken,
} from './index.ts'

const credentials = { id: 'my-product-1234', secret: 's' }
const developer = createSession({ client: developerClient() })
const product = createSession({ client: productClient(credentials) })
const user = createSession({ client: userClient(credentials) })
const fixed = createSession({ accessToken: process.env.PARTICLE_ACCESS_TOKEN })
declare const anyClient: OAuthClient
declare const productOrDeveloper: ProductClient | DeveloperClient

describe('createSession', () => {
  it('returns the session that fits the client', () => {
    expectTypeOf(developer).toEqualTypeOf<DeveloperSession>()
    expectTypeOf(product).toEqualTypeOf<ProductSession>()
    expectTypeOf(user).toEqualTypeOf<UserSession>()
    expectTypeOf(fixed).toEqualTypeOf<StaticSession>()
    expectTypeOf(sessionFromEnv(process.env)).toEqualTypeOf<ProductSession | UserSession | StaticSession>()
  })

  it('gives a developer session no way to renew', () => {
    // @ts-expect-error -- the token of a developer client cannot be renewed
    void developer.getAccessToken({ forceRefresh: true })
    // @ts-expect-error -- a developer client's credentials get no token
    developer.requestClientToken
    void developer.getAccessToken({
      minValidityMs: 60_000,
      timeoutMs: 1000,
      signal: AbortSignal.timeout(1000),
    })
  })

  it('gives product and user sessions both', () => {
    expectTypeOf(product.getAccessToken({ forceRefresh: true })).resolves.toBeString()
    expectTypeOf(user.requestClientToken({ expiresIn: 3600, scope: '*:*' })).resolves.toEqualTypeOf<SignedIn>()
  })

  it('gives a static session no sign-in methods', () => {
    expectTypeOf(fixed.kind).toEqualTypeOf<'static'>()
    // @ts-expect-error -- a static session has no sign-in
    fixed.login
    // @ts-expect-error -- a static session has no sign-in
    fixed.submitOtp
    // @ts-expect-error -- a static session has no sign-in
    fixed.submitRecoveryCode
    // @ts-expect-error -- its token is the one it was created with
    fixed.setToken
    // @ts-expect-error -- it has no client
    fixed.requestClientToken
    // @ts-expect-error -- its token cannot be renewed
    void fixed.getAccessToken({ forceRefresh: true })
    // @ts-expect-error -- its token is never stored
    createSession({ accessToken: 'a', store: undefined as never, client: developerClient() }).login
  })

  it('asks for the kind where the client is known at run time only', () => {
    const session = createSession({ client: anyClient })
    expectTypeOf(session).toEqualTypeOf<DeveloperSession | ProductSession | UserSession>()
    // @ts-expect-error -- it may be a product's session, which has no sign-in
    session.login
    // @ts-expect-error -- it may be a developer session
    session.requestClientToken
    // @ts-expect-error -- it may be a developer session
    createSession({ client: productOrDeveloper }).requestClientToken
    if (session.kind === 'developer') expectTypeOf(session).toEqualTypeOf<DeveloperSession>()
    else expectTypeOf(session).toEqualTypeOf<ProductSession | UserSession>()
  })

  it('lets people sign in to a session of one sign-in, for every client', () => {
    for (const client of [developerClient(), productClient(credentials), userClient(credentials)]) {
      const session = createSession({ client, signInId: newSignInId() })
      expectTypeOf(session).toEqualTypeOf<WebSession>()
      expectTypeOf(session.login).returns.resolves.toEqualTypeOf<SignedIn | MfaRequired>()
      expectTypeOf(session.signInId).toBeString()
      // @ts-expect-error -- it never uses the client's own credentials
      session.requestClientToken
    }
  })

  it('lets customers sign in to a session of a product under a profile only', () => {
    expectTypeOf(createSession({ client: productClient(credentials), profile: 'work' }).login).toBeFunction()
    // @ts-expect-error -- the client's secret opens every customer
    product.login
    // @ts-expect-error -- the client's secret opens every customer
    product.submitOtp
    // @ts-expect-error -- the client's secret opens every customer
    createSession({ client: productClient(credentials), subject: customer('jane') }).login
    // @ts-expect-error -- the client's secret opens every customer
    createSessionPool({ client: productClient(credentials) }).customer('jane').login
  })

  it('rejects a client that no function created', () => {
    // @ts-expect-error -- its secret is a plain string
    createSession({ client: { kind: 'product', id: 'x', secret: 'y' } })
    // @ts-expect-error -- only the published developer clients are known
    developerClient('my-product-1234')
    // @ts-expect-error -- a product client has a secret
    productClient({ id: 'my-product-1234' })
    // @ts-expect-error -- there is neither a client nor a token
    createSession({})
  })

  it('rejects a subject that no function created', () => {
    createSession({ client: productClient(credentials), subject: customer('jane@example.com') })
    createSession({ client: developerClient(), subject: account('dev@example.com') })
    // @ts-expect-error -- use customer()
    createSession({ client: productClient(credentials), subject: 'jane@example.com' })
    // @ts-expect-error -- the product itself is the default
    createSession({ client: productClient(credentials), subject: { type: 'owner' } })
  })
})

describe('createSessionPool', () => {
  it('accepts product clients only, and no subject or profile', () => {
    const pool = createSessionPool({ client: productClient(credentials) })
    expectTypeOf(pool.customer('jane@example.com')).toEqualTypeOf<ProductSession>()
    // @ts-expect-error -- a developer client has no customers
    createSessionPool({ client: developerClient() })
    // @ts-expect-error -- a user client has no customers
    createSessionPool({ client: userClient(credentials) })
    // @ts-expect-error -- each session of a pool has its own
    createSessionPool({ client: productClient(credentials), subject: customer('jane@example.com') })
    // @ts-expect-error -- profiles are for developer and user clients
    createSessionPool({ client: productClient(credentials), profile: 'work' })
  })
})

describe('the methods of a session', () => {
  /** As React declares it. */
  type UseSyncExternalStore = <Snapshot>(
    subscribe: (onStoreChange: () => void) => () => void,
    getSnapshot: () => Snapshot,
    getServerSnapshot?: () => Snapshot,
  ) => Snapshot
  const useSyncExternalStore: UseSyncExternalStore = (_, getSnapshot) => getSnapshot()

  it('work unbound, e.g. with useSyncExternalStore', () => {
    const state = useSyncExternalStore(developer.subscribe, developer.getState, developer.getState)
    expectTypeOf(state).toEqualTypeOf<SessionState>()
    const { login, submitOtp, getAccessToken, fetch: send } = developer
    expectTypeOf(login).parameter(0).toHaveProperty('username')
    expectTypeOf(submitOtp).toBeCallableWith('123456')
    expectTypeOf(getAccessToken).returns.resolves.toBeString()
    expectTypeOf(send).toEqualTypeOf<typeof fetch>()
  })

  it('are the same for every session', () => {
    for (const session of [developer, product, user, fixed]) expectTypeOf(session).toExtend<Session>()
    expectTypeOf(
      withAccessToken(
        fixed,
        async (token) => token.length,
        (length) => length === 0,
      ),
    ).resolves.toBeNumber()
  })

  it('cannot be replaced', () => {
    // @ts-expect-error -- read-only
    product.getAccessToken = async () => 'mine'
    // @ts-expect-error -- read-only
    product.state = product.getState()
  })
})

describe('SessionState', () => {
  it('has the fields that belong to its status', () => {
    const { state } = product
    // @ts-expect-error -- not every state has tokens
    state.tokens
    if (state.status === 'mfa_required') expectTypeOf(state.challenge.attemptsLeft).toBeNumber()
    if (state.status === 'signed_in') expectTypeOf(state.tokens.expiresAt).toEqualTypeOf<number | null>()
    if (state.status === 'signed_out') expectTypeOf(state.reason).not.toBeAny()
  })

  it('shows neither the MFA token nor the tokens of an earlier sign-in', () => {
    const { state } = developer
    if (state.status !== 'mfa_required') return
    // @ts-expect-error -- it is in MachineState only
    state.challenge.mfaToken
    // @ts-expect-error -- they are in MachineState only
    state.earlier
    // @ts-expect-error -- it is in MachineState only
    state.identity
  })

  it('is read-only', () => {
    const { state } = product
    if (state.status !== 'signed_in') return
    // @ts-expect-error -- read-only
    state.tokens = { accessToken: state.tokens.accessToken, expiresAt: null }
    // @ts-expect-error -- read-only
    state.tokens.expiresAt = 0
  })
})

describe('options', () => {
  it('may be undefined, also under exactOptionalPropertyTypes', () => {
    createSession({
      client: productClient(credentials),
      subject: undefined,
      store: undefined,
      clientAuthentication: undefined,
      mfa: undefined,
      lockoutGuard: undefined,
      waitUntil: undefined,
      baseUrl: process.env.PARTICLE_BASE_URL,
      fetch: undefined,
      timeoutMs: undefined,
      allowedOrigins: undefined,
      clock: undefined,
    })
    createSession({ client: developerClient(), profile: undefined, mfa: { maxAttempts: undefined } })
    createSession({ accessToken: undefined, expiresAt: undefined })
    createSessionPool({ client: productClient(credentials), maxSessions: undefined })
    void product.getAccessToken({
      signal: undefined,
      timeoutMs: undefined,
      minValidityMs: undefined,
      forceRefresh: undefined,
    })
    void user.login({
      username: 'u',
      password: 'p',
      force: undefined,
      expiresIn: undefined,
      scope: undefined,
    })
    void product.setToken({
      accessToken: 'a',
      refreshToken: undefined,
      expiresAt: undefined,
      subject: undefined,
    })
    void product.logout({ revoke: undefined, signal: undefined })
  })

  it('reject what does not exist', () => {
    // @ts-expect-error -- the registered name is client_secret_basic
    createSession({ client: productClient(credentials), clientAuthentication: 'basic' })
    // @ts-expect-error -- a token is requested on first use without an option
    createSession({ client: productClient(credentials), authorizeOnUse: true })
    // @ts-expect-error -- true is the default, and is not written
    createSession({ client: productClient(credentials), lockoutGuard: true })
    expectTypeOf<SessionOptions<DeveloperClient>['client']>().toEqualTypeOf<DeveloperClient>()
  })
})

describe('an error', () => {
  it('has the details of its code', () => {
    const error: unknown = undefined
    if (!GrantsError.isInstance(error)) return
    expectTypeOf(error.retry).toEqualTypeOf<'later' | 'after_sign_in' | 'never'>()
    expectTypeOf(error.retryAt).toEqualTypeOf<number | undefined>()
    if (error.code === 'invalid_code') expectTypeOf(error.details.attemptsLeft).toBeNumber()
  })
})
