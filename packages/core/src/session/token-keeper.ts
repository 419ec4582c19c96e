import { isGood, type SignedIn, type State, tokensOf } from '../machine/state.ts'
import { isPostponed, renewalDueAt, renewalOf } from '../renewal.ts'
import { AuthorizeOnUse } from './authorize-on-use.ts'
import { noTokenError } from './no-token-error.ts'
import { throwRefusal } from './outcome.ts'
import type { Runner } from './runner.ts'
import type { ServerClock } from './server-clock.ts'
import { assertWait, type WaitOptions, waitFor } from './waiting.ts'

/** How a session keeps its token fresh. */
export interface KeepingOptions {
  /** Signed out, a token is asked for with the client's own credentials when one is wanted. */
  readonly authorizeOnUse: boolean
  /** Told of each step that may send something: platforms end a process when nothing seems to be under way. */
  readonly announce: (promise: Promise<unknown>) => void
  /** How long callers wait who do not say how long. Milliseconds. */
  readonly patience: number
}

/** The token at hand, with what the hot path needs to know of it. ms since 1970. */
interface AtHand {
  readonly token: string
  readonly goodUntil: number
  readonly dueAt: number
}

/** Keeps the access token at hand, and renews it once for everyone who waits. */
export class TokenKeeper {
  readonly #runner: Runner
  readonly #clock: ServerClock
  readonly #announce: KeepingOptions['announce']
  readonly #patience: number
  readonly #authorizing: AuthorizeOnUse | undefined
  #atHand: AtHand | undefined
  #renewing: Promise<void> | undefined
  #loading: Promise<void> | undefined

  constructor(runner: Runner, clock: ServerClock, { authorizeOnUse, announce, patience }: KeepingOptions) {
    this.#runner = runner
    this.#clock = clock
    this.#announce = announce
    this.#patience = patience
    this.#authorizing = authorizeOnUse ? new AuthorizeOnUse(runner, clock, announce) : undefined
    this.#atHand = atHand(runner.latest)
    runner.subscribe((state) => {
      this.#atHand = atHand(state)
      if (state.status === 'signed_in') this.#authorizing?.forget()
    })
  }

  /** The token while it is good. In its last minutes this begins a renewal, and goes on giving the old one. */
  peek(): string | undefined {
    const held = this.#atHand
    const now = this.#clock.now()
    if (held === undefined || now >= held.goodUntil) return undefined
    if (now >= held.dueAt) this.#renewInBackground()
    return held.token
  }

  async get(options: WaitOptions): Promise<string> {
    assertWait(options)
    const token = this.peek()
    if (token !== undefined) return token
    await this.wait(this.#renewing ?? this.#load(), options)
    const found = this.peek()
    if (found !== undefined) return found
    const action = this.#action(this.#runner.state)
    if (action !== undefined) await this.wait(action, options)
    const renewed = this.peek()
    if (renewed === undefined) throw noTokenError(this.#runner.state)
    return renewed
  }

  /** Waits for what others wait for too, as long as the caller says, or as this session's callers do. */
  wait<T>(promise: Promise<T>, options: WaitOptions): Promise<T> {
    return waitFor(promise, options.timeout === undefined ? { ...options, timeout: this.#patience } : options)
  }

  /**
   * Renews now, also where a renewal was stopped or postponed; not when somebody else has just done it. By itself
   * (`automatic`) a session does not renew either what somebody else has just failed to renew.
   */
  renew({ automatic, background = false }: { automatic: boolean; background?: boolean }): Promise<void> {
    const seen = tokenIn(this.#runner.latest)
    return this.#once(async () => {
      const outcome = await this.#runner.step(
        (state) => {
          const at = this.#clock.now()
          const heldBack = automatic && state.status === 'signed_in' && !mayRenew(state, at)
          return heldBack || this.#isNewer(state, seen) ? undefined : { type: 'renew', at }
        },
        { automatic, background },
      )
      throwRefusal(outcome)
    })
  }

  /** The API took this token. Written down once, where it matters whether another renewal would help. */
  accepted(token: string): void {
    const { latest } = this.#runner
    if (latest.status !== 'signed_in' || !latest.tokens.afterRejection) return
    const { accessToken } = latest.tokens
    if (accessToken.reveal() !== token) return
    const noted = this.#runner.step(() => ({ type: 'accepted', accessToken, at: this.#clock.now() }))
    // Where it could not be saved it is known here all the same.
    this.#announce(noted.catch(() => {}))
  }

  /** The API refused this token as dead. Resolves when there is another; rejects when there can't be one. */
  async rejected(token: string): Promise<void> {
    if (tokenIn(this.#runner.latest) !== token) return
    await this.#once(async () => {
      const outcome = await this.#runner.step(
        (state) => {
          const accessToken = tokensOf(state)?.accessToken
          if (accessToken?.reveal() !== token) return undefined
          return { type: 'rejected', accessToken, at: this.#clock.now() }
        },
        { automatic: true },
      )
      throwRefusal(outcome)
    })
  }

  /** Resolves when no token is on its way. */
  async settled(): Promise<void> {
    while (this.#renewing !== undefined) await this.#renewing.catch(() => {})
    await this.#authorizing?.settled()
  }

  /** What may bring a token in this state, if anything may. */
  #action(state: State): Promise<void> | undefined {
    if (this.#renewing !== undefined) return this.#renewing
    if (state.status === 'signed_in' && mayRenew(state, this.#clock.now()))
      return this.renew({ automatic: true })
    const signedOut = state.status === 'signed_out' || state.status === 'reauthentication_required'
    return signedOut ? this.#authorizing?.run() : undefined
  }

  #renewInBackground(): void {
    const { latest } = this.#runner
    if (this.#renewing !== undefined || latest.status !== 'signed_in' || !mayRenew(latest, this.#clock.now()))
      return
    // Nobody waits for it: what went wrong is in the state, what could not be saved is saved by the next step or told
    // by settled(), and the token at hand is good.
    this.renew({ automatic: true, background: true }).catch(() => {})
  }

  #load(): Promise<void> {
    this.#loading ??= this.#runner.load().finally(() => {
      this.#loading = undefined
    })
    return this.#loading
  }

  #once(renew: () => Promise<void>): Promise<void> {
    if (this.#renewing === undefined) {
      this.#renewing = renew().finally(() => {
        this.#renewing = undefined
      })
      this.#announce(this.#renewing.catch(() => {}))
    }
    return this.#renewing
  }

  #isNewer(state: State, seen: string | undefined): boolean {
    const tokens = tokensOf(state)
    return (
      seen !== undefined &&
      tokens !== undefined &&
      tokens.accessToken.reveal() !== seen &&
      isGood(tokens, this.#clock.now())
    )
  }
}

function atHand(state: State): AtHand | undefined {
  const tokens = tokensOf(state)
  if (tokens === undefined || tokens.rejected) return undefined
  return {
    token: tokens.accessToken.reveal(),
    goodUntil: tokens.expiresAt ?? Number.POSITIVE_INFINITY,
    dueAt:
      state.status === 'signed_in' && isRenewable(state) ? renewalDueAt(tokens) : Number.POSITIVE_INFINITY,
  }
}

function isRenewable({ identity, tokens, renewalStopped }: SignedIn): boolean {
  return renewalStopped === undefined && renewalOf(identity.clientKind, tokens).by !== 'nothing'
}

function mayRenew(state: SignedIn, now: number): boolean {
  return isRenewable(state) && !isPostponed(state.renewalPostponed, now)
}

function tokenIn(state: State): string | undefined {
  return tokensOf(state)?.accessToken.reveal()
}
