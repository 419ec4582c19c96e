import {
  type Client,
  createSession,
  customer,
  GrantsError,
  type ProductSession,
  type SessionOptions,
  type Status,
} from '@particle-grants/core'
import { createClock, createSandbox, type Sandbox } from '@particle-grants/sandbox'
import { Names } from './names.ts'
import { type BenchView, viewSession } from './view.ts'
import { type Exchange, recordedFetch } from './wire.ts'

/** Who is at the bench. */
export interface Setting {
  readonly client: Client
  /** The account of the sandbox that signs in, where one does. */
  readonly username: string | undefined
}

/** What was done, what came of it, and what went over the wire for it. */
export interface Entry {
  readonly title: string
  readonly outcome: string
  /** The code of the error that it was refused with. */
  readonly code: string | undefined
  readonly exchanges: readonly Exchange[]
  /** The states that the session went through, from the one before to the one after. */
  readonly path: readonly Status[]
}

const wrongPassword = 'not my password'

/** A product's session is its owner's, unless a customer signs in; any other is whose sign-in comes first. */
function sessionFor(
  { client, username }: Setting,
  options: Omit<SessionOptions<Client>, 'client' | 'subject'>,
) {
  if (client.kind !== 'product' || username === undefined) return createSession({ ...options, client })
  return createSession({ ...options, client, subject: customer(username) })
}

/** A session of the real core in front of a sandbox of its own. Time stands still unless it is moved. */
export class Bench {
  readonly sandbox: Sandbox
  readonly #session: ReturnType<typeof createSession>
  readonly #setting: Setting
  readonly #names = new Names()
  readonly #fetch: ReturnType<typeof recordedFetch>
  #exchanges: Exchange[] = []
  #path: Status[] = []
  #lastCode: string | undefined

  constructor(setting: Setting) {
    const clock = createClock({ frozen: true })
    this.#setting = setting
    this.sandbox = createSandbox({ clock })
    this.#fetch = recordedFetch(this.sandbox, this.#names, (exchange) => this.#exchanges.push(exchange))
    this.#session = sessionFor(setting, { fetch: this.#fetch, clock, clientAuthentication: 'basic' })
    this.#session.subscribe(({ status }) => this.#path.push(status))
  }

  /** Does something and tells what came of it. Never throws what core threw. */
  async perform(title: string, run: () => Promise<string> | string): Promise<Entry> {
    this.#exchanges = []
    this.#path = [this.#session.state.status]
    let outcome: string
    let code: string | undefined
    try {
      outcome = await run()
    } catch (thrown) {
      outcome = thrown instanceof Error ? thrown.message : String(thrown)
      code = GrantsError.isInstance(thrown) ? thrown.code : undefined
    }
    const path = [...this.#path, this.#session.state.status]
    return {
      title,
      outcome,
      code,
      exchanges: this.#exchanges,
      path: path.filter((status, index) => status !== path[index - 1]),
    }
  }

  /** What is to be seen of the session as of now. */
  view(): BenchView {
    return viewSession(this.#session.state, this.#names, this.sandbox.clock.now())
  }

  /** The account's password and code, to sign in with: test data. */
  get account(): Sandbox['accounts'][number] | undefined {
    return this.sandbox.accounts.find(({ username }) => username === this.#setting.username)
  }

  async signIn(username = this.account?.username ?? '', password = this.#rightPassword()): Promise<string> {
    const { status } = await this.#session.login({ username, password })
    return status === 'signed_in' ? 'Signed in.' : 'The password was right. A code is asked for.'
  }

  async sendCode(code: string): Promise<string> {
    this.#lastCode = code
    await this.#session.submitOtp(code)
    return 'Signed in.'
  }

  /** The authenticator's code; time moves on to the next one where this one was used. */
  freshCode(): string {
    const code = () => this.account?.mfa?.code ?? '000000'
    if (code() === this.#lastCode) this.sandbox.clock.advance('30s')
    return code()
  }

  wrongCode(): string {
    return this.account?.mfa?.code === '000000' ? '111111' : '000000'
  }

  async authorize(): Promise<string> {
    await this.#authorizing().authorize()
    return 'There is a token.'
  }

  /** Types keep this from a developer's session, which has no `renew`; here the machine is asked all the same. */
  async renew(): Promise<string> {
    await this.#authorizing().renew()
    return 'There is a new token.'
  }

  async call(): Promise<string> {
    const response = await this.#session.fetch('/v1/devices')
    return `GET /v1/devices was answered with ${response.status}.`
  }

  async logOut(): Promise<string> {
    const { accessToken } = await this.#session.logout()
    return accessToken === 'revoked' ? 'The access token is revoked, the session forgotten.' : 'Forgotten.'
  }

  wait(duration: string, inWords: string): string {
    this.sandbox.clock.advance(duration)
    return `${inWords} passed.`
  }

  /** Does the same several times over; what came of the last time counts. */
  async times(count: number, run: () => Promise<string>): Promise<string> {
    for (let left = count; left > 1; left -= 1) await run().catch(() => {})
    return run()
  }

  /** A request as people write it by hand, past the session and its care. */
  async signInByHand(password = this.#rightPassword()): Promise<string> {
    return this.#byHand({ grant_type: 'password', username: this.account?.username ?? '', password })
  }

  async refreshByHand(): Promise<string> {
    const refresh_token = this.#names.latest('refresh token')
    if (refresh_token === undefined) return 'No refresh token came so far.'
    return this.#byHand({ grant_type: 'refresh_token', refresh_token })
  }

  async #byHand(fields: Record<string, string>): Promise<string> {
    const { id, secret } = this.#setting.client
    const authorization = `Basic ${btoa(`${id}:${secret.reveal()}`)}`
    const response = await this.#fetch('https://api.particle.io/oauth/token', {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    })
    const { error = 'tokens', error_description: text } = await response.json()
    return `${response.status} ${error}${text ? `: ${text}` : '.'}`
  }

  #rightPassword(): string {
    return this.account?.password ?? wrongPassword
  }

  #authorizing(): Pick<ProductSession, 'authorize' | 'renew'> {
    return this.#session as unknown as ProductSession
  }
}
