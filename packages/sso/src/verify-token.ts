import { account } from '@particle-grants/core'
import { GrantsError, isHeaderSafe, parseJsonObject, Secret, sleep } from '@particle-grants/core/protocol'
import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from 'jose'
import { isTransient, type Provider, request, toResponseError } from './provider.ts'

/** Clocks of two machines may differ by as much, as in core. */
const clockToleranceSeconds = 300

/** The device code has been used: one failed request for the keys must not lose the sign-in. */
const maxKeyRequests = 3
const keyRetryMs = 2000

/**
 * Verifies the identity provider's token with the keys that it has now, so that a rotation needs no waiting. Returns the
 * account and Particle's own token.
 *
 * @throws GrantsError `sso_invalid_token`, `unexpected_response`, `network_error`, `temporarily_unavailable`. The signal's reason.
 */
export async function verifyToken(provider: Provider, jwt: Secret, signal: AbortSignal | undefined) {
  const keys = createLocalJWKSet(await requestKeys(provider, signal))
  const { issuer, audience, clock } = provider
  const verified = await jwtVerify(jwt.reveal(), keys, {
    algorithms: ['RS256'],
    issuer,
    audience,
    requiredClaims: ['exp'],
    clockTolerance: clockToleranceSeconds,
    currentDate: new Date(clock.now()),
  }).catch((error: unknown) => {
    throw toInvalidToken(error)
  })
  const { cid, sub, particle_profile } = verified.payload
  if (cid !== provider.clientId) throw createInvalidToken('claim', 'cid')
  if (!isHeaderSafe(particle_profile)) throw createInvalidToken('claim', 'particle_profile')
  // What `account()` accepts.
  if (typeof sub !== 'string' || !/^[^\s\p{Cc}]+$/u.test(sub)) throw createInvalidToken('claim', 'sub')
  return { subject: account(sub), accessToken: new Secret(particle_profile) }
}

async function requestKeys(provider: Provider, signal: AbortSignal | undefined): Promise<JSONWebKeySet> {
  for (let requestsLeft = maxKeyRequests - 1; ; requestsLeft -= 1) {
    try {
      const http = await request(provider, '/keys', { signal })
      const json = parseJsonObject(http.body)
      const keys = http.status === 200 && typeof json !== 'string' && json.keys
      if (!Array.isArray(keys)) throw toResponseError(provider, http)
      return { keys: keys.filter((key: unknown) => typeof key === 'object' && key !== null) }
    } catch (error) {
      if (!isTransient(error) || requestsLeft <= 0) throw error
      await sleep(provider.clock, keyRetryMs, signal)
    }
  }
}

/** jose's error is not the cause: it has all claims, and Particle's token is one of them. */
function toInvalidToken(error: unknown): GrantsError {
  const { code } = error as errors.JOSEError
  if (error instanceof errors.JWTExpired) return createInvalidToken('expired', 'exp')
  if (error instanceof errors.JWTClaimValidationFailed) {
    return createInvalidToken('claim', error.claim, error.claim === 'aud' ? error.payload.aud : undefined)
  }
  const isFormat = /^ERR_(JOSE_ALG_NOT_ALLOWED|JOSE_NOT_SUPPORTED|JWS_INVALID|JWT_INVALID)$/.test(code)
  return createInvalidToken(isFormat ? 'format' : 'signature')
}

type Reason = GrantsError<'sso_invalid_token'>['details']['reason']

/**
 * Creates the error for a token that must not be used.
 *
 * @param claim - the one that is missing or wrong
 * @param audience - what the token has instead. Its signature has been verified, and an audience is no secret
 */
export function createInvalidToken(reason: Reason, claim?: string, audience?: unknown): GrantsError {
  const audiences = [audience].flat().filter((name) => typeof name === 'string' && /^[!-~]{1,100}$/.test(name))
  const has = audiences.length === 0 ? '' : `: it is ${audiences.join(', ')}`
  const messages: { readonly [R in Reason]: string } = {
    format: "The identity provider's token is not a JWT that is signed with RS256. Check the issuer.",
    signature: "No key of the issuer verifies the identity provider's token. Check the issuer, then start again.",
    expired: "The identity provider's token has expired. Check this machine's clock, then start again.",
    claim: `The claim ${claim} of the identity provider's token is missing or wrong${has}. Check the options of startSsoSignIn().`,
    rejected: "Particle's API rejected the token that the identity provider returned. Start again.",
  }
  return new GrantsError('sso_invalid_token', messages[reason], { reason, claim })
}
