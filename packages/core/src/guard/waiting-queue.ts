import { type Clock, sleep } from '../clock.ts'

interface SleepOptions {
  readonly clock: Clock
  readonly ms: number
  readonly signal: AbortSignal | undefined
  /** Whether the caller knows when its turn is. Otherwise `ms` is as long as it is willing to wait. */
  readonly isTimed: boolean
}

/** How many callers come first, and how many of them wait with an automatic request. */
export interface CallersAhead {
  readonly all: number
  readonly automatic: number
}

interface Waiter<R> {
  readonly request: R
  /** Present while the caller sleeps. Aborting it wakes the caller. */
  alarm: AbortController | undefined
  isTimed: boolean
}

/**
 * Callers that wait for capacity, first come, first served. A caller keeps its place, also while it is awake and tries
 * again, until it leaves. Without this, a new caller would take the capacity that an earlier one was woken for.
 */
export class WaitingQueue<C, R extends { readonly isExplicit: boolean }> {
  readonly #waiters = new Map<C, Waiter<R>>()

  get isEmpty(): boolean {
    return this.#waiters.size === 0
  }

  /** Puts a caller at the end, unless it is in the queue already. */
  join(caller: C, request: R): void {
    if (!this.#waiters.has(caller)) this.#waiters.set(caller, { request, alarm: undefined, isTimed: false })
  }

  /** Returns whether the caller was in the queue. */
  leave(caller: C): boolean {
    return this.#waiters.delete(caller)
  }

  /** The request that a caller waits with; `undefined` if it is not in the queue. */
  getRequest(caller: C): R | undefined {
    return this.#waiters.get(caller)?.request
  }

  /** Counts the callers before this one: all of them if it is not in the queue. */
  countAhead(caller: C): CallersAhead {
    let all = 0
    let automatic = 0
    for (const [other, { request }] of this.#waiters) {
      if (other === caller) break
      all += 1
      automatic += Number(!request.isExplicit)
    }
    return { all, automatic }
  }

  /** Sleeps until the caller is woken, `ms` have passed or the signal is aborted. Returns whether it was woken. */
  async sleep(caller: C, { clock, ms, signal, isTimed }: SleepOptions): Promise<boolean> {
    const waiter = this.#waiters.get(caller)
    const alarm = new AbortController()
    if (waiter !== undefined) Object.assign(waiter, { alarm, isTimed })
    await sleep(clock, ms, AbortSignal.any(signal ? [alarm.signal, signal] : [alarm.signal]))
    if (waiter !== undefined) waiter.alarm = undefined
    return alarm.signal.aborted
  }

  /** Wakes every sleeping caller that should try again, given the callers ahead of it. */
  wake(shouldTry: (waiter: { readonly request: R; readonly isTimed: boolean }, ahead: CallersAhead) => boolean): void {
    let all = 0
    let automatic = 0
    for (const waiter of this.#waiters.values()) {
      if (waiter.alarm !== undefined && shouldTry(waiter, { all, automatic })) waiter.alarm.abort()
      all += 1
      automatic += Number(!waiter.request.isExplicit)
    }
  }
}
