import { getField } from '../http/request.ts'
import { ApiError, type HttpResponse, json } from '../http/response.ts'
import type { Context } from '../http/router.ts'
import { tokenRoute } from '../oauth/bearer.ts'
import { randomRecoveryCode, randomUuid } from '../random.ts'
import type { AccessToken } from '../state/tokens.ts'
import { randomTotpSecret, Totp } from '../state/totp.ts'

const recoveryCodeCount = 4

/** The account of a token, and its enrolment in MFA. */
export const userRoutes = [
  tokenRoute('GET', '/v1/user', describeUser),
  tokenRoute('GET', '/v1/user/mfa-enable', startEnrolment),
  tokenRoute('POST', '/v1/user/mfa-enable', confirmEnrolment),
  tokenRoute('PUT', '/v1/user/mfa-disable', disableMfa),
]

function describeUser({ account }: AccessToken): HttpResponse {
  return json({
    username: account.username,
    mfa: { enabled: account.mfa !== undefined },
    account_info: {},
    subscription_ids: [],
  })
}

function startEnrolment({ account }: AccessToken): HttpResponse {
  if (account.mfa) throw new ApiError(400, 'MFA is already enabled')
  const enrolment = { mfaToken: randomUuid(), totp: new Totp(randomTotpSecret()) }
  account.enrolment = enrolment
  const { secret } = enrolment.totp
  const label = encodeURIComponent(`Particle:${account.username}`)
  return json({
    mfa_token: enrolment.mfaToken,
    secret,
    qr_url: `otpauth://totp/${label}?secret=${secret}&issuer=Particle`,
  })
}

function confirmEnrolment({ account }: AccessToken, { state, request }: Context): HttpResponse {
  const { enrolment } = account
  const code = getField(request, 'otp')
  if (typeof request.json.otp === 'number') {
    throw new ApiError(400, 'Send otp as a string: a number loses its leading zeros')
  }
  if (!enrolment || !code || getField(request, 'mfa_token') !== enrolment.mfaToken) {
    throw new ApiError(400, 'Start the enrolment, then send its mfa_token and an otp')
  }
  // This 401 does not mean that the access token is invalid.
  if (!enrolment.totp.accept(code, state.now(), state.settings.otpReuse)) {
    throw new ApiError(401, 'Could not validate OTP')
  }
  const recoveryCodes = Array.from({ length: recoveryCodeCount }, randomRecoveryCode)
  account.mfa = { totp: enrolment.totp, recoveryCodes: new Set(recoveryCodes) }
  account.enrolment = undefined
  const invalidate = request.json.invalidate_tokens ?? request.form.get('invalidate_tokens')
  if (invalidate === true || invalidate === 'true') state.tokens.revokeAll(account)
  return json({ enrolled: true })
}

function disableMfa({ account }: AccessToken, { request }: Context): HttpResponse {
  if (account.password === undefined || getField(request, 'current_password') !== account.password) {
    throw new ApiError(401, 'Current password is incorrect')
  }
  account.mfa = undefined
  return json({ ok: true })
}
