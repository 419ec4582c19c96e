import { Secret } from '@particle-grants/core'
import { calls } from '@particle-grants/reference'
import { CliError } from '../errors/cli-error.ts'
import { type ApiResponse, type ApiSession, callApi, toApiError } from '../network/api-call.ts'
import { parseTotpKey, type TotpKey } from '../totp/index.ts'

/** What the account says of itself. */
export interface MfaStatus {
  readonly username: string
  /** `undefined` where the answer does not say. */
  readonly enabled: boolean | undefined
}

/** An enrolment that has begun: nothing has changed until a code confirms it. */
export interface Enrolment {
  readonly mfaToken: Secret
  readonly key: TotpKey
  /** The secret as a person types it: base32. */
  readonly secret: Secret
}

/** What came of a code, or of a password. */
export type Confirmation = 'done' | 'refused'

/** The calls of Particle's that have to do with MFA. Their paths are the catalogue's. */
export class MfaApi {
  readonly #session: ApiSession

  constructor(session: ApiSession) {
    this.#session = session
  }

  async status(): Promise<MfaStatus> {
    const answer = await this.#call('user')
    const { username, mfa } = objectOf(good(answer, 'Looking at the account failed'))
    if (typeof username !== 'string') throw notUnderstood('no username')
    const enabled = objectOf(mfa).enabled
    return { username, enabled: typeof enabled === 'boolean' ? enabled : undefined }
  }

  /** Begins to set MFA up. `username` names the account in the authenticator. */
  async begin(username: string): Promise<Enrolment> {
    const answer = await this.#call('start_mfa_enrolment')
    const { mfa_token, secret, qr_url } = objectOf(good(answer, 'Setting up MFA could not begin'))
    if (typeof mfa_token !== 'string') throw notUnderstood('no mfa_token')
    const given = typeof secret === 'string' ? secret : uriIn(qr_url)
    if (given === undefined) throw notUnderstood('no secret')
    const key = parseTotpKey(given).named(username)
    return { mfaToken: new Secret(mfa_token), key, secret: key.secret() }
  }

  async confirm(
    { mfaToken }: Enrolment,
    { otp, revokeTokens }: { readonly otp: Secret; readonly revokeTokens: boolean },
  ): Promise<Confirmation> {
    const answer = await this.#call('confirm_mfa_enrolment', {
      mfa_token: mfaToken.reveal(),
      otp: otp.reveal(),
      ...(revokeTokens && { invalidate_tokens: true }),
    })
    if (isRefusal(answer)) return 'refused'
    if (objectOf(good(answer, 'MFA was not switched on')).enrolled === true) return 'done'
    throw notUnderstood('it does not say that MFA is on')
  }

  async disable(password: Secret): Promise<Confirmation> {
    const answer = await this.#call('disable_mfa', { current_password: password.reveal() })
    if (isRefusal(answer)) return 'refused'
    good(answer, 'MFA was not switched off')
    return 'done'
  }

  #call(
    name: 'user' | 'start_mfa_enrolment' | 'confirm_mfa_enrolment' | 'disable_mfa',
    json?: object,
  ): Promise<ApiResponse> {
    const { method, path } = calls[name]
    return callApi(this.#session, path, { method, json })
  }
}

/**
 * What was presented is wrong, and the token that presented it is all right: an invalid token never comes here, since the
 * session tells it apart by its error code.
 */
function isRefusal({ status, data }: ApiResponse): boolean {
  const { error } = objectOf(data)
  return status === 401 && error !== 'invalid_token' && error !== 'expired_token'
}

function good({ status, data }: ApiResponse, what: string): unknown {
  if (status >= 200 && status < 300) return data
  throw toApiError({ status, data }, what)
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}

/** The key's URI: `qr_url` itself, or a part of an address that would draw it. That address is never asked. */
function uriIn(url: unknown): string | undefined {
  if (typeof url !== 'string') return undefined
  if (url.startsWith('otpauth:')) return url
  if (!URL.canParse(url)) return undefined
  return [...new URL(url).searchParams.values()].find((value) => value.startsWith('otpauth:'))
}

function notUnderstood(problem: string): CliError {
  return new CliError('network_error', {
    what: `Particle's answer was not understood: ${problem}. Nothing was changed here.`,
  })
}
