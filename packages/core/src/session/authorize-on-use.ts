import { type AnyGrantsError, GrantsError } from '../errors/grants-error.ts'
import type { PostponedRenewal } from '../machine/state.ts'
import { isPostponed, retryAt } from '../renewal.ts'
import { scopeOf } from '../subject.ts'
import { throwRefusal } from './outcome.ts'
import type { Runner } from './runner.ts'
import type { ServerClock } from './server-clock.ts'

/** Asks with the client's own credentials when a token is wanted, once for everyone, and not again right after a failure. */
export class AuthorizeOnUse {
  readonly #runner: Runner
  readonly #clock: ServerClock
  readonly #announce: (promise: Promise<unknown>) => void
  #underWay: Promise<void> | undefined
  #postponed: PostponedRenewal | undefined
  #refused = false

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
    this.#refused = false
  }

  async settled(): Promise<void> {
    await this.#underWay?.catch(() => {})
  }

  async #authorize(): Promise<void> {
    if (this.#refused) throw this.#refusedBefore()
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
    this.#refused = code === 'grant_refused' || code === 'refused_before'
    const since = this.#clock.now()
    const failures = (this.#postponed?.failures ?? 0) + 1
    this.#postponed = { failures, since, retryAt: retryAt(refusal, failures, since), because: code }
  }

  /** As the failure budget says it to other processes, which remembers the latest refusals only. */
  #refusedBefore(): GrantsError {
    const { clientId, subject } = this.#runner.latest.identity
    return new GrantsError('refused_before', { clientId, scope: scopeOf(subject) })
  }
}
