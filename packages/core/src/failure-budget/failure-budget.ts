import { unlessAborted } from '../aborting.ts'
import { type Clock, type SleepOptions, sleep } from '../clock.ts'
import { GrantsError } from '../errors/grants-error.ts'
import { hash } from '../hash.ts'
import type { Refusal } from '../machine/effect.ts'
import type { Event } from '../machine/event.ts'
import { Mutex } from '../mutex.ts'
import type { Store } from '../store/store.ts'
import { tell } from '../tell.ts'
import { type Admission, type Applicant, admit, fullUntil } from './admit.ts'
import { type FailureBudgetLimits, flightGrace } from './limits.ts'
import {
  type BudgetRecord,
  damagedRecord,
  emptyRecord,
  isFromLaterRelease,
  type Lane,
  parseRecord,
  serializeRecord,
} from './record.ts'
import { settle } from './settle.ts'

/** What waits and what goes on at a base URL, as this process sees it. */
export interface BudgetProgress {
  /** Requests of this process that wait for their turn. */
  readonly queued: number
  /** Requests of this process that are under way. */
  readonly inFlight: number
  /** When the next one may go, ms since 1970, where it waits for the window of 5 minutes. */
  readonly resumesAt: number | undefined
}

/** A request that may be sent, and has to be settled whatever becomes of it. */
export interface Ticket {
  /** Reports the machine's event of the answer; `undefined`: it was never sent. */
  settle(event: Event | undefined): Promise<void>
}

/** Who wants to send what. */
export interface Candidate extends Omit<Applicant, 'id' | 'at' | 'lasts'> {
  /** Nobody waits for it: its own waiting keeps no process alive. */
  readonly background: boolean
}

/** What a budget is made of. */
export interface FailureBudgetOptions {
  readonly store: Store
  readonly clock: Clock
  readonly limits: FailureBudgetLimits
  /** Milliseconds that one request may take. */
  readonly timeout: number
}

/** How long one waits before looking again for a place that another process may have freed. Milliseconds. */
const patience = 100

/**
 * Lets token requests to one base URL go, so that no address is locked out: one record in the store for everyone,
 * reserved under its lock before anything is sent.
 */
