import { type AnyGrantsError, GrantsError } from '../errors/grants-error.ts'
import { backOff } from '../renewal.ts'
import { type Runner, throwRefusal } from './runner.ts'
import type { ServerClock } from './server-clock.ts'

/** A refusal is not asked for again by itself sooner than this, and twice as late each time. Milliseconds. */
const refusalPause = 60_000
const longestPause = 60 * 60_000

/** Asks with the client's own credentials when a token is wanted, once for everyone, and not again right after a failure. */
export class AuthorizeOnUse {
  readonly #runner: Runner
  readonly #clock: ServerClock
  #underWay: Promise<void> | undefined
  #failures = 0
  #postponed: { readonly retryAt: number; readonly because: AnyGrantsError['code'] } | undefined

  constructor(runner: Runner, clock: ServerClock) {
    this.#runner = runner
    this.#clock = clock
  }

  run(): Promise<void> {
    this.#underWay ??= this.#authorize().finally(() => {
      this.#underWay = undefined
    })
    return this.#underWay
  }

  async #authorize(): Promise<void> {
    const at = this.#clock.now()
    if (this.#postponed !== undefined && at < this.#postponed.retryAt) {
      throw new GrantsError('renewal_postponed', { ...this.#postponed, failures: this.#failures })
    }
    const asked = { expiresIn: undefined, scope: undefined }
    const outcome = await this.#runner.step(
      (state) =>
        state.status === 'signed_in' ? undefined : { type: 'authorize', asked, at: this.#clock.now() },
      { subject: 'owner', automatic: true },
    )
    this.#note(outcome.refusal)
    throwRefusal(outcome)
  }

  #note(refusal: AnyGrantsError | undefined): void {
    if (refusal === undefined) {
      this.#failures = 0
      this.#postponed = undefined
      return
    }
    this.#failures += 1
    const wait =
      refusal.code === 'grant_refused'
        ? Math.min(refusalPause * 2 ** (this.#failures - 1), longestPause)
        : backOff(this.#failures)
    this.#postponed = { retryAt: this.#clock.now() + wait, because: refusal.code }
  }
}
