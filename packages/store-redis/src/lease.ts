import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { GrantsError, type StoreLock } from '@particle-grants/core'
import type { Connection } from './connection.ts'
import type { Settings } from './options.ts'
import { acquireScript, extendScript, releaseScript } from './scripts.ts'

/** The key of a lock in Redis, and the key that callers know it by. */
interface Place {
  readonly key: string
  readonly lockKey: string
}

/** Milliseconds between two looks at a lock that is taken: apart, so that waiters don't come all at once. */
const pollDelay = { least: 30, most: 120 }

/** A task that is done should not wait long for a Redis that is gone, only to free what ends by itself. */
const freeLimit = 1_000

/**
 * A lock that Redis itself lets go of when its owner no longer extends it. Only durations are sent, and Redis alone
 * counts them down: the clocks of the servers that share it need not agree.
 */
export class Lease implements StoreLock {
  readonly #connection: Connection
  readonly #place: Place
  readonly #duration: number
  readonly #owner = randomUUID()
  readonly #lost = new AbortController()
  readonly #over = new AbortController()
  /** Until when Redis surely keeps the lock: counted from before the command was sent, so we err on the safe side. */
  #heldUntil = 0

  private constructor(connection: Connection, place: Place, duration: number) {
    this.#connection = connection
    this.#place = place
    this.#duration = duration
  }

  /** Waits for the lock; rejects with `lock_timeout`, or with `store_unavailable` when Redis is gone. */
  static async acquire(
    connection: Connection,
    place: Place,
    { leaseDuration, lockTimeout }: Settings,
  ): Promise<Lease> {
    const lease = new Lease(connection, place, leaseDuration)
    const giveUpAt = performance.now() + lockTimeout
    while (!(await lease.#acquire())) {
      const left = giveUpAt - performance.now()
      if (left <= 0) throw new GrantsError('lock_timeout', { key: place.key, waited: lockTimeout })
      const delay = randomInt(pollDelay.least, pollDelay.most + 1)
      await sleep(Math.min(delay, left), undefined, { ref: false })
    }
    void lease.#keep()
    return lease
  }

  get signal(): AbortSignal {
    return this.#lost.signal
  }

  /** Never rejects: what the task did counts, and a lock that can't be freed ends by itself. */
  async release(): Promise<void> {
    this.#over.abort()
    if (!this.#lost.signal.aborted) await this.#free().catch(() => {})
  }

  async #acquire(): Promise<boolean> {
    const sentAt = performance.now()
    const args = [this.#owner, String(this.#duration)]
    try {
      if ((await this.#connection.run(acquireScript, { keys: [this.#place.lockKey], args })) !== 1)
        return false
    } catch (thrown) {
      // It may have been taken all the same, by a command whose answer was lost.
      this.#free().catch(() => {})
      throw thrown
    }
    this.#heldUntil = sentAt + this.#duration
    return performance.now() < this.#heldUntil
  }

  async #free(): Promise<void> {
    const run = { keys: [this.#place.lockKey], args: [this.#owner], limit: freeLimit }
    await this.#connection.run(releaseScript, run)
  }

  /** Extends the lease until the task is over. None of its timers keeps the process alive. */
  async #keep(): Promise<void> {
    while (this.#stillHeld()) {
      const pause = Math.min(this.#duration / 3, this.#heldUntil - performance.now())
      await sleep(pause, undefined, { ref: false, signal: this.#over.signal }).catch(() => {})
      if (this.#stillHeld()) await this.#extend()
    }
    if (!this.#over.signal.aborted) this.#lost.abort(new Error(`The lock on ${this.#place.key} was lost.`))
  }

  #stillHeld(): boolean {
    return !this.#over.signal.aborted && !this.#lost.signal.aborted && performance.now() < this.#heldUntil
  }

  async #extend(): Promise<void> {
    const sentAt = performance.now()
    const args = [this.#owner, String(this.#duration)]
    const limit = this.#heldUntil - sentAt
    try {
      const answer = await this.#connection.run(extendScript, { keys: [this.#place.lockKey], args, limit })
      this.#heldUntil = answer === 1 ? sentAt + this.#duration : 0
    } catch {
      // Not confirmed, so not extended. There may be time for another try.
    }
  }
}
