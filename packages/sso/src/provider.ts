import {
  type Clock,
  createRedactor,
  type Fetch,
  GrantsError,
  type HttpResponse,
  invalidArgument,
  parseBaseUrl,
  parseTokenResponse,
  readTiming,
  type Secret,
  sendRequest,
  systemClock,
} from '@particle-grants/core/protocol'

/** Particle's identity provider. It is for `https://api.particle.io` only. */
export const particleIssuer = 'https://id.particle.io/oauth2/default'

/**
 * Client ids that are known. `particleCli` is particle-cli's own: **whether Particle allows other programs to use it is
 * unknown.** Ask Particle for a client id of your own.
 */
export const ssoClients = { particleCli: '0oa19uiy26XIs3XW55d7' } as const

export const deviceCodeGrant = 'urn:ietf:params:oauth:grant-type:device_code'

/** The identity provider, and who asks it. */
export interface SsoOptions {
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
  /** Also sends the one request to Particle's API. @default globalThis.fetch, looked up at each call */
  readonly fetch?: typeof fetch | undefined
  /** How long one request may take, in milliseconds. @default 30_000 */
  readonly timeoutMs?: number | undefined
  readonly clock?: Clock | undefined
}

/** The options, checked and completed. */
export interface Provider {
  readonly issuer: string
  /** The endpoints are below it. */
  readonly baseUrl: string
  readonly clientId: string
  readonly audience: string
  readonly allowCustomIssuer: boolean
  readonly fetch: Fetch
  readonly timeoutMs: number
  readonly clock: Clock
}

/** @throws GrantsError `invalid_argument` or `insecure_base_url` */
export function resolveProvider(options: SsoOptions): Provider {
  const given: Partial<SsoOptions> = options ?? {}
  const { issuer = particleIssuer, allowCustomIssuer = false, timeoutMs = 30_000, clock = systemClock } = given
  for (const name of ['clientId', 'audience'] as const) {
    if (typeof given[name] !== 'string' || given[name] === '') {
      throw invalidArgument(name, 'must be a non-empty string: it has no default')
    }
  }
  if (typeof allowCustomIssuer !== 'boolean') throw invalidArgument('allowCustomIssuer', 'must be true or false')
  if (!(timeoutMs > 0)) throw invalidArgument('timeoutMs', 'must be a number of milliseconds above 0')
  const { clientId, audience } = given as SsoOptions
  const fetch = (given.fetch ?? globalThis.fetch) as unknown as Fetch
  const baseUrl = `${parseIssuer(issuer)}/v1`
  return { issuer, baseUrl, clientId, audience, allowCustomIssuer, fetch, timeoutMs, clock }
}

function parseIssuer(issuer: string): string {
  if (!URL.canParse(issuer)) throw invalidArgument('issuer', `must be an absolute URL, for example ${particleIssuer}`)
  try {
    return parseBaseUrl(issuer, false)
  } catch (error) {
    if (!GrantsError.isInstance(error) || error.code !== 'invalid_argument') throw error
    throw invalidArgument('issuer', error.details.problem)
  }
}

/** Sends a form to the provider. Rejects as `sendRequest` does: no redirect is followed, and time and size are limited. */
export function postForm(
  provider: Provider,
  path: string,
  { form, signal }: { readonly form: Readonly<Record<string, string>>; readonly signal: AbortSignal | undefined },
): Promise<HttpResponse> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
  return sendRequest(provider, path, { method: 'POST', headers, body: new URLSearchParams(form).toString(), signal })
}

/** Turns a response that the sign-in cannot use into the error that it means. */
export function toResponseError(
  { issuer, clock }: Provider,
  http: HttpResponse,
  secrets: readonly Secret[] = [],
): GrantsError {
  const response = parseTokenResponse(http, createRedactor(secrets))
  const { type, status } = response
  const error = type === 'error' ? response.error : undefined
  if (status === 429 || status >= 500) {
    const { retryAfterSeconds } = readTiming(http.headers)
    const retryAt = retryAfterSeconds === undefined ? undefined : clock.now() + retryAfterSeconds * 1000
    const message = `The identity provider ${issuer} is temporarily unavailable (status ${status}). Try again later.`
    return new GrantsError('temporarily_unavailable', message, { status, error, retryAt })
  }
  if (type === 'error') return createDenied(response)
  const reason = type === 'unexpected' ? response.reason : 'wrong_type'
  const message = `${issuer} did not respond as an identity provider does (RFC 8628): status ${status}, ${reason}. Check the issuer and any proxy.`
  return new GrantsError('unexpected_response', message, { baseUrl: issuer, status, reason })
}

function createDenied(response: { error: string; status: number; description: string | undefined }): GrantsError {
  const { error, status, description } = response
  const said = description === undefined ? '' : `: "${description.replace(/\.$/, '')}"`
  const message =
    error === 'access_denied'
      ? `The sign-in was refused at the identity provider${said}. Start again if that was a mistake.`
      : `The identity provider refused the request with ${error} (status ${status})${said}. Check the client id and the issuer.`
  return new GrantsError('sso_denied', message, { error, status, description })
}
