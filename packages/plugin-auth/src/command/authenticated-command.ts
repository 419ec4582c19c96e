import { type AnySession, type Connection, Connections } from '../connection/connection.ts'
import { describeSource, type Source } from '../connection/source.ts'
import { formatConnectionFlags } from '../connection/wording.ts'
import type { ErrorDescription } from '../errors/describe-error.ts'
import { exitCodes } from '../errors/exit-codes.ts'
import { type ApiRequest, callApi, toApiError, toNetworkError } from '../network/api-call.ts'
import { getExpiryWarning } from '../token/expiry-warning.ts'
import { loadState } from '../token/stored-state.ts'
import { getTokenFacts } from '../token/token-facts.ts'
import { type ConnectionFlags, connectionFlags, wantedBy } from './connection-flags.ts'
import { GrantsCommand } from './grants-command.ts'

/**
 * A command that calls the API as the signed-in account: `await this.callApi(path)`, or `await this.session()` for
 * everything else. It adds `--profile`, `--base-url` and `--store`. Each error gets a message and an exit code.
 */
export abstract class AuthenticatedCommand extends GrantsCommand {
  static override baseFlags = connectionFlags

  /** Stores and profiles of this machine. */
  protected readonly connections = new Connections()
  #source: Source | undefined
  #connection: Promise<Connection> | undefined
  #hasToken = false
  #hasWarned = false

  /** Core's session of whoever is signed in. Rejects with `not_signed_in` where nobody is. */
  protected async session(): Promise<AnySession> {
    return (await this.connection()).session
  }

  /** Calls the API with the token and returns the JSON of the response, unchecked. Any status but 2xx is an error. */
  protected async callApi<T = unknown>(path: string, request: ApiRequest = {}): Promise<T> {
    const response = await callApi(await this.session(), path, request)
    if (response.status >= 200 && response.status < 300) return response.data as T
    throw toApiError(response, `${request.method ?? 'GET'} ${path} failed`)
  }

  /** Session, source and store. */
  protected connection(): Promise<Connection> {
    this.#connection ??= this.#open()
    return this.#connection
  }

  /** Where the token comes from. */
  protected async source(): Promise<Source> {
    this.#source ??= await this.connections.find(wantedBy(await this.#flags()))
    this.connectionFlags = formatConnectionFlags(this.#source)
    return this.#source
  }

  protected override errorContext(): string | undefined {
    return this.#hasToken && this.#source
      ? `The token comes from ${describeSource(this.#source)}.`
      : undefined
  }

  /** A token of the environment must be replaced there: signing in would not change it. */
  protected override describe(thrown: unknown): ErrorDescription {
    const described = super.describe(thrown)
    if (this.#source?.from !== 'environment' || described.exitCode !== exitCodes.notSignedIn) return described
    return { ...described, remedy: `Unset ${this.#source.variable}, or set it to a valid token.` }
  }

  /** `session.fetch` rejects as `fetch` does if there is no answer. */
  protected override async catch(thrown: unknown): Promise<void> {
    const isFetchError = thrown instanceof TypeError && thrown.message === 'fetch failed'
    return super.catch(isFetchError ? toNetworkError(thrown) : thrown)
  }

  protected override async finally(thrown: Error | undefined): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined)
    if (connection === undefined) return
    // The result of a background renewal would be lost with this process.
    await connection.session.idle().catch((failure: unknown) => this.caution(this.describe(failure).message))
    if (thrown === undefined) await this.warnBeforeExpiry()
  }

  /** Warns, once, if the token expires soon and cannot be renewed. */
  protected async warnBeforeExpiry(): Promise<void> {
    if (this.#hasWarned) return
    this.#hasWarned = true
    const { source, signIn, store } = await this.connection()
    if (source.from !== 'profile' || signIn === undefined || store === undefined) return
    const state = await loadState(signIn, { profile: source.name, store }).catch(() => undefined)
    const facts = state && getTokenFacts(state)
    if (facts === undefined) return
    const warning = await getExpiryWarning({ source, facts, bin: this.bin }, this.connections.book)
    if (warning !== undefined) this.caution(warning)
  }

  async #flags(): Promise<ConnectionFlags> {
    return (await this.parse(this.ctor)).flags as ConnectionFlags
  }

  async #open(): Promise<Connection> {
    const connection = await this.connections.open(await this.source())
    const { source } = connection
    this.#hasToken = source.from === 'environment' || source.profile?.signIn !== undefined
    return connection
  }
}
