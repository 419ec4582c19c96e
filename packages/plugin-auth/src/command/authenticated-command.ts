import { type Tokens, tokensOf } from '@particle-grants/core'
import type { AxiosInstance } from 'axios'
import { type AnySession, type Connection, Connections } from '../connection/connection.ts'
import { describeSource, type Source } from '../connection/source.ts'
import { profileFlag } from '../connection/wording.ts'
import type { ErrorDescription } from '../errors/describe-error.ts'
import { exitCodes } from '../errors/exit-codes.ts'
import { expiryNotice } from '../token/expiry-notice.ts'
import { type ConnectionFlags, connectionFlags, wantedBy } from './connection-flags.ts'
import { GrantsCommand } from './grants-command.ts'

/**
 * A command that calls the API as whoever is signed in: `await this.session()` and `await this.http()`. It brings
 * `--profile`, `--base-url`, `--store` and `--json`; errors of session and API get their messages and exit codes.
 */
export abstract class AuthenticatedCommand extends GrantsCommand {
  static override baseFlags = connectionFlags

  /** Stores and profiles of this machine. */
  protected readonly connections = new Connections()
  #source: Source | undefined
  #connection: Promise<Connection> | undefined
  #http: Promise<AxiosInstance> | undefined
  #hasToken = false
  #told = false

  /** Core's session of whoever is signed in. Rejects with `not_signed_in` where nobody is. */
  protected async session(): Promise<AnySession> {
    return (await this.connection()).session
  }

  /** An Axios instance with the token attached, on the base URL; renewed and sent again where the API wants that. */
  protected http(): Promise<AxiosInstance> {
    this.#http ??= this.#createHttp()
    return this.#http
  }

  /** Session, source and store. */
  protected connection(): Promise<Connection> {
    this.#connection ??= this.#open()
    return this.#connection
  }

  /** Where the token comes from. */
  protected async source(): Promise<Source> {
    this.#source ??= await this.connections.find(wantedBy(await this.#flags()))
    if (this.#source.from === 'profile') this.profileFlag = profileFlag(this.#source.name)
    return this.#source
  }

  protected override errorContext(): string | undefined {
    return this.#hasToken && this.#source
      ? `The token comes from ${describeSource(this.#source)}.`
      : undefined
  }

  /** A token of the environment is replaced there: signing in would not be heard of. */
  protected override describe(thrown: unknown): ErrorDescription {
    const described = super.describe(thrown)
    if (this.#source?.from !== 'environment' || described.exitCode !== exitCodes.notSignedIn) return described
    return { ...described, remedy: `Unset ${this.#source.variable}, or give it a good token.` }
  }

  /** An error of Axios is told as what it means: nobody answered, or Particle refused. */
  protected override async catch(thrown: unknown): Promise<void> {
    const { explainHttpError } = await import('../network/http-errors.ts')
    return super.catch(explainHttpError(thrown))
  }

  protected override async finally(thrown: Error | undefined): Promise<void> {
    const connection = await this.#connection?.catch(() => undefined)
    if (connection === undefined) return
    // A renewal in the background is finished, or its token would be lost with this process.
    await connection.session.settled()
    const tokens = tokensOf(connection.session.state)
    if (thrown === undefined && tokens !== undefined) await this.tellOfEnd(tokens)
  }

  /** Tells, once, where a token that nobody can renew nears its end. */
  protected async tellOfEnd(tokens: Tokens): Promise<void> {
    if (this.#told) return
    this.#told = true
    const { source, session } = await this.connection()
    const nearing = { source, kind: session.kind, tokens, bin: this.bin }
    const notice = await expiryNotice(nearing, this.connections.book)
    if (notice !== undefined) this.caution(notice)
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

  async #createHttp(): Promise<AxiosInstance> {
    const { session, baseUrl } = await this.connection()
    const { createHttp } = await import('../network/http.ts')
    return createHttp({ session, baseUrl, userAgent: this.config.userAgent })
  }
}
