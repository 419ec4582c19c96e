import type { Call } from '../call.ts'
import { field } from '../call.ts'
import type { Account } from '../model/accounts.ts'
import { createTotp, randomTotpSecret } from '../model/totp.ts'
import type { World } from '../model/world.ts'
import { randomRecoveryCode, randomUuid } from '../random.ts'
import type { App } from './routing.ts'
import { authorised, refused, reply } from './routing.ts'

const codesPerEnrolment = 4

/** The account of a token, and enrolment in MFA and out of it. */
export function addUserRoutes(app: App): void {
  app.get(
    '/v1/user',
    authorised(({ account }) =>
      reply({
        username: account.username,
        mfa: { enabled: account.mfa !== undefined },
        account_info: {},
        subscription_ids: [],
      }),
    ),
  )
  app.get(
    '/v1/user/mfa-enable',
    authorised(({ account }) => beginEnrolment(account)),
  )
  app.post(
    '/v1/user/mfa-enable',
    authorised(({ account }, { env: { world, call } }) => confirmEnrolment(world, call, account)),
  )
  app.put(
    '/v1/user/mfa-disable',
    authorised(({ account }, { env: { call } }) => {
      if (account.password === undefined || field(call, 'current_password') !== account.password) {
        return refused(401, 'Current password is incorrect')
      }
      account.mfa = undefined
      return reply({ ok: true })
    }),
  )
}

function beginEnrolment(account: Account): Response {
  if (account.mfa) return refused(400, 'MFA is already enabled')
  const enrolment = { mfaToken: randomUuid(), totp: createTotp(randomTotpSecret()) }
  account.enrolment = enrolment
  const { secret } = enrolment.totp
  const label = encodeURIComponent(`Particle:${account.username}`)
  return reply({
    mfa_token: enrolment.mfaToken,
    secret,
    qr_url: `otpauth://totp/${label}?secret=${secret}&issuer=Particle`,
  })
}

function confirmEnrolment(world: World, call: Call, account: Account): Response {
  const { enrolment } = account
  const code = field(call, 'otp')
  if (typeof call.json.otp === 'number') {
    return refused(400, 'Send otp as a text: as a number it loses the zeros that it begins with')
  }
  if (!enrolment || !code || field(call, 'mfa_token') !== enrolment.mfaToken) {
    return refused(400, 'Start the enrolment, then send its mfa_token and an otp')
  }
  // A 401 that says nothing of the access token: it is still good.
  if (!enrolment.totp.accept(code, world.now(), world.settings.otpReuse)) {
    return refused(401, 'Could not validate OTP')
  }
  const recoveryCodes = Array.from({ length: codesPerEnrolment }, randomRecoveryCode)
  account.mfa = { totp: enrolment.totp, recoveryCodes: new Set(recoveryCodes) }
  account.enrolment = undefined
  if (call.json.invalidate_tokens === true || call.form.get('invalidate_tokens') === 'true') {
    world.tokens.revokeAll(account)
  }
  return reply({ enrolled: true })
}
