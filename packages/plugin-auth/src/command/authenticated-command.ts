import { findSource, formatSource, getBaseUrl, type Source } from '@particle-grants/node/profiles'
import type { AnySession, Connection } from '@particle-grants/node/sessions'
import { getExpiryWarning, loadStoredToken } from '../connection/token.ts'
import { exitCodes } from '../errors/cli-error.ts'
import type { ErrorDescription } from '../errors/describe-error.ts'
import { type ApiRequest, callApi, toApiError, toNetworkError } from '../network/api-call.ts'
import { type ConnectionFlags, connectionFlags, GrantsCommand, readSourceOptions } from './grants-command.ts'

/**
 * A command that calls the API with the user's token: `await this.callApi('/v1/devices')`, or `await this.session()`. It
 * has the flags `--profile`, `--base-url`, `--store` and `--json`.
 */
export abstract class AuthenticatedCommand extends GrantsCommand {
  static override baseFlags = connectionFlags

  #connection: Promise<Connection> | undefined
  #opened: Connection | undefined

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
  protected async connection(): Promise<Connection> {
    this.#connection ??= this.source().then((source) => this.connections.open(source))
    this.#opened = await this.#connection
    return this.#opened
  }

  /** Returns where the token comes from. */
  protected async source(): Promise<Source> {
    const { flags } = await this.parse(this.ctor)
    this.usedSource ??= await findSource(readSourceOptions(flags as ConnectionFlags), this.connections.profiles)
    return this.usedSource
  }

  /** Returns the API's base URL. It opens no session, so it works before a sign-in. */
  protected async baseUrl(): Promise<string> {
    return getBaseUrl(await this.source())
  }

  protected override describeOrigin(): string | undefined {
    const { source } = this.#opened ?? {}
    const hasToken = source?.from === 'environment' || source?.profile?.signIn !== undefined
    return source && hasToken ? `The token comes from ${formatSource(source)}.` : undefined
  }

  /** An invalid token in the environment must be replaced there: signing in would not change it. */
  protected override describe(thrown: unknown): ErrorDescription {
    const error = super.describe(thrown)
    const source = this.usedSource
    const needsToken = error.exitCode === exitCodes.notSignedIn || error.code === 'not_renewable'
    if (source?.from !== 'environment' || !needsToken) return error
    return { ...error, remedy: `Unset ${source.variable}, or set it to a new token.`, command: undefined }
  }

  /** `session.fetch` rejects as `fetch` does if there is no response, or with the reason of an abort. */
  protected override async catch(thrown: unknown): Promise<void> {
    const isError = thrown instanceof Error
    const isFetchError = isError && (thrown.name === 'TimeoutError' || thrown.message === 'fetch failed')
    return super.catch(isFetchError ? toNetworkError(thrown) : thrown)
  }

  protected override async finally(thrown: Error | undefined): Promise<void> {
    if (this.#opened === undefined) return
    // The process ends: a background renewal must be saved before.
    await this.#opened.session.idle().catch((failure: unknown) => this.caution(this.describe(failure).message))
    if (thrown !== undefined) return
    const token = await loadStoredToken(this.#opened).catch(() => undefined)
    const warning = token && getExpiryWarning(token, this.context)
    if (warning !== undefined) this.caution(warning)
  }
}
