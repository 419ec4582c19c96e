import type { Client } from '../clients.ts'
import type { Event } from '../machine/event.ts'
import {
  type MfaRequired,
  type SettledState,
  type SignedIn,
  type State,
  type Tokens,
  tokensOf,
} from '../machine/state.ts'
import { type SecretInput, toSecret } from '../secret.ts'
import { subjectOfLogin } from '../subject.ts'
import { tell } from '../tell.ts'
import { fetchWithToken } from './fetch-with-token.ts'
import { assertListener, checkField, readAdopted, readAsked } from './inputs.ts'
import { type Outcome, throwRefusal } from './outcome.ts'
import { type Machinery, Runner, type StepOptions } from './runner.ts'
import type {
  AccessTokenOptions,
  AdoptOptions,
  CallOptions,
  LoginOptions,
  LogoutResult,
  TokenOptions,
} from './session.ts'
import { type KeepingOptions, TokenKeeper } from './token-keeper.ts'
import { assertWait } from './waiting.ts'

/** What a session is told besides its machinery. */
export interface LiveOptions extends Omit<KeepingOptions, 'announce'> {
  readonly waitUntil: ((promise: Promise<unknown>) => void) | undefined
  /** Where `session.fetch` may send the token. */
  readonly origins: readonly string[]
}

/** Signing in anew may replace a record that can't be read; its bytes are kept aside. */
const signingIn = { despite: ['store_damaged', 'invalid_state'] } as const

/** The session behind every `SessionFor`. What its client may not do, the machine refuses. */
export class LiveSession {
  readonly kind: Client['kind']
  readonly #machinery: Machinery
  readonly #runner: Runner
  readonly #keeper: TokenKeeper
  readonly #origins: readonly string[]
  readonly #announce: KeepingOptions['announce']

  constructor(machinery: Machinery, initial: SettledState, options: LiveOptions) {
    const { waitUntil = () => {}, authorizeOnUse, patience } = options
    this.#announce = (promise) => tell(waitUntil, promise)
    this.kind = machinery.wire.client.kind
    this.#machinery = machinery
    this.#runner = new Runner(machinery, initial)
    const keeping = { authorizeOnUse, patience, announce: this.#announce }
    this.#keeper = new TokenKeeper(this.#runner, machinery.wire.clock, keeping)
    this.#origins = options.origins
  }

  get state(): State {
    return this.#runner.state
  }

  /** Whether something is under way or waits for its turn. */
  get busy(): boolean {
    return this.#runner.busy
  }

  async restore(): Promise<State> {
    await this.#runner.load()
    return this.state
  }

  subscribe(listener: (state: State) => void): () => void {
    assertListener(listener)
    return this.#runner.subscribe(listener)
  }

  async login(options: LoginOptions): Promise<SignedIn | MfaRequired> {
    const { username, password, signal, ...token } = options ?? {}
    checkField(['password', 'username'], username)
    checkField(['password', 'password'], password)
    const subject = subjectOfLogin(this.kind, username)
    const asked = readAsked('password', token)
    const event = { type: 'login', username, password: toSecret(password), subject, asked } as const
    const step = { subject, signal, ...signingIn }
    return this.#settle(await this.#step(event, step))
  }

  async submitOtp(otp: SecretInput, { signal }: CallOptions = {}): Promise<SignedIn> {
    checkField(['urn:custom:mfa-otp', 'otp'], otp)
    const event = { type: 'submit_otp', otp: toSecret(otp) } as const
    return this.#settle(await this.#step(event, { signal }))
  }

  async submitRecoveryCode(code: SecretInput, { signal }: CallOptions = {}): Promise<SignedIn> {
    checkField(['urn:custom:recovery-code', 'recovery_code'], code, 'recoveryCode')
    const event = { type: 'submit_recovery_code', recoveryCode: toSecret(code) } as const
    return this.#settle(await this.#step(event, { signal }))
  }

  async authorize({ signal, ...token }: TokenOptions = {}): Promise<SignedIn> {
    const event = { type: 'authorize', asked: readAsked('client_credentials', token) } as const
    const options = { subject: 'owner', signal, ...signingIn } as const
    return this.#settle(await this.#step(event, options))
  }

  async adopt(options: AdoptOptions): Promise<SignedIn> {
    const event = { type: 'adopt', ...readAdopted(options) } as const
    return this.#settle(await this.#step(event, signingIn))
  }

  async renew(options: AccessTokenOptions = {}): Promise<SignedIn> {
    assertWait(options)
    await this.#keeper.wait(this.#keeper.renew({ automatic: false }), options)
    return this.state as SignedIn
  }

  accessToken(options: AccessTokenOptions = {}): Promise<string> {
    return this.#keeper.get(options)
  }

  peekToken(): string | undefined {
    return this.#keeper.peek()
  }

  accepted(token: string): void {
    this.#keeper.accepted(token)
  }

  async rejected(token: string, options: AccessTokenOptions = {}): Promise<void> {
    assertWait(options)
    await this.#keeper.wait(this.#keeper.rejected(token), options)
  }

  async settled(): Promise<void> {
    await this.#keeper.settled()
    await this.#runner.settled()
  }

  /** Bound, so that it can be passed on as a `fetch`. */
  readonly fetch: typeof fetch = (...call) => {
    const { wire } = this.#machinery
    // The session's own fetch, which callers may have given; it takes what the platform's takes.
    const send = wire.fetch as unknown as typeof fetch
    return fetchWithToken({ source: this, send, baseUrl: wire.baseUrl, origins: this.#origins }, ...call)
  }

  async logout({
    signal,
    revoke = true,
  }: CallOptions & { revoke?: boolean | undefined } = {}): Promise<LogoutResult> {
    let held: Tokens | undefined
    const outcome = await this.#runner.step(
      (state) => {
        held = tokensOf(state)
        return { type: 'logout', revoke, at: this.#now() }
      },
      { signal, withoutStore: true },
    )
    if (outcome.storeFailure !== undefined) throw outcome.storeFailure
    return {
      ...revoked(outcome.revocation),
      refreshToken: held?.refreshToken === undefined ? 'nothing' : 'still_valid',
    }
  }

  /** What the caller wants done, when its turn has come. */
  #step(event: Wanted, options: StepOptions): Promise<Outcome> {
    const outcome = this.#runner.step(() => ({ ...event, at: this.#now() }), options)
    this.#announce(outcome.catch(() => {}))
    return outcome
  }

  /** The state that a step got on to; throws what kept it from getting on. */
  #settle<S extends State>(outcome: Outcome): S {
    throwRefusal(outcome)
    // The transition table leads a step that was not refused to this state, and to no other.
    return this.state as S
  }

  #now(): number {
    return this.#machinery.wire.clock.now()
  }
}

/** An event without its time. */
type Wanted = Event extends infer E ? (E extends Event ? Omit<E, 'at'> : never) : never

function revoked(revocation: Outcome['revocation']): Pick<LogoutResult, 'accessToken' | 'error'> {
  if (revocation === undefined) return { accessToken: 'nothing', error: undefined }
  return revocation === 'revoked'
    ? { accessToken: 'revoked', error: undefined }
    : { accessToken: 'still_valid', error: revocation }
}
