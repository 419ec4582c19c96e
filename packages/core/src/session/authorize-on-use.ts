import { type AnyGrantsError, GrantsError } from '../errors/grants-error.ts'
import type { PostponedRenewal } from '../machine/state.ts'
import { isPostponed, retryAt } from '../renewal.ts'
import { throwRefusal } from './outcome.ts'
import type { Runner } from './runner.ts'
import type { ServerClock } from './server-clock.ts'

/**
 * After a refusal the failure budget is not asked sooner than this, and twice as late each time. It says no again as
 * long as nothing has changed. Milliseconds.
 */
const refusalPause = 60_000
const longestPause = 60 * 60_000

/** Asks with the client's own credentials when a token is wanted, once for everyone, and not again right after a failure. */
export class AuthorizeOnUse {
  readonly #runner: Runner
  readonly #clock: ServerClock
  readonly #announce: (promise: Promise<unknown>) => void
  #underWay: Promise<void> | undefined
  #postponed: PostponedRenewal | undefined

  constructor(runner: Runner, clock: ServerClock, announce: (promise: Promise<unknown>) => void) {
    this.#runner = runner
    this.#clock = clock
    this.#announce = announce
  }

  run(): Promise<void> {
    if (this.#underWay === undefined) {
      this.#underWay = this.#authorize().finally(() => {
        this.#underWay = undefined
      })
      this.#announce(this.#underWay.catch(() => {}))
    }
    return this.#underWay
  }

  /** Somebody got a token: what failed before is behind. */
  forget(): void {
    this.#postponed = undefined
  }

  async settled(): Promise<void> {
    await this.#underWay?.catch(() => {})
  }

  async #authorize(): Promise<void> {
    if (isPostponed(this.#postponed, this.#clock.now())) {
      const { failures, retryAt, because } = this.#postponed as PostponedRenewal
      throw new GrantsError('renewal_postponed', { failures, retryAt, because })
    }
    const asked = { expiresIn: undefined, scope: undefined }
    const outcome = await this.#runner.step(
      (state) =>
        state.status === 'signed_in' ? undefined : { type: 'authorize', asked, at: this.#clock.now() },
      { subject: 'owner', takeOver: true, automatic: true },
    )
    this.#note(outcome.refusal)
    throwRefusal(outcome)
  }

  #note(refusal: AnyGrantsError | undefined): void {
    if (refusal === undefined) return
    const { code } = refusal
    const since = this.#clock.now()
    const failures = (this.#postponed?.failures ?? 0) + 1
    const later = code === 'grant_refused' ? since + pauseAfter(failures) : retryAt(refusal, failures, since)
    this.#postponed = { failures, since, retryAt: later, because: code }
  }
}

function pauseAfter(refusals: number): number {
  return Math.min(refusalPause * 2 ** (refusals - 1), longestPause)
}
