import type { Account } from '../../model/accounts.ts'
import { OAuthError } from '../errors.ts'
import type { Grant, Granted, GrantRequest } from './grant.ts'
import { askedLifetime } from './grant.ts'

/** `urn:custom:mfa-otp`: the six digits that the authenticator shows. */
export const mfaOtp: Grant = (request) =>
  secondFactor(request, {
    field: 'otp',
    missing: 'You must provide otp and mfa token.',
    refused: 'Could not validate OTP.',
    accepts: ({ mfa }, code) => {
      const { now, settings } = request.world
      return mfa?.totp.accept(code, now(), settings.otpReuse) ?? false
    },
  })

/** `urn:custom:recovery-code`: one of the codes printed at enrolment, good once. */
export const recoveryCode: Grant = (request) =>
  secondFactor(request, {
    field: 'recovery_code',
    missing: 'You must provide recovery code and mfa token.',
    refused: 'Could not validate Recovery Code.',
    accepts: ({ mfa }, code) => mfa?.recoveryCodes.delete(code) ?? false,
  })

interface Factor {
  readonly field: string
  readonly missing: string
  readonly refused: string
  readonly accepts: (account: Account, code: string) => boolean
}

function secondFactor({ world, client, form }: GrantRequest, factor: Factor): Granted {
  const mfaToken = form.get('mfa_token')
  const code = form.get(factor.field)
  if (!mfaToken || !code) throw new OAuthError('invalid_request', factor.missing)

  const { settings, challenges } = world
  const challenge = challenges.find(mfaToken)
  if (!challenge || (settings.mfaTokenBoundToClient && challenge.clientId !== client.id)) {
    throw new OAuthError('invalid_token', 'Invalid MFA token.')
  }
  if (!factor.accepts(challenge.account, code)) {
    if (settings.wrongCodeSpendsMfaToken) challenges.spend(challenge)
    throw new OAuthError('invalid_token', factor.refused)
  }
  challenges.spend(challenge)

  const { account } = challenge
  const asked = askedLifetime(form)
  if (!settings.mfaTokenRemembersRequest) return { account, scope: undefined, ...asked }
  return {
    account,
    scope: challenge.scope,
    client: world.clients.get(challenge.clientId),
    // A remembered 0 is dropped on the way in the library: "never expires" has to be asked for in both steps.
    expiresIn: Number(challenge.expiresIn) === 0 ? asked.expiresIn : (challenge.expiresIn ?? asked.expiresIn),
    expiresAt: challenge.expiresAt ?? asked.expiresAt,
  }
}
