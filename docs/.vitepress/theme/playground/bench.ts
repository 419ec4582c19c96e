import {
  createSession,
  customer,
  type DeveloperSession,
  GrantsError,
  type OAuthClient,
  type ProductSession,
  type SessionOptions,
} from '@particle-grants/core'
import type { Status } from '@particle-grants/core/machine'
import { createClock, createSandbox, type Sandbox } from '@particle-grants/sandbox'
import { Names } from './names.ts'
import { type Exchange, recordFetch } from './record-fetch.ts'
import { type BenchView, viewSession } from './view.ts'

/** The client and account of a scenario. */
export interface Setting {
  readonly client: OAuthClient
  /** The account of the sandbox that signs in, if one does. */
  readonly username: string | undefined
}

/** An action, its outcome, and its requests and responses. */
export interface Entry {
  readonly title: string
  readonly outcome: string
  /** The code of its error. */
  readonly code: string | undefined
  readonly exchanges: readonly Exchange[]
  /** The states of the session from before to after. */
  readonly path: readonly Status[]
}

const wrongPassword = 'not my password'

/** Creates a session of the product, of its customer, or of the account that signs in. */
function createSessionFor(
  { client, username }: Setting,
  options: Omit<SessionOptions<OAuthClient>, 'client' | 'subject'>,
): DeveloperSession | ProductSession {
  if (client.kind !== 'product' || username === undefined) return createSession({ ...options, client })
  return createSession({ ...options, client, subject: customer(username) })
}

/** A session of core in front of a new sandbox. The clock is stopped and only moved by actions. */
export class Bench {
  readonly sandbox: Sandbox
  readonly #session: DeveloperSession | ProductSession
  readonly #setting: Setting
  readonly #names = new Names()
  readonly #fetch: typeof fetch
  #exchanges: Exchange[] = []
  #path: Status[] = []
  #lastCode: string | undefined

  constructor(setting: Setting) {
    const clock = createClock({ frozen: true })
    this.#setting = setting
    this.sandbox = createSandbox({ clock })
    this.#fetch = recordFetch(this.sandbox, this.#names, (exchange) => this.#exchanges.push(exchange))
    this.#session = createSessionFor(setting, {
      fetch: this.#fetch,
      clock,
      clientAuthentication: 'client_secret_basic',
    })
    this.#session.subscribe(({ status }) => this.#path.push(status))
  }

  /** Runs an action and returns what happened. Never throws core's errors. */
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

  /** Returns what the panels show of the session now. */
  view(): BenchView {
    const { kind } = this.#setting.client
    return viewSession(this.#session.state, kind, {
      names: this.#names,
      now: this.sandbox.clock.now(),
    })
  }

  /** The sandbox's account that signs in, with its password and code: test data. */
  get account(): Sandbox['accounts'][number] | undefined {
    return this.sandbox.accounts.find(({ username }) => username === this.#setting.username)
  }

  async signIn(username = this.account?.username ?? '', password = this.#correctPassword()): Promise<string> {
    const { status } = await this.#session.login({ username, password })
    return status === 'signed_in' ? 'Signed in.' : 'The password was correct. A code is required.'
  }

  async sendCode(code: string): Promise<string> {
    this.#lastCode = code
    await this.#session.submitOtp(code)
    return 'Signed in.'
  }

  /** Returns the authenticator's code. If it was used, the clock moves on to the next one. */
  freshCode(): string {
    const code = () => this.account?.mfa?.code ?? '000000'
    if (code() === this.#lastCode) this.sandbox.clock.advance('30s')
    return code()
  }

  wrongCode(): string {
    return this.account?.mfa?.code === '000000' ? '111111' : '000000'
  }

  async requestToken(): Promise<string> {
    await this.#session.getAccessToken()
    return 'There is a token.'
  }

  /** The type of a developer session has no `forceRefresh`. Here it is called anyway, to show the error. */
  async renew(): Promise<string> {
    await (this.#session as ProductSession).getAccessToken({ forceRefresh: true })
    return 'There is a new token.'
  }

  async call(): Promise<string> {
    const response = await this.#session.fetch('/v1/devices')
    return `GET /v1/devices returned ${response.status}.`
  }

  async logOut(): Promise<string> {
    const { accessToken } = await this.#session.logout()
    return accessToken === 'revoked' ? 'Signed out. The access token is revoked.' : 'Signed out.'
  }

  wait(duration: string, label: string): string {
    this.sandbox.clock.advance(duration)
    return `${label} passed.`
  }

  /** Repeats an action, and returns the outcome of the last time. */
  async times(count: number, run: () => Promise<string>): Promise<string> {
    for (let left = count; left > 1; left -= 1) await run().catch(() => {})
    return run()
  }

  /** Sends a request without the session, as a script with curl would. */
  async signInWithCurl(password = this.#correctPassword()): Promise<string> {
    return this.#sendRaw({ grant_type: 'password', username: this.account?.username ?? '', password })
  }

  async refreshWithCurl(): Promise<string> {
    const refresh_token = this.#names.latest('refresh token')
    if (refresh_token === undefined) return 'There has been no refresh token yet.'
    return this.#sendRaw({ grant_type: 'refresh_token', refresh_token })
  }

  async #sendRaw(fields: Record<string, string>): Promise<string> {
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

  #correctPassword(): string {
    return this.account?.password ?? wrongPassword
  }
}
