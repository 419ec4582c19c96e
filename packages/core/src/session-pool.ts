import { Mutex, notify, raceAbort } from './async.ts'
import type { ProductClient } from './clients.ts'
import { type ErrorCode, GrantsError, invalidArgument } from './errors.ts'
import { assertKnownOptions, type OptionNames } from './known-options.ts'
import { initialState, type MachineState } from './machine/state.ts'
import { checkField, encodeCustomerRequest, type NewCustomer, newCustomerNames } from './protocol/token-request.ts'
import { LiveSession, type ProductSession, type SessionState, toSessionState } from './session.ts'
import { assertPositive, perSessionOptionNames, resolveOptions, type SessionOptions } from './session-options.ts'
import { type CustomerSubject, customer } from './subject.ts'
import { type CallOptions, type IdleOptions, waitForIdle } from './token-manager.ts'

/** Options that would be the same for all customers of a pool: one record, or no way to get a token. */
type PerSessionOption = keyof typeof perSessionOptionNames

export interface SessionPoolOptions extends Omit<SessionOptions<ProductClient>, PerSessionOption> {
  /** How many sessions stay in memory, beside those that are busy or have listeners. @default 1_000 */
  readonly maxSessions?: number | undefined
}

const poolOptionNames = { maxSessions: true } satisfies OptionNames<
  Omit<SessionPoolOptions, keyof SessionOptions<ProductClient>>
>

