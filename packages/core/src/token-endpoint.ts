import type { OAuthClient, ProductClient } from './clients.ts'
import type { ServerClock } from './clock.ts'
import { GrantsError } from './errors.ts'
import type { TokenRequest } from './grants/catalogue.ts'
import type { ChallengeLimits, ResponseEvent } from './machine/event.ts'
import { customerRejected } from './machine/machine-errors.ts'
import { isRevocationConfirmed } from './protocol/bearer.ts'
import { type Fetch, type HttpResponse, readTiming, sendRequest } from './protocol/http.ts'
import { toNetworkError } from './protocol/network-error.ts'
import {
  type ClientAuthentication,
  encodeCustomerRequest,
  encodeTokenRequest,
  type NewCustomer,
} from './protocol/token-request.ts'
import {
  createRedactor,
  type ErrorResponse,
  isTokenEndpointError,
  parseTokenResponse,
  type TokenResponse,
} from './protocol/token-response.ts'
import { redactError } from './redact.ts'
import { maxBackoffMs } from './renewal.ts'
import type { Secret } from './secret.ts'

/** Where requests are sent to, and how. */
export interface TokenEndpoint {
  readonly baseUrl: string
  readonly client: OAuthClient
  readonly clientAuthentication: ClientAuthentication
  readonly fetch: Fetch
  readonly clock: ServerClock
  readonly timeoutMs: number
  readonly challengeLimits: ChallengeLimits
}

/** Sends a request to Particle and turns whatever comes back into an event. Never rejects. */
export async function sendTokenRequest(
  endpoint: TokenEndpoint,
  request: TokenRequest | NewCustomer,
  signal?: AbortSignal,
): Promise<ResponseEvent> {
  const { client, clientAuthentication, clock } = endpoint
  const isNewCustomer = 'product' in request
  const sentAt = clock.now()
  let secrets: readonly Secret[] = []
  try {
    const encoded = isNewCustomer
      ? encodeCustomerRequest(request, client as ProductClient)
      : encodeTokenRequest(request, client, clientAuthentication)
    const { method, path, headers, body } = encoded
    secrets = encoded.secrets
    const init = { method, headers: headers.reveal(), body: body.reveal(), signal }
    const http = await sendRequest(endpoint, path, init)
    const response = (isNewCustomer ? parseCustomerResponse : parseTokenResponse)(http, createRedactor(secrets))
    const { date, retryAfterSeconds } = readTiming(http.headers)
    const elapsedMs = Math.max(0, clock.now() - sentAt)
    // Only the token endpoint's own `Date` corrects the clock: a proxy's may be wrong, or cached.
    const isOwn = response.type === 'error' ? isTokenEndpointError(response.error) : response.type !== 'unexpected'
    if (isOwn) clock.adjust(date, elapsedMs)
    return toEvent(endpoint, response, { requestedAt: clock.now() - elapsedMs, retryAfterSeconds })
  } catch (thrown) {
    // A request that cannot be encoded says what is wrong with it.
    if (GrantsError.isInstance(thrown)) return fail(endpoint, thrown)
    const grantType = isNewCustomer ? 'client_credentials' : request.grant_type
    return fail(endpoint, toNetworkError(thrown, { baseUrl: endpoint.baseUrl, grantType, secrets }))
  }
}

/** Revokes an access token. Returns why it may still be valid, or `undefined`. Never rejects. */
export async function revokeToken(
  endpoint: Pick<TokenEndpoint, 'baseUrl' | 'fetch' | 'timeoutMs'>,
  accessToken: Secret,
  signal?: AbortSignal,
): Promise<GrantsError | undefined> {
  const headers = { authorization: `Bearer ${accessToken.reveal()}`, accept: 'application/json' }
  let status: number | undefined
  let cause: Error | undefined
  try {
    const http = await sendRequest(endpoint, '/v1/access_tokens/current', { method: 'DELETE', headers, signal })
    if (isRevocationConfirmed(http)) return undefined
    status = http.status
  } catch (thrown) {
    cause = redactError(thrown, [accessToken])
  }
  const message = 'Particle did not confirm that the access token was revoked. It remains valid until it expires.'
  return new GrantsError('revocation_failed', message, { status }, cause && { cause })
}

function fail({ clock }: TokenEndpoint, error: GrantsError): ResponseEvent {
  return { type: 'failed', at: clock.now(), error }
}

function toEvent(
  endpoint: TokenEndpoint,
  response: TokenResponse,
  { requestedAt, retryAfterSeconds }: { requestedAt: number; retryAfterSeconds: number | undefined },
): ResponseEvent {
  const { baseUrl, clock, challengeLimits: limits } = endpoint
  const { type, status } = response
  const at = clock.now()
  if (type === 'success') return { type: 'granted', at, requestedAt, response }
  const retryAt = retryAfterSeconds === undefined ? undefined : at + Math.min(retryAfterSeconds * 1000, maxBackoffMs)
  const error = type === 'error' ? response.error : undefined
  // A challenge cannot be answered while the server accepts no requests.
  if (error === 'rate_limit_exceeded' || (status === 429 && type !== 'unexpected')) {
    const message =
      'Particle accepts no more token requests from your IP address for now (status 429). Wait before the next attempt.'
    return fail(endpoint, new GrantsError('rate_limited', message, { retryAt }))
  }
  if (type === 'mfa_required' && status < 500) {
    return { type: 'challenged', at, status, mfaToken: response.mfaToken, limits }
  }
  if (type === 'error' && !isTransient(response)) return { type: 'refused', at, response }
  if (type === 'error' || [429, 502, 503, 504].includes(status)) {
    const message = `Particle's token endpoint is temporarily unavailable (status ${status}). Try again later.`
    // A gateway's or a firewall's own page has no Retry-After to believe.
    const details = { status, error, retryAt: type === 'error' ? retryAt : undefined }
    return fail(endpoint, new GrantsError('temporarily_unavailable', message, details))
  }
  const reason = type === 'unexpected' ? response.reason : 'wrong_status'
  const message = `${baseUrl} did not respond as Particle's token endpoint does: status ${status}, ${reason}. Check the base URL and any proxy.`
  return fail(endpoint, new GrantsError('unexpected_response', message, { baseUrl, status, reason }))
}

/** A server that fails has not judged the request, whatever error code it returns. */
function isTransient({ status, error }: ErrorResponse): boolean {
  return status >= 500 || status === 408 || error === 'server_error'
}

/** Particle's response to an existing customer is not known: any 4xx is a refusal, with or without an error code. */
function parseCustomerResponse(http: HttpResponse, redactText: (text: string) => string): TokenResponse {
  const response = parseTokenResponse(http.status === 201 ? { ...http, status: 200 } : http, redactText)
  const { type, status } = response
  if (status < 400 || status >= 500 || status === 429 || type === 'mfa_required') return response
  if (type === 'error' && isTokenEndpointError(response.error)) return response
  const description = type === 'error' ? (response.description ?? response.error) : undefined
  return { ...response, type: 'error', error: customerRejected, description }
}
