import type { ProductClient } from './clients.ts'
import { GrantsError } from './errors/grants-error.ts'
import type { BudgetProgress } from './failure-budget/failure-budget.ts'
import { initialState } from './machine/state.ts'
import { LiveSession } from './session/live-session.ts'
import { readOptions, type SessionOptions } from './session/options.ts'
import type { ProductSession } from './session/session.ts'
import { customer } from './subject.ts'

/** What a pool is made of: what a session is, without a subject, and how many customers stay in memory. */
export interface SessionPoolOptions
  extends Omit<SessionOptions<ProductClient>, 'subject' | 'state' | 'authorizeOnUse'> {
  /** Customers whose sessions are kept in memory; the least recently used leave it, not the store. @default 10000 */
  readonly maxSessions?: number | undefined
}

/** The customers of one product client. */
export interface SessionPool {
  /**
   * The session of a customer, by email or by an id of one's own. Its `accessToken()` asks for a token with the
   * client's own credentials (`scope=customer=…`) when there is none, and waits without a limit of its own, since
   * requests of many queue. Throws `invalid_argument` for a name with blanks.
   */
  customer(name: string): ProductSession
  /** Tells what waits for its turn and what is under way; gives the function that ends it. */
  subscribe(listener: (progress: BudgetProgress) => void): () => void
  /** Sessions in memory. */
  readonly size: number
  /** Resolves when nothing is renewed any more. */
  settled(): Promise<void>
}

/**
 * Makes a pool: one product client, one session a customer. Requests of many customers queue for Particle's limit of
 * token requests instead of failing, and one customer's refusals stop no other's.
 */
export function createSessionPool(options: SessionPoolOptions): SessionPool {
  if (options.client?.kind !== 'product') {
    throw new GrantsError('invalid_argument', {
      parameter: 'client',
      problem: 'must come from productClient()',
    })
  }
  return new Pool(options)
}

class Pool implements SessionPool {
  readonly #read: ReturnType<typeof readOptions>
  readonly #maxSessions: number
  /** In the order of use: the first is the least recently used. */
  readonly #sessions = new Map<string, LiveSession>()

  constructor({ maxSessions = 10_000, ...options }: SessionPoolOptions) {
    if (!(Number.isSafeInteger(maxSessions) && maxSessions > 0)) {
      throw new GrantsError('invalid_argument', {
        parameter: 'maxSessions',
        problem: 'must be an integer greater than 0',
      })
    }
    this.#read = readOptions(options)
    this.#maxSessions = maxSessions
  }

  get size(): number {
    return this.#sessions.size
  }

  customer(name: string): ProductSession {
    const subject = customer(name)
    const session = this.#sessions.get(subject) ?? this.#create(subject)
    this.#sessions.delete(subject)
    this.#sessions.set(subject, session)
    if (this.#sessions.size > this.#maxSessions) this.#evict(subject)
    return session as ProductSession
  }

  subscribe(listener: (progress: BudgetProgress) => void): () => void {
    return this.#read.machinery.budget.subscribe(listener)
  }

  async settled(): Promise<void> {
    const all = await Promise.allSettled([...this.#sessions.values()].map((session) => session.settled()))
    const failed = all.find((one) => one.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }

  #create(subject: ReturnType<typeof customer>): LiveSession {
    const { machinery, initial, live } = this.#read
    const identity = { ...initial.identity, subject }
    return new LiveSession(machinery, initialState(identity), {
      ...live,
      authorizeOnUse: true,
      // Requests of many queue for minutes: that is what they come here for. Each of them has its own time-out.
      patience: Number.POSITIVE_INFINITY,
    })
  }

  /**
   * Those that are busy stay: a second session beside one under way would do its work twice. They go to the end, so
   * that no call looks at all of them, and the next looks at others.
   */
  #evict(newest: string): void {
    for (const [subject, session] of [...take(this.#sessions, 16)]) {
      if (this.#sessions.size <= this.#maxSessions) return
      if (subject === newest) continue
      this.#sessions.delete(subject)
      if (session.busy) this.#sessions.set(subject, session)
    }
  }
}

/** The first entries of a map. */
function* take<K, V>(map: ReadonlyMap<K, V>, count: number): Generator<[K, V]> {
  let taken = 0
  for (const entry of map) {
    if (taken === count) return
    taken += 1
    yield entry
  }
}
