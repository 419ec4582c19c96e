import { GrantsError, isHeaderSafe, parseJsonObject, Secret, sleep } from '@particle-grants/core/protocol'
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
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
export async function verifyToken(
  provider: Provider,
  jwt: Secret,
  signal: AbortSignal | undefined,
): Promise<{ readonly username: string; readonly accessToken: Secret }> {
  const keys = await requestKeys(provider, signal)
  const { cid, sub, particle_profile } = await verifyClaims(provider, jwt, keys)
  if (cid !== provider.clientId) throw createInvalidToken('claim', 'cid')
  if (!isHeaderSafe(sub)) throw createInvalidToken('claim', 'sub')
  if (!isHeaderSafe(particle_profile)) throw createInvalidToken('claim', 'particle_profile')
  return { username: sub, accessToken: new Secret(particle_profile) }
}

async function requestKeys(provider: Provider, signal: AbortSignal | undefined): Promise<JSONWebKeySet> {
  for (let requestsLeft = maxKeyRequests - 1; ; requestsLeft -= 1) {
    try {
      const http = await request(provider, '/keys', { signal })
      const json = parseJsonObject(http.body)
      if (http.status !== 200 || typeof json === 'string' || !Array.isArray(json.keys)) {
        throw toResponseError(provider, http)
      }
      return { keys: json.keys.filter((key: unknown) => typeof key === 'object' && key !== null) }
    } catch (error) {
      if (!isTransient(error) || requestsLeft <= 0) throw error
      await sleep(provider.clock, keyRetryMs, signal)
    }
  }
}

async function verifyClaims(provider: Provider, jwt: Secret, keys: JSONWebKeySet): Promise<JWTPayload> {
  const { issuer, audience, clock } = provider
  try {
    const { payload } = await jwtVerify(jwt.reveal(), createLocalJWKSet(keys), {
      algorithms: ['RS256'],
      issuer,
      audience,
      requiredClaims: ['exp'],
      clockTolerance: clockToleranceSeconds,
      currentDate: new Date(clock.now()),
    })
    return payload
  } catch (error) {
    // jose's error is not the cause: it has all claims, and Particle's token is one of them.
    if (error instanceof errors.JWTExpired) throw createInvalidToken('expired', 'exp')
    if (error instanceof errors.JWTClaimValidationFailed) {
      throw createInvalidToken('claim', error.claim, error.claim === 'aud' ? error.payload.aud : undefined)
    }
    const isFormat = /^ERR_(JOSE_ALG_NOT_ALLOWED|JOSE_NOT_SUPPORTED|JWS_INVALID|JWT_INVALID)$/.test(
      (error as errors.JOSEError).code,
    )
    throw createInvalidToken(isFormat ? 'format' : 'signature')
  }
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
