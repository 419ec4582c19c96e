import {
  type GrantsError,
  type HttpResponse,
  isHeaderSafe,
  parseJsonObject,
  Secret,
  sendRequest,
  sleep,
  toNetworkError,
} from '@particle-grants/core/protocol'
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import { createInvalidToken } from './invalid-token.ts'
import { deviceCodeGrant, type Provider, toResponseError } from './provider.ts'

/** Clocks of two machines may differ by as much, as in core. */
const clockToleranceSeconds = 300

/** After a failure: the sign-in would be lost, because the device code has been used. */
const maxKeyRequests = 3
const keyRetryMs = 2000

/** What remains of a verified token. */
export interface VerifiedToken {
  readonly username: string
  /** Particle's own token. */
  readonly accessToken: Secret
}

/**
 * Verifies the identity provider's token with the keys that it has now, so that a rotation needs no waiting.
 *
 * @throws GrantsError `sso_invalid_token`, `unexpected_response`, `network_error`, `temporarily_unavailable`. The signal's reason.
 */
export async function verifyToken(
  provider: Provider,
  jwt: Secret,
  signal: AbortSignal | undefined,
): Promise<VerifiedToken> {
  const keys = await requestKeys(provider, { signal, requestsLeft: maxKeyRequests })
  const { cid, sub, particle_profile } = await verifyClaims(provider, jwt, keys)
  if (cid !== provider.clientId) throw createInvalidToken('claim', 'cid')
  if (!isHeaderSafe(sub)) throw createInvalidToken('claim', 'sub')
  if (!isHeaderSafe(particle_profile)) throw createInvalidToken('claim', 'particle_profile')
  return { username: sub, accessToken: new Secret(particle_profile) }
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
    throw toInvalidToken(error)
  }
}

/** The error of jose is not the cause: it has all claims, and the token is one of them. */
function toInvalidToken(error: unknown): GrantsError {
  if (error instanceof errors.JWTExpired) return createInvalidToken('expired', 'exp')
  if (error instanceof errors.JWTClaimValidationFailed) {
    return createInvalidToken('claim', error.claim, error.claim === 'aud' ? error.payload.aud : undefined)
  }
  const isFormat =
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWTInvalid
  return createInvalidToken(isFormat ? 'format' : 'signature', undefined)
}

async function requestKeys(
  provider: Provider,
  { signal, requestsLeft }: { readonly signal: AbortSignal | undefined; readonly requestsLeft: number },
): Promise<JSONWebKeySet> {
  try {
    const init = { method: 'GET', headers: { accept: 'application/json' }, signal }
    const http = await sendRequest(provider, '/keys', init).catch((thrown: unknown) => {
      throw toNetworkError(thrown, { baseUrl: provider.issuer, grantType: deviceCodeGrant, secrets: [] })
    })
    return readKeys(provider, http)
  } catch (error) {
    signal?.throwIfAborted()
    const isLast = requestsLeft <= 1 || (error as GrantsError).code === 'unexpected_response'
    if (isLast) throw error
    await sleep(provider.clock, keyRetryMs, signal)
    return requestKeys(provider, { signal, requestsLeft: requestsLeft - 1 })
  }
}

function readKeys(provider: Provider, http: HttpResponse): JSONWebKeySet {
  const json = parseJsonObject(http.body)
  const isKeySet = http.status === 200 && typeof json !== 'string' && Array.isArray(json.keys)
  if (!isKeySet) throw toResponseError(provider, http)
  return { keys: json.keys.filter((key: unknown) => typeof key === 'object' && key !== null) }
}
