import { Secret } from '@particle-grants/core'
import { calls } from '@particle-grants/reference'
import type { Connection } from '../connection/connection.ts'
import type { Stores } from '../connection/stores.ts'
import { CliError } from '../errors/cli-error.ts'
import { type ApiResponse, type ApiSession, callApi, toApiError } from '../network/api-call.ts'
import { loadTotpKey, parseTotpKey, removeTotpKey, saveTotpKey, type TotpAccount, type TotpKey } from '../totp/key.ts'

export interface MfaStatus {
  readonly username: string
  /** Undefined: the response does not say. */
  readonly enabled: boolean | undefined
}

/** An enrollment that a code must confirm. Until then nothing has changed. */
export interface Enrollment {
  readonly mfaToken: Secret
  readonly key: TotpKey
}

/** Two-step authentication of the signed-in account: Particle's API, and the TOTP secret in the keyring. */
export class Mfa {
  readonly #session: ApiSession
  readonly #baseUrl: string
  readonly #stores: Stores

  constructor({ session, baseUrl }: Connection, stores: Stores) {
    this.#session = session
    this.#baseUrl = baseUrl
    this.#stores = stores
  }

  async getStatus(): Promise<MfaStatus> {
    const { username, mfa } = await this.#call('user', 'The account could not be read')
    if (typeof username !== 'string') throw unexpectedResponse('it has no username')
    const { enabled } = toObject(mfa)
    return { username, enabled: typeof enabled === 'boolean' ? enabled : undefined }
  }

  /** Starts an enrollment. `username` names the account in the authenticator app. */
  async startEnrollment(username: string): Promise<Enrollment> {
    const response = await this.#call('start_mfa_enrolment', 'The set-up could not be started')
    const { mfa_token, secret, qr_url } = response
    if (typeof mfa_token !== 'string') throw unexpectedResponse('it has no mfa_token')
    const key = typeof secret === 'string' ? secret : findUri(qr_url)
    if (key === undefined) throw unexpectedResponse('it has no secret')
    return { mfaToken: new Secret(mfa_token), key: parseTotpKey(key).withLabel(username) }
  }

  /** Enables two-step authentication. Returns whether the code was accepted. */
  async confirmEnrollment({ mfaToken }: Enrollment, otp: Secret): Promise<boolean> {
    const json = { mfa_token: mfaToken.reveal(), otp: otp.reveal() }
    const response = await this.#tryCall('confirm_mfa_enrolment', 'It could not be enabled', json)
    if (response === 'rejected') return false
    if (response.enrolled !== true) throw unexpectedResponse('it does not confirm the change')
    return true
  }

  /** Disables two-step authentication. Returns whether the password was accepted. */
  async disable(password: Secret): Promise<boolean> {
    const json = { current_password: password.reveal() }
    return (await this.#tryCall('disable_mfa', 'It could not be disabled', json)) !== 'rejected'
  }

  // ─── The TOTP secret in the keyring ────────────────────────────────────────────────────────────────────────────────

  /** Whether the secret is stored; `undefined` if there is no keyring. */
  hasKey(username: string): Promise<boolean | undefined> {
    return this.#stores.tryKeyring(
      async (keyring) => (await loadTotpKey(keyring, this.getAccount(username))) !== undefined,
    )
  }

  async saveKey(username: string, key: TotpKey): Promise<void> {
    await saveTotpKey(await this.#stores.get('keyring'), this.getAccount(username), key)
  }

  /** Returns whether there was a secret; `undefined` if there is no keyring. */
  removeKey(username: string): Promise<boolean | undefined> {
    return this.#stores.tryKeyring((keyring) => removeTotpKey(keyring, this.getAccount(username)))
  }

  getAccount(username: string): TotpAccount {
    return { baseUrl: this.#baseUrl, username }
  }

  async #call(name: MfaCall, what: string): Promise<Readonly<Record<string, unknown>>> {
    const response = await this.#tryCall(name, what)
    if (response === 'rejected') throw toApiError({ status: 401, data: undefined }, what)
    return response
  }

  /**
   * `rejected`: the code or password in `json` is wrong. Particle answers 401 to it as to an invalid token, but the
   * session recognizes the latter by its error code.
   */
  async #tryCall(name: MfaCall, what: string, json?: object) {
    const { method, path } = calls[name]
    const response: ApiResponse = await callApi(this.#session, path, { method, json })
    const { status, data } = response
    if (status >= 200 && status < 300) return toObject(data)
    const { error } = toObject(data)
    if (status === 401 && error !== 'invalid_token' && error !== 'expired_token') return 'rejected' as const
    throw toApiError(response, what)
  }
}

type MfaCall = 'user' | 'start_mfa_enrolment' | 'confirm_mfa_enrolment' | 'disable_mfa'

function toObject(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** Returns the `otpauth:` URI: `qr_url`, or a parameter of it. The URL itself is never requested. */
function findUri(url: unknown): string | undefined {
  if (typeof url !== 'string') return undefined
  if (url.startsWith('otpauth:')) return url
  if (!URL.canParse(url)) return undefined
  return [...new URL(url).searchParams.values()].find((value) => value.startsWith('otpauth:'))
}

function unexpectedResponse(problem: string): CliError {
  return new CliError('network_error', { what: `Unexpected response of the API: ${problem}.` })
}
