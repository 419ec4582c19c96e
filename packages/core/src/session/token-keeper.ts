import { isGood, type SignedIn, type State, tokensOf } from '../machine/state.ts'
import { renewalDueAt, renewalOf } from '../renewal.ts'
import { AuthorizeOnUse } from './authorize-on-use.ts'
import { noTokenError } from './no-token-error.ts'
import { type Runner, throwRefusal } from './runner.ts'
import type { ServerClock } from './server-clock.ts'
import { type WaitOptions, waitFor } from './waiting.ts'

/** How a session keeps its token fresh. */
export interface KeepingOptions {
  /** Signed out, a token is asked for with the client's own credentials when one is wanted. */
  readonly authorizeOnUse: boolean
  /** Told of each renewal, by platforms that end a process when nothing seems to be under way. */
  readonly waitUntil: ((promise: Promise<unknown>) => void) | undefined
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
  readonly #waitUntil: KeepingOptions['waitUntil']
  readonly #authorizing: AuthorizeOnUse | undefined
  #atHand: AtHand | undefined
  #renewing: Promise<void> | undefined
  #loading: Promise<void> | undefined
  #accepted: string | undefined

  constructor(runner: Runner, clock: ServerClock, { authorizeOnUse, waitUntil }: KeepingOptions) {
    this.#runner = runner
    this.#clock = clock
    this.#waitUntil = waitUntil
    this.#authorizing = authorizeOnUse ? new AuthorizeOnUse(runner, clock) : undefined
    this.#atHand = atHand(runner.latest)
    runner.subscribe((state) => {
      this.#atHand = atHand(state)
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
    const token = this.peek()
    if (token !== undefined) return token
    await waitFor(this.#renewing ?? this.#load(), options)
    const found = this.peek()
    if (found !== undefined) return found
    const action = this.#action(this.#runner.state)
    if (action !== undefined) await waitFor(action, options)
    const renewed = this.peek()
    if (renewed === undefined) throw noTokenError(this.#runner.state)
    return renewed
  }

  /** Renews now, also where a renewal was stopped or postponed; not when somebody else has just done it. */
  renew(automatic: boolean): Promise<void> {
    const seen = tokenIn(this.#runner.latest)
    return this.#once(async () => {
      const outcome = await this.#runner.step(
        (state) => (this.#isNewer(state, seen) ? undefined : { type: 'renew', at: this.#clock.now() }),
        { automatic },
      )
      throwRefusal(outcome)
    })
  }

  accepted(token: string): void {
    this.#accepted = token
  }

  /** The API refused this token as dead. Resolves when there is another; rejects when there can't be one. */
  async rejected(token: string): Promise<void> {
    if (tokenIn(this.#runner.latest) !== token) return
    await this.#once(async () => {
      const outcome = await this.#runner.step(
        (state) => {
          const accessToken = tokensOf(state)?.accessToken
          if (accessToken?.reveal() !== token) return undefined
          return {
            type: 'rejected',
            accessToken,
            acceptedBefore: this.#accepted === token,
            at: this.#clock.now(),
          }
        },
        { automatic: true },
      )
      throwRefusal(outcome)
    })
  }

  /** Resolves when no renewal is under way. */
  async settled(): Promise<void> {
    while (this.#renewing !== undefined) await this.#renewing.catch(() => {})
  }

  /** What may bring a token in this state, if anything may. */
  #action(state: State): Promise<void> | undefined {
    if (this.#renewing !== undefined) return this.#renewing
    if (state.status === 'signed_in' && mayRenew(state, this.#clock.now())) return this.renew(true)
    const signedOut = state.status === 'signed_out' || state.status === 'reauthentication_required'
    return signedOut ? this.#authorizing?.run() : undefined
  }

  #renewInBackground(): void {
    const { latest } = this.#runner
    if (this.#renewing !== undefined || latest.status !== 'signed_in' || !mayRenew(latest, this.#clock.now()))
      return
    // Nobody waits for it: what went wrong is in the state, and the token at hand is good.
    this.renew(true).catch(() => {})
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
      this.#waitUntil?.(this.#renewing.catch(() => {}))
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
  return isRenewable(state) && now >= (state.renewalPostponed?.retryAt ?? 0)
}

function tokenIn(state: State): string | undefined {
  return tokensOf(state)?.accessToken.reveal()
}