export class FailureBudget {
  readonly #store: Store
  readonly #clock: Clock
  readonly #limits: FailureBudgetLimits
  readonly #lasts: number
  readonly #key: Promise<string>
  readonly #queues: Readonly<Record<Lane, Mutex>> = {
    attempt: new Mutex(),
    authorization: new Mutex(),
    renewal: new Mutex(),
  }
  /** Who waits for the window. */
  readonly #queue = new Mutex()
  readonly #listeners = new Set<(progress: BudgetProgress) => void>()
  #progress: BudgetProgress = { queued: 0, inFlight: 0, resumesAt: undefined }
  #freed = deferred()

  constructor(baseUrl: string, { store, clock, limits, timeout }: FailureBudgetOptions) {
    this.#store = store
    this.#clock = clock
    this.#limits = limits
    this.#lasts = timeout + flightGrace
    this.#key = budgetKey(baseUrl)
  }

  subscribe(listener: (progress: BudgetProgress) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Lets a request go, or says why it may not: a refusal, or that the window of five minutes is `full`. Waits for
   * others to come back where too many are under way. Rejects with the signal's reason.
   */
  async enter(candidate: Candidate, signal?: AbortSignal): Promise<Ticket | Refusal | 'full'> {
    this.#show({ queued: this.#progress.queued + 1 })
    const admission = this.#queues[candidate.lane].run(() => this.#wait(candidate, signal))
    try {
      return await unlessAborted(admission, [signal])
    } catch (thrown) {
      // A place that was given in the very moment of giving up is nobody's.
      admission.then((late) => (isTicket(late) ? late.settle(undefined) : undefined)).catch(() => {})
      throw thrown
    } finally {
      this.#show({ queued: this.#progress.queued - 1 })
    }
  }

  /**
   * Waits while the window is full: minutes, in which whoever waits had better hold no lock. First come, first served
   * in this process. Rejects with the signal's reason.
   */
  async windowOpens(signal: AbortSignal | undefined, background: boolean): Promise<void> {
    this.#show({ queued: this.#progress.queued + 1 })
    const open = this.#queue.run(async () => {
      for (;;) {
        const until = await this.#fullUntil()
        if (until === undefined || signal?.aborted) return
        this.#show({ resumesAt: until })
        await this.#sleep(until - this.#clock.now(), { background, signal })
        this.#show({ resumesAt: undefined })
      }
    })
    await unlessAborted(open, [signal]).finally(() => this.#show({ queued: this.#progress.queued - 1 }))
  }

  /** A look without the lock: `enter` decides. What can't be read is told there. */
  async #fullUntil(): Promise<number | undefined> {
    try {
      const stored = await this.#store.load(await this.#key)
      return stored && fullUntil(parseRecord(stored.value), this.#clock.now())
    } catch {
      return undefined
    }
  }

  async #wait(candidate: Candidate, signal: AbortSignal | undefined): Promise<Ticket | Refusal | 'full'> {
    const id = Math.random().toString(36).slice(2, 10)
    const { background } = candidate
    for (;;) {
      signal?.throwIfAborted()
      const at = this.#clock.now()
      const freed = this.#freed.promise
      const admission = await this.#decide({ ...candidate, id, at, lasts: this.#lasts })
      if (admission.type === 'refused') return admission.refusal
      if (admission.type === 'admitted') return this.#ticket(id, candidate, admission.order)
      if (admission.until !== undefined) return 'full'
      await Promise.race([this.#sleep(patience, { background, signal }), freed])
    }
  }

  /** Ends early, without an error, when the signal is aborted. */
  #sleep(milliseconds: number, options: SleepOptions): Promise<void> {
    const asleep = sleep(this.#clock, Math.max(1, milliseconds), options)
    return unlessAborted(asleep, [options.signal]).catch(() => {})
  }

  #decide(applicant: Applicant): Promise<Admission> {
    return this.#alone(async (record, save) => {
      const admission = admit(record, applicant, this.#limits)
      // Also what is refused may have been swept: after a clock went back, its pause begins now, and once.
      const changed = serializeRecord(admission.record) !== serializeRecord(record)
      if (changed) await save(admission.record)
      return admission
    })
  }

  #ticket(id: string, { client, request }: Candidate, order: number): Ticket {
    this.#show({ inFlight: this.#progress.inFlight + 1 })
    return {
      settle: async (event) => {
        try {
          await this.#alone((record, save) =>
            save(settle(record, { id, order, client, request, event, at: this.#clock.now() })),
          )
        } finally {
          this.#show({ inFlight: this.#progress.inFlight - 1 })
          this.#freed.resolve()
          this.#freed = deferred()
        }
      },
    }
  }

  async #alone<T>(
    task: (record: BudgetRecord, save: (record: BudgetRecord) => Promise<void>) => Promise<T>,
  ): Promise<T> {
    const key = await this.#key
    return this.#store.exclusively(key, async () => {
      const { record, version } = await this.#read(key)
      return task(record, async (next) => {
        await this.#store.save(key, serializeRecord(next), version)
      })
    })
  }

  /** What can't be read may have held anything: it counts as a lockout's worth of failures, and is written anew. */
  async #read(key: string): Promise<{ record: BudgetRecord; version: string | null }> {
    let version: string | null = null
    let later = false
    try {
      const stored = await this.#store.load(key)
      version = stored?.version ?? null
      later = stored !== undefined && isFromLaterRelease(stored.value)
      return { record: stored === undefined ? emptyRecord : parseRecord(stored.value), version }
    } catch (thrown) {
      if (!GrantsError.isInstance(thrown)) throw thrown
      if (later || (thrown.code !== 'invalid_state' && thrown.code !== 'store_damaged')) throw thrown
      const record = damagedRecord(this.#clock.now())
      return { record, version: await this.#store.save(key, serializeRecord(record), version) }
    }
  }

  #show(change: Partial<BudgetProgress>): void {
    this.#progress = { ...this.#progress, ...change }
    for (const listener of this.#listeners) tell(listener, this.#progress)
  }
}

/** Whether a request was let go. */
export function isTicket(admission: Ticket | Refusal | 'full'): admission is Ticket {
  return typeof admission === 'object' && 'settle' in admission
}

/** Forgets every failure of a base URL: for whoever knows better, having signed in elsewhere from this address. */
export async function resetFailureBudget(store: Store, baseUrl: string): Promise<void> {
  const key = await budgetKey(baseUrl)
  await store.exclusively(key, async () => {
    const stored = await store.load(key)
    if (stored !== undefined) await store.remove(key, stored.version)
  })
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  const made: { resolve?: () => void } = {}
  const promise = new Promise<void>((resolve) => {
    made.resolve = resolve
  })
  // A promise runs its executor at once.
  return { promise, resolve: made.resolve as () => void }
}

async function budgetKey(baseUrl: string): Promise<string> {
  return `budget-${await hash([baseUrl])}`
}
