import type { Client } from '../clients.ts'
import type { Clock } from '../clock.ts'
import { type MfaRequired, type SignedIn, type State, type Tokens, tokensOf } from '../machine/state.ts'
import { type SecretInput, toSecret } from '../secret.ts'
import { subjectOfLogin } from '../subject.ts'
import { checkField, readAdopted, readAsked } from './inputs.ts'
import { noTokenError } from './no-token-error.ts'
import { readOptions, type SessionOptions } from './options.ts'
import { type Outcome, Runner } from './runner.ts'
import type {
  AdoptOptions,
  CallOptions,
  LoginOptions,
  LogoutResult,
  SessionFor,
  TokenOptions,
} from './session.ts'
import { waitFor } from './waiting.ts'

/**
 * Makes a session: one base URL, one client, one subject. Nothing is sent before it is told to.
 * Throws `invalid_argument`, `insecure_base_url` or `invalid_state` for options that can't work.
 */
export function createSession<C extends Client>(options: SessionOptions<C>): SessionFor<C> {
  const { wire, store, initial } = readOptions(options as SessionOptions<Client>)
  const session = new Session(wire.client.kind, wire.clock, new Runner(wire, store, initial))
  // Every session can do everything at run time: what its client may not, the machine refuses with a typed error.
  return session as unknown as SessionFor<C>
}

class Session {
  readonly kind: Client['kind']
  readonly #clock: Clock
  readonly #runner: Runner
  #renewing: Promise<void> | undefined

  constructor(kind: Client['kind'], clock: Clock, runner: Runner) {
    this.kind = kind
    this.#clock = clock
    this.#runner = runner
  }

  get state(): State {
    return this.#runner.state
  }

  async restore(): Promise<State> {
    await this.#runner.load()
    return this.state
  }

  subscribe(listener: (state: State) => void): () => void {
    return this.#runner.subscribe(listener)
  }

  async login({ username, password, signal, ...token }: LoginOptions): Promise<SignedIn | MfaRequired> {
    checkField(['password', 'username'], username)
    checkField(['password', 'password'], password)
    const subject = subjectOfLogin(this.kind, username)
    const asked = readAsked('password', token)
    const event = { type: 'login', username, password: toSecret(password), subject, asked } as const
    return this.#settle(await this.#runner.step(subject, () => ({ ...event, at: this.#now() }), signal))
  }

  async submitOtp(otp: SecretInput, { signal }: CallOptions = {}): Promise<SignedIn> {
    checkField(['urn:custom:mfa-otp', 'otp'], otp)
    const secret = toSecret(otp)
    return this.#settle(
      await this.#runner.step(
        undefined,
        () => ({ type: 'submit_otp', otp: secret, at: this.#now() }),
        signal,
      ),
    )
  }

  async submitRecoveryCode(code: SecretInput, { signal }: CallOptions = {}): Promise<SignedIn> {
    checkField(['urn:custom:recovery-code', 'recovery_code'], code, 'recoveryCode')
    const event = { type: 'submit_recovery_code', recoveryCode: toSecret(code) } as const
    return this.#settle(await this.#runner.step(undefined, () => ({ ...event, at: this.#now() }), signal))
  }

  async authorize({ signal, ...token }: TokenOptions = {}): Promise<SignedIn> {
    const asked = readAsked('client_credentials', token)
    return this.#settle(
      await this.#runner.step('owner', () => ({ type: 'authorize', asked, at: this.#now() }), signal),
    )
  }

  async adopt(options: AdoptOptions): Promise<SignedIn> {
    const adopted = readAdopted(options)
    return this.#settle(
      await this.#runner.step(undefined, () => ({ type: 'adopt', ...adopted, at: this.#now() })),
    )
  }

  async renew({ signal }: CallOptions = {}): Promise<SignedIn> {
    const seen = tokensOf(this.state)
    await waitFor(this.#renew(seen), signal)
    return this.state as SignedIn
  }

  async accessToken({ signal }: CallOptions = {}): Promise<string> {
    const atHand = this.peekToken()
    if (atHand !== undefined) return atHand
    await waitFor(this.restore(), signal)
    const { state } = this
    const restored = this.peekToken()
    if (restored !== undefined) return restored
    if (state.status === 'signed_in' && state.renewalStopped === undefined) {
      await waitFor(this.#renew(state.tokens), signal)
    }
    const renewed = this.peekToken()
    if (renewed === undefined) throw noTokenError(this.state)
    return renewed
  }

  peekToken(): string | undefined {
    const tokens = tokensOf(this.state)
    return tokens !== undefined && this.#isGood(tokens) ? tokens.accessToken.reveal() : undefined
  }

  async logout({ signal, revoke = true }: CallOptions & { revoke?: boolean } = {}): Promise<LogoutResult> {
    let held: Tokens | undefined
    const outcome = await this.#runner.step(
      undefined,
      (state) => {
        held = tokensOf(state)
        return { type: 'logout', revoke, at: this.#now() }
      },
      signal,
    )
    if (outcome.storeFailure !== undefined) throw outcome.storeFailure
    return {
      ...revoked(outcome.revocation),
      refreshToken: held?.refreshToken === undefined ? 'nothing' : 'still_valid',
    }
  }

  /** One renewal at a time; none when somebody else has renewed what this caller saw. */
  #renew(seen: Tokens | undefined): Promise<void> {
    this.#renewing ??= this.#renewUnlessDone(seen).finally(() => {
      this.#renewing = undefined
    })
    return this.#renewing
  }

  async #renewUnlessDone(seen: Tokens | undefined): Promise<void> {
    const outcome = await this.#runner.step(undefined, (state) => {
      const found = tokensOf(state)
      const done =
        seen !== undefined && found !== undefined && found.issuedAt > seen.issuedAt && this.#isGood(found)
      return done ? undefined : { type: 'renew', at: this.#now() }
    })
    this.#settle(outcome)
  }

  /** The state that a step got on to; throws what kept it from getting on. */
  #settle<S extends State>({ refusal, storeFailure }: Outcome): S {
    if (refusal !== undefined) throw refusal
    if (storeFailure !== undefined) throw storeFailure
    // The transition table leads a step that was not refused to this state, and to no other.
    return this.state as S
  }

  #isGood({ expiresAt }: Tokens): boolean {
    return expiresAt === null || this.#now() < expiresAt
  }

  #now(): number {
    return this.#clock.now()
  }
}

function revoked(revocation: Outcome['revocation']): Pick<LogoutResult, 'accessToken' | 'error'> {
  if (revocation === undefined) return { accessToken: 'nothing', error: undefined }
  return revocation === 'revoked'
    ? { accessToken: 'revoked', error: undefined }
    : { accessToken: 'still_valid', error: revocation }
}
