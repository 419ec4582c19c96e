import { type AnySession, type Connection, Connections } from '../connection/connection.ts'
import {
  assertProfileExists,
  type ConnectionFlags,
  findSource,
  formatSource,
  type Source,
} from '../connection/source.ts'
import { getExpiryWarning, loadToken } from '../connection/stored-token.ts'
import { exitCodes } from '../errors/cli-error.ts'
import type { ErrorDescription } from '../errors/describe-error.ts'
import { type ApiRequest, callApi, toApiError, toNetworkError } from '../network/api-call.ts'
import { connectionFlags, GrantsCommand } from './grants-command.ts'

/**
 * A command that calls the API with the user's token: `await this.callApi('/v1/devices')`, or `await this.session()`. It
 * has the flags `--profile`, `--base-url`, `--store` and `--json`.
 */
export abstract class AuthenticatedCommand extends GrantsCommand {
  static override baseFlags = connectionFlags

  /** The stores and profiles of this machine. */
  protected readonly connections = new Connections()
  #connection: Promise<Connection> | undefined
  #hasToken = false
  #hasWarned = false

  /** Returns the session of the profile, or of the token in the environment. Rejects with `not_signed_in`. */
  protected async session(): Promise<AnySession> {
    return (await this.connection()).session
  }

  /** Calls the API with the token and returns the response's JSON. Any status but 2xx is an error. */
  protected async callApi<T = unknown>(path: string, request: ApiRequest = {}): Promise<T> {
    const response = await callApi(await this.session(), path, request)
    if (response.status >= 200 && response.status < 300) return response.data as T
    throw toApiError(response, `${request.method ?? 'GET'} ${path} failed`)
  }

  /** Returns the session, its source and its store. */
  protected connection(): Promise<Connection> {
    this.#connection ??= this.#open()
    return this.#connection
  }

  /** Returns where the token comes from. */
  protected async source(): Promise<Source> {
    if (this.usedSource !== undefined) return this.usedSource
    const { profiles } = this.connections
    const { flags } = await this.parse(this.ctor)
    const source = await findSource(flags as ConnectionFlags, profiles)
    await assertProfileExists(source, profiles)
    this.usedSource = source
    return source
  }

  protected override describeOrigin(): string | undefined {
    return this.#hasToken && this.usedSource ? `The token comes from ${formatSource(this.usedSource)}.` : undefined
  }

  /** An invalid token in the environment must be replaced there: signing in would not change it. */
  protected override describe(thrown: unknown): ErrorDescription {
    const error = super.describe(thrown)
    const source = this.usedSource
    if (source?.from !== 'environment' || error.exitCode !== exitCodes.notSignedIn) return error
    return { ...error, remedy: `Unset ${source.variable}, or set it to a valid token.`, command: undefined }
  }

  /** `session.fetch` rejects as `fetch` does if there is no response. */
  protected override async catch(thrown: unknown): Promise<void> {
    const isFetchError = thrown instanceof TypeError && thrown.message === 'fetch failed'
    return super.catch(isFetchError ? toNetworkError(thrown) : thrown)
  }

  protected override async finally(thrown: Error | undefined): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined)
    if (connection === undefined) return
    // The process ends: a background renewal must be saved before.
    await connection.session.idle().catch((failure: unknown) => this.caution(this.describe(failure).message))
    if (thrown === undefined) await this.warnBeforeExpiry()
  }

  /** Warns once if the token expires soon and can't be refreshed. */
  protected async warnBeforeExpiry(): Promise<void> {
    if (this.#hasWarned) return
    this.#hasWarned = true
    const { source, signIn, store } = await this.connection()
    if (source.from !== 'profile' || signIn === undefined || store === undefined) return
    const token = await loadToken(signIn, { profile: source.name, store }).catch(() => undefined)
    if (token === undefined) return
    const warning = getExpiryWarning({ source, token, context: this.context })
    if (warning !== undefined) this.caution(warning)
  }

  async #open(): Promise<Connection> {
    const source = await this.source()
    const connection = await this.connections.open(source)
    this.#hasToken = source.from === 'environment' || source.profile?.signIn !== undefined
    return connection
  }
}
