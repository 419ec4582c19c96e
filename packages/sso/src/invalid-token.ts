import { GrantsError } from '@particle-grants/core/protocol'

type Reason = GrantsError<'sso_invalid_token'>['details']['reason']

/**
 * Creates the error for a token that must not be used.
 *
 * @param claim - the one that is missing or wrong
 * @param audience - what the token has instead. Its signature has been verified, and an audience is no secret
 */
export function createInvalidToken(reason: Reason, claim: string | undefined, audience?: unknown): GrantsError {
  const messages: { readonly [R in Reason]: string } = {
    format: "The identity provider's token is not a JWT that is signed with RS256. Check the issuer.",
    signature: "No key of the issuer verifies the identity provider's token. Check the issuer, then start again.",
    expired: "The identity provider's token has expired. Check this machine's clock, then start again.",
    claim: `The claim ${claim} of the identity provider's token is missing or wrong${formatAudience(audience)}. Check the options of startSsoSignIn().`,
    rejected: "Particle's API rejected the token that the identity provider returned. Start again.",
  }
  return new GrantsError('sso_invalid_token', messages[reason], { reason, claim })
}

function formatAudience(audience: unknown): string {
  const names = [audience].flat().filter((name) => typeof name === 'string' && /^[!-~]{1,100}$/.test(name))
  return names.length === 0 ? '' : `: it is ${names.join(', ')}`
}
