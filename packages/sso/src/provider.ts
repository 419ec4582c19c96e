import type { ConnectionOptions } from '@particle-grants/core'
import {
  createRedactor,
  type Fetch,
  GrantsError,
  type HttpResponse,
  invalidArgument,
  parseBaseUrl,
  parseTokenResponse,
  readTiming,
  Secret,
  sendRequest,
  systemClock,
  toNetworkError,
} from '@particle-grants/core/protocol'

/** Particle's identity provider. It is for `https://api.particle.io` only. */
export const particleIssuer = 'https://id.particle.io/oauth2/default'

/**
 * Client ids that are known. `particleCli` is particle-cli's own: **whether Particle allows other programs to use it is
 * unknown.** Ask Particle for a client id of your own.
 */
export const ssoClients = { particleCli: '0oa19uiy26XIs3XW55d7' } as const

export const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/** The identity provider, and how requests are sent: also the one request to Particle's API. */
export interface SsoOptions extends Pick<ConnectionOptions, 'fetch' | 'timeoutMs' | 'clock'> {
  /** The client id at the identity provider. There is no default: see {@link ssoClients}. */
  readonly clientId: string
  /** The `aud` that the identity provider's token must have. There is no default. */
  readonly audience: string
  /** The `iss` that the token must have. The endpoints are below it. @default Particle's, `https://id.particle.io/oauth2/default` */
  readonly issuer?: string | undefined
  /**
   * Whether a token of another issuer may sign a session for `https://api.particle.io` in. Set it in code, never from the
   * environment: whoever can change that could sign the person in to another account. @default false
   */
  readonly allowCustomIssuer?: boolean | undefined
}

/** The options, checked and completed. The endpoints are below `baseUrl`. */
export type Provider = ReturnType<typeof resolveProvider>

/** @throws GrantsError `invalid_argument` or `insecure_base_url` */
export function resolveProvider(options: SsoOptions) {
  const given: Partial<SsoOptions> = options ?? {}
  const { issuer = particleIssuer, allowCustomIssuer = false, timeoutMs = 30_000, clock = systemClock } = given
  const { clientId = '', audience = '' } = given
  for (const [name, value] of Object.entries({ clientId, audience })) {
    if (typeof value !== 'string' || value === '')
      throw invalidArgument(name, 'must be a non-empty string: it has no default')
  }
  if (typeof allowCustomIssuer !== 'boolean') throw invalidArgument('allowCustomIssuer', 'must be true or false')
  if (!(timeoutMs > 0)) throw invalidArgument('timeoutMs', 'must be a number of milliseconds above 0')
  const fetch = (given.fetch ?? globalThis.fetch) as unknown as Fetch
  const baseUrl = `${parseBaseUrl(issuer, false, 'issuer')}/v1`
  return { issuer, baseUrl, clientId, audience, allowCustomIssuer, fetch, timeoutMs, clock } as const
}

/**
 * Sends a form to the provider, or a GET without one. No redirect is followed, and time and size are limited.
 *
 * @throws GrantsError `network_error` or `temporarily_unavailable`, see {@link isTransient}. The signal's reason.
 */
export async function request(
  provider: Provider,
  path: string,
  init: { form?: Record<string, string>; headers?: Record<string, string>; signal: AbortSignal | undefined },
): Promise<HttpResponse> {
  const { form, signal } = init
  const { issuer, clock } = provider
  const body = form && new URLSearchParams(form).toString()
  const type = form && { 'content-type': 'application/x-www-form-urlencoded' }
  const headers = { accept: 'application/json', ...init.headers, ...type }
  const sent = { method: form ? 'POST' : 'GET', headers, ...(body !== undefined && { body }), signal }
  const http = await sendRequest(provider, path, sent).catch((thrown: unknown) => {
    signal?.throwIfAborted()
    // A custom `fetch` may repeat the device code in its error.
    const secrets = Object.values(form ?? {}).map((value) => new Secret(value))
    throw toNetworkError(thrown, { baseUrl: issuer, grantType: deviceCodeGrant, secrets })
  })
  const { status } = http
  if (status !== 429 && status < 500) return http
  const { retryAfterSeconds } = readTiming(http.headers)
  const retryAt = retryAfterSeconds === undefined ? undefined : clock.now() + retryAfterSeconds * 1000
  const message = `The identity provider ${issuer} is temporarily unavailable (status ${status}). Try again later.`
  throw new GrantsError('temporarily_unavailable', message, { status, error: undefined, retryAt })
}

/** Whether {@link request} may succeed if it is repeated. */
export function isTransient(error: unknown): error is GrantsError {
  return GrantsError.isInstance(error) && /^(network_error|temporarily_unavailable)$/.test(error.code)
}

/** Turns a response that ends the sign-in into the error that it means. */
export function toResponseError(
  { issuer }: Provider,
  http: HttpResponse,
  secrets: readonly Secret[] = [],
): GrantsError {
  const response = parseTokenResponse(http, createRedactor(secrets))
  const { type, status } = response
  if (type !== 'error') {
    const reason = type === 'unexpected' ? response.reason : 'wrong_type'
    const message = `${issuer} did not respond as an identity provider does (RFC 8628): status ${status}, ${reason}. Check the issuer and any proxy.`
    return new GrantsError('unexpected_response', message, { baseUrl: issuer, status, reason })
  }
  const { error, description } = response
  const said = description === undefined ? '' : `: "${description.replace(/\.$/, '')}"`
  const who = error === 'access_denied' ? 'The person refused the sign-in' : 'The identity provider refused the request'
  const message = `${who} with ${error} (status ${status})${said}. Start again, or check the client id and the issuer.`
  return new GrantsError('sso_denied', message, { error, status, description })
}
