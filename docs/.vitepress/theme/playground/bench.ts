import {
  createSession,
  type DeveloperSession,
  GrantsError,
  type OAuthClient,
  type ProductSession,
  type SignInSession,
} from '@particle-grants/core'
import type { Status } from '@particle-grants/core/machine'
import { createClock, createSandbox, type Sandbox } from '@particle-grants/sandbox'
import { describeSession, type SessionView } from './describe-session.ts'
import { type Exchange, Names, recordFetch } from './record-fetch.ts'

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

/** A session of core in front of a new sandbox. The clock is stopped and only moved by actions. */
export class Bench {
  readonly sandbox = createSandbox({ clock: createClock({ frozen: true }) })
  /** The session of the product, of its customer, or of the account that signs in. */
  readonly session: DeveloperSession | (ProductSession & SignInSession)
  readonly names = new Names()
  /** The code that was sent last: it cannot be sent again. */
  lastCode: string | undefined
  readonly #setting: Setting
  readonly #fetch: typeof fetch
  #exchanges: Exchange[] = []
  #path: Status[] = []

  constructor(setting: Setting) {
    const { client, username } = setting
    this.#setting = setting
    this.#fetch = recordFetch(this.sandbox, this.names, (exchange) => this.#exchanges.push(exchange))
    const { clock } = this.sandbox
    const options = { fetch: this.#fetch, clock, clientAuthentication: 'client_secret_basic' } as const
    // A product's own session has no `login()` in its type. Here it is called anyway, to show the error.
    const isCustomer = client.kind === 'product' && username !== undefined
    this.session = createSession({ ...options, client, ...(isCustomer && { profile: username }) }) as Bench['session']
    this.session.subscribe(({ status }) => this.#path.push(status))
  }

  /** The sandbox's account that signs in, with its password and code: test data. */
  get account(): Sandbox['accounts'][number] | undefined {
    return this.sandbox.accounts.find(({ username }) => username === this.#setting.username)
  }

  /** Runs an action and returns what happened. Never throws core's errors. */
  async perform(title: string, run: (bench: Bench) => Promise<string> | string): Promise<Entry> {
    this.#exchanges = []
    this.#path = [this.session.state.status]
    let outcome: string
    let code: string | undefined
    try {
      outcome = await run(this)
    } catch (thrown) {
      outcome = thrown instanceof Error ? thrown.message : String(thrown)
      code = GrantsError.isInstance(thrown) ? thrown.code : undefined
    }
    const path = [...this.#path, this.session.state.status].filter((status, at, all) => status !== all[at - 1])
    return { title, outcome, code, exchanges: this.#exchanges, path }
  }

  /** Returns what is shown of the session now. */
  view(): SessionView {
    return describeSession(this.session.state, {
      client: this.#setting.client.kind,
      names: this.names,
      now: this.sandbox.clock.now(),
    })
  }

  /** Sends a token request without the session, as a script with curl would. */
  async sendWithCurl(fields: Readonly<Record<string, string>>): Promise<string> {
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
}
