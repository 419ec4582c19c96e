import type { ProductClient } from './clients.ts'
import { invalidArgument } from './errors.ts'
import { initialState } from './machine/state.ts'
import { checkField, encodeCustomerRequest, type NewCustomer } from './protocol/token-request.ts'
import { LiveSession, type ProductSession } from './session.ts'
import { assertPositive, resolveOptions, type SessionOptions } from './session-options.ts'
import { type CustomerSubject, customer } from './subject.ts'
import { type CallOptions, type IdleOptions, waitForIdle } from './token-manager.ts'

/** Options that would be the same for all customers of a pool: one record, or no way to get a token. */
const perSessionOptions = ['subject', 'profile', 'signInId', 'clientToken'] as const
type PerSessionOption = (typeof perSessionOptions)[number]

export interface SessionPoolOptions extends Omit<SessionOptions<ProductClient>, PerSessionOption> {
  /** How many sessions stay in memory. @default 1_000 */
  readonly maxSessions?: number | undefined
}

export interface SessionPool {
  /** Returns the session of a customer, by email or by an id of your own. */
  readonly customer: (name: string) => ProductSession
  /**
   * Creates the customer at Particle and keeps the tokens that come with it. Works again after `unknown_customer`. It does not
   * check who a person is, even with a password: your customers sign in with `createSession({ client, signInId })`.
   */
  readonly createCustomer: (options: NewCustomer & CallOptions) => Promise<ProductSession>
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
  if (client?.kind !== 'product') throw invalidArgument('client', 'must come from productClient()')
  assertPositive('maxSessions', maxSessions)
  for (const name of perSessionOptions) {
    if ((options as Partial<Record<PerSessionOption, unknown>>)[name] === undefined) continue
    throw invalidArgument(name, 'is not an option of a pool: use createSession()')
  }
  const resolved = resolveOptions(options)
  /** The least recently used comes first. */
  const sessions = new Map<string, LiveSession>()

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

  function idle(options?: IdleOptions): Promise<void> {
    return waitForIdle(async () => {
      const results = await Promise.allSettled([...sessions.values()].map((session) => session.idle()))
      for (const result of results) if (result.status === 'rejected') throw result.reason
    }, options)
  }

  return {
    customer: (name) => use(customer(name)) as ProductSession,
    async createCustomer({ signal, ...request }) {
      const subject = customer(request.email)
      if (request.password !== undefined) checkField(['password', 'password'], request.password)
      // Checks the product before anything is locked or sent.
      encodeCustomerRequest(request, client)
      const session = use(subject)
      await session.createCustomer({ type: 'create_customer', subject, request }, { signal })
      return session as ProductSession
    },
    idle,
    [Symbol.asyncDispose]: () => idle(),
  }
}
