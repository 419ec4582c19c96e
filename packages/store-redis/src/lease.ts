import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { GrantsError } from '@particle-grants/core'
import type { Connection } from './connection.ts'
import type { ResolvedOptions } from './options.ts'
import { acquireScript, extendScript, releaseScript } from './scripts.ts'

/** How often to try a lock that is taken, in milliseconds. Random, so that waiting processes do not try at once. */
const pollIntervalMs = [30, 120] as const

/** A finished task should not wait long for an unreachable Redis to release a lock that expires anyway. */
const releaseTimeoutMs = 1_000

/**
 * A lock that Redis removes when its owner stops extending it. Only durations are sent, so the clocks of the servers need
 * not agree. Redis measures when the lock becomes free for others. The owner measures on its own monotonic clock how long
 * it may rely on the lock, from before it sent the command, so it stops earlier than Redis does.
 *
 * That clock can stand still while a machine is suspended. Then a lease looks held that Redis has removed, and two tasks
 * run. The version check of `save` rejects what the first of them saves afterwards: the version is the fencing token.
 */
export class Lease {
  readonly #lost = new AbortController()
  /** Aborts when the lock is lost. */
  readonly signal: AbortSignal = this.#lost.signal
  readonly #connection: Connection
  readonly #lockKey: string
  readonly #durationMs: number
  /** Random, so that a script recognises the lock that an earlier command of this lease took. */
  readonly #owner = randomUUID()
  readonly #released = new AbortController()
  /** By `performance.now()`. Redis keeps the lock at least until then. 0: not held. */
  #heldUntil = 0

  private constructor(connection: Connection, lockKey: string, durationMs: number) {
    this.#connection = connection
    this.#lockKey = lockKey
    this.#durationMs = durationMs
  }

  /**
   * Waits for the lock, then extends it until `release`. Rejects with `lock_timeout`, or with `store_unavailable` if Redis
   * cannot be reached. `key` is what the error calls the lock.
   */
  static async acquire(
    connection: Connection,
    { key, lockKey }: { readonly key: string; readonly lockKey: string },
    { leaseMs, lockTimeoutMs }: ResolvedOptions,
  ): Promise<Lease> {
    const lease = new Lease(connection, lockKey, leaseMs)
    const deadline = performance.now() + lockTimeoutMs
    while (!(await lease.#tryAcquire())) {
      const leftMs = deadline - performance.now()
      if (leftMs <= 0) {
        const message = `Another process held the lock on ${key} for ${lockTimeoutMs} ms. Try again.`
        throw new GrantsError('lock_timeout', message, { key, waitedMs: lockTimeoutMs })
      }
      // The client's connection keeps a waiting process alive. A timer would do so even after the client was closed.
      await sleep(Math.min(randomInt(...pollIntervalMs), leftMs), undefined, { ref: false })
    }
    void lease.#extendUntilReleased()
    return lease
  }

  /** Never rejects: the result of the task counts, and a lock that cannot be released expires. */
  async release(): Promise<void> {
    this.#released.abort()
    if (!this.signal.aborted) await this.#sendRelease()
  }

  async #tryAcquire(): Promise<boolean> {
    try {
      // `acquireScript` takes a free lock, and succeeds again for the owner that has it: Connection may repeat the command
      // after a lost response. The lease may be over when the response arrives late.
      return (await this.#hold(acquireScript)) && performance.now() < this.#heldUntil
    } catch (thrown) {
      // The command may have taken the lock although its response was lost.
      void this.#sendRelease()
      throw thrown
    }
  }

  /** Runs a script that takes or extends the lock, and sets `#heldUntil`. Returns whether this owner has it now. */
  async #hold(script: string, timeoutMs?: number): Promise<boolean> {
    const sentAt = performance.now()
    const args = [this.#owner, String(this.#durationMs)]
    const result = await this.#connection.run(script, { keys: [this.#lockKey], args, timeoutMs })
    this.#heldUntil = result === 1 ? sentAt + this.#durationMs : 0
    return result === 1
  }

  /** `releaseScript` removes the lock only if this owner still has it. */
  async #sendRelease(): Promise<void> {
    const call = { keys: [this.#lockKey], args: [this.#owner], timeoutMs: releaseTimeoutMs }
    await this.#connection.run(releaseScript, call).catch(() => {})
  }

  /** Extends the lease until its release. Its timers do not keep the process alive. */
  async #extendUntilReleased(): Promise<void> {
    while (this.#isHeld()) {
      const pauseMs = Math.min(this.#durationMs / 3, this.#heldUntil - performance.now())
      await sleep(pauseMs, undefined, { ref: false, signal: this.#released.signal }).catch(() => {})
      // `extendScript` never takes a lock back that another owner, or none, has now. If its response is missing, the lease
      // counts as not extended, and there may be time for another attempt.
      if (this.#isHeld()) await this.#hold(extendScript, this.#heldUntil - performance.now()).catch(() => {})
    }
    if (!this.#released.signal.aborted) this.#lost.abort(new Error('The lock was lost.'))
  }

  #isHeld(): boolean {
    return !this.#released.signal.aborted && performance.now() < this.#heldUntil
  }
}
