import { unlessAborted } from '../aborting.ts'
import { alarm, longestDelay } from '../clock.ts'
import { GrantsError } from '../errors/grants-error.ts'
import { invalidArgument } from '../errors/invalid-argument.ts'

/** How long a caller waits for what others wait for too. */
export interface WaitOptions {
  /** Ends this caller's waiting, and nothing that others wait for. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds; `Infinity`: as long as it takes. @default 30000 */
  readonly timeout?: number | undefined
}

/** How long one waits, and how long one request may take, unless something else is asked for. Milliseconds. */
export const defaultTimeout = 30_000

/** Throws `invalid_argument` for a time-out that no timer can keep: they count milliseconds in 31 bits. */
export function assertTimeout(timeout: number): void {
  if (!Number.isInteger(timeout) || timeout < 1 || timeout > longestDelay) {
    throw invalidArgument('timeout', `must be an integer of milliseconds from 1 to ${longestDelay}`)
  }
}

/** The same for the options of a wait, before anything is begun that nobody would then wait for. */
export function assertWait({ timeout = defaultTimeout }: WaitOptions): void {
  if (timeout !== Number.POSITIVE_INFINITY) assertTimeout(timeout)
}

/** Waits for a shared promise. Rejects with the signal's reason, or with `wait_timeout`; what is waited for goes on. */
export function waitFor<T>(
  promise: Promise<T>,
  { signal, timeout = defaultTimeout }: WaitOptions,
): Promise<T> {
  const limit = new AbortController()
  const giveUp = () => {
    if (timeout === Number.POSITIVE_INFINITY) return
    limit.abort(new GrantsError('wait_timeout', { waited: timeout }))
  }
  // A process in which somebody waits is kept alive, and not a moment longer.
  const { cancel } = alarm(timeout, giveUp)
  return unlessAborted(promise, [signal, limit.signal]).finally(cancel)
}