export interface SessionPool {
  /**
   * Returns the session of a customer, by email or by an id of your own. While it has listeners (`subscribe`) it stays in
   * memory, whatever `maxSessions` says.
   */
  readonly customer: (name: string) => ProductSession
  /**
   * Creates the customer at Particle and keeps the tokens that come with it. Works again after `unknown_customer`. It does not
   * check who a person is, even with a password: your customers sign in with `createSession({ client, signInId })`.
   *
   * @throws GrantsError `customer_exists`, if Particle refuses and a token of the customer shows why; otherwise `oauth_error`, …
   */
  readonly createCustomer: (options: NewCustomer & CallOptions) => Promise<ProductSession>
  /**
   * Resolves with the session of a customer that exists: it has a valid token, or gets one, also during the wait after
   * `unknown_customer`, or the customer is created. The password is for a customer that is created. Calls of a pool are
   * processed one after another, so that many new customers do not lock your IP address out.
   */
  readonly ensureCustomer: (options: NewCustomer & CallOptions) => Promise<ProductSession>
  /**
   * Drops a customer's session from memory and its record from the store, after you deleted the customer. Sends nothing to
   * Particle. A session object that you hold is as new: its next call requests a token.
   */
  readonly remove: (name: string) => Promise<void>
  /**
   * Calls `listener` after each state change of a session in this process, with the customer's name. Keeps no session in
   * memory, as `subscribe` of a session does. Returns the unsubscribe function.
   */
  readonly subscribe: (listener: (customer: string, state: SessionState) => void) => () => void
  /** Resolves when no request or save of any session is pending. Rejects as a session's `idle()` does. */
  readonly idle: (options?: IdleOptions) => Promise<void>
  /** Calls `idle()`, at the end of the block of `await using customers = …`. */
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/**
 * Creates a pool: sessions of a product's customers, created on demand. The least recently used leave memory, not the
 * store. Their requests wait for each other when the rate limit is reached.
 *
 * @throws GrantsError `invalid_argument` or `insecure_base_url`
 */
export function createSessionPool(options: SessionPoolOptions): SessionPool {
  const { client, maxSessions = 1000 } = options ?? {}
  for (const name in perSessionOptionNames) {
    if (name in (options ?? {})) throw invalidArgument(name, 'is not an option of a pool: use createSession()')
  }
  const { context, ...others } = resolveOptions(options, poolOptionNames)
  if (client.kind !== 'product') throw invalidArgument('client', 'must come from productClient()')
  assertPositive('maxSessions', maxSessions)
  const resolved = { ...others, context: { ...context, onStateChange } }
  /** The least recently used comes first. */
  const sessions = new Map<string, LiveSession>()
  const listeners = new Set<Parameters<SessionPool['subscribe']>[0]>()
  const ensureMutex = new Mutex()

  function onStateChange(state: MachineState): void {
    const { subject } = state.identity
    if (listeners.size === 0 || subject?.type !== 'customer') return
    const shown = Object.freeze(toSessionState(state))
    for (const listener of [...listeners]) notify((name) => listener(name, shown), subject.name)
  }

  function use(subject: CustomerSubject): LiveSession {
    const { name } = subject
    const session = sessions.get(name) ?? new LiveSession(resolved, initialState({ ...resolved.identity, subject }))
    sessions.delete(name)
    sessions.set(name, session)
    // Not called without need: a map that sessions were deleted from is slow to iterate.
    if (sessions.size > maxSessions) evict(session)
    return session
  }

  /** A session that is busy stays, and goes to the end: a second one for the same customer would repeat its request. */
  function evict(newest: LiveSession): void {
    // A call looks at no more sessions than this.
    let triesLeft = 16
    for (const [name, session] of sessions) {
      if (sessions.size <= maxSessions || triesLeft === 0) return
      triesLeft -= 1
      if (session === newest) continue
      sessions.delete(name)
      if (session.isBusy) sessions.set(name, session)
    }
  }

  /** Checks a customer to be created, before anything is locked or sent. */
  function prepare(options: NewCustomer & CallOptions) {
    assertKnownOptions(options, { ...newCustomerNames, signal: true })
    const { signal, ...request } = options
    const subject = customer(request.email)
    if (request.password !== undefined) checkField(['password', 'password'], request.password)
    encodeCustomerRequest(request, client)
    const session = use(subject)
    const requested = { expires_in: undefined, scope: undefined }
    return {
      session,
      create: () => session.signIn({ type: 'create_customer', subject, request }, { signal, isSignIn: true }),
      /**
       * Requests a token, also during the wait after `unknown_customer`. It is no explicit request: those of many unknown
       * customers stop at nine refusals. Without this, Particle would lock the IP address out.
       */
      requestToken: () =>
        session.signIn(
          { type: 'request_client_token', requested },
          { signal, isSignIn: true, isExplicit: false, force: true },
        ),
    }
  }

  function idle(options?: IdleOptions): Promise<void> {
    return waitForIdle(async () => {
      const results = await Promise.allSettled([...sessions.values()].map((session) => session.idle()))
      for (const result of results) if (result.status === 'rejected') throw result.reason
    }, options)
  }

  return {
    customer: (name) => use(customer(name)) as ProductSession,
    async createCustomer(options) {
      const { session, create, requestToken } = prepare(options)
      await create().catch(async (thrown) => {
        if (!hasCode(thrown, 'oauth_error') || thrown.details.error === 'invalid_client') throw thrown
        await requestToken().catch(() => {
          throw thrown
        })
        throw customerExists(options.email, thrown)
      })
      return session as ProductSession
    },
    async ensureCustomer(options) {
      const { session, create, requestToken } = prepare(options)
      const { signal } = options
      const ensure = async () => {
        signal?.throwIfAborted()
        // Another process may have the token. If the store fails, the request says so.
        await session.load().catch(() => {})
        if (session.peekAccessToken() !== undefined) return
        await requestToken().catch(async (thrown) => {
          if (!hasCode(thrown, 'unknown_customer')) throw thrown
          const [creation] = await Promise.allSettled([create()])
          // After a lost response, or if another process was faster, the customer exists. After a creation the request ends
          // Particle's count of refusals in a row. Without it, ten new customers could lock the IP address out.
          await requestToken().catch(() => {
            if (creation.status === 'rejected') throw creation.reason
          })
        })
      }
      if (session.peekAccessToken() === undefined) await raceAbort(ensureMutex.run(ensure), [signal])
      return session as ProductSession
    },
    async remove(name) {
      const subject = customer(name)
      const session = use(subject)
      await session.run({ type: 'logout', revoke: false, reason: 'never_signed_in' }, { isSignIn: true })
      await session.idle()
      if (!session.isBusy) sessions.delete(subject.name)
    },
    subscribe(listener) {
      if (typeof listener !== 'function') throw invalidArgument('listener', 'must be a function')
      // Wrapped, so that a listener that subscribes twice is called twice.
      const entry: typeof listener = (name, state) => listener(name, state)
      listeners.add(entry)
      return () => listeners.delete(entry)
    },
    idle,
    [Symbol.asyncDispose]: () => idle(),
  }
}

function hasCode<C extends ErrorCode>(thrown: unknown, code: C): thrown is GrantsError<C> {
  return GrantsError.isInstance(thrown) && thrown.code === code
}

function customerExists(email: string, cause: Error): GrantsError {
  const { name } = customer(email)
  const message = `The product has the customer ${name} already. Use ensureCustomer() or customer() instead.`
  return new GrantsError('customer_exists', message, { customer: name }, { cause })
}
