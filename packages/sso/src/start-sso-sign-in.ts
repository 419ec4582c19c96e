import {
  GrantsError,
  type HttpResponse,
  invalidArgument,
  parseJsonObject,
  Secret,
  toNetworkError,
} from '@particle-grants/core/protocol'
import {
  deviceCodeGrant,
  type Provider,
  postForm,
  resolveProvider,
  type SsoOptions,
  toResponseError,
} from './provider.ts'

/** A sign-in that waits for the person: what to show, and the secret that {@link finishSsoSignIn} polls with. */
export interface StartedSsoSignIn {
  /** The person compares it with the code on the page, or types it there. */
  readonly userCode: string
  /** The page where the person signs in. */
  readonly verificationUri: string
  /** The same page with the code in it, for a browser or a QR code. `undefined`: the provider has none. */
  readonly verificationUriComplete: string | undefined
  /** Milliseconds since 1970. */
  readonly expiresAt: number
  /** The shortest time between two polls, in milliseconds. The provider may make it longer. */
  readonly intervalMs: number
  readonly deviceCode: Secret
}

/** What one sign-in needs beyond what the application sees of it. */
export interface Attempt {
  readonly provider: Provider
  readonly deviceCode: Secret
  readonly expiresAt: number
  /** Grows with each `slow_down`. */
  intervalMs: number
  isPolling: boolean
  /** The provider accepts the device code no more. */
  isUsed: boolean
}

const attempts = new WeakMap<StartedSsoSignIn, Attempt>()

/** A longer lifetime is a mistake: a code that a person types is short. */
const maxLifetimeSeconds = 86_400

/**
 * Starts a sign-in through a company's SSO. Resolves with what to show to the person; then call `finishSsoSignIn`.
 *
 * Only for programs that the person has started. A web page must not offer it to its users: see RFC 8628, section 5.4.
 *
 * @throws GrantsError `invalid_argument`, `insecure_base_url`, `sso_denied`, `network_error`, `temporarily_unavailable`,
 *   `unexpected_response`. The signal's reason.
 */
export async function startSsoSignIn(
  options: SsoOptions & { readonly signal?: AbortSignal | undefined },
): Promise<StartedSsoSignIn> {
  const provider = resolveProvider(options)
  const { signal } = options
  // 1. Request a device code (https://www.rfc-editor.org/rfc/rfc8628#section-3.1).
  const form = { client_id: provider.clientId, scope: 'openid profile' }
  const http = await postForm(provider, '/device/authorize', { form, signal }).catch((thrown: unknown) => {
    signal?.throwIfAborted()
    throw toNetworkError(thrown, { baseUrl: provider.issuer, grantType: deviceCodeGrant, secrets: [] })
  })
  // 2. Read the codes, the page and the times (https://www.rfc-editor.org/rfc/rfc8628#section-3.2).
  const started = Object.freeze(readStarted(provider, http))
  const { deviceCode, expiresAt, intervalMs } = started
  attempts.set(started, { provider, deviceCode, expiresAt, intervalMs, isPolling: false, isUsed: false })
  return started
}

/** @throws GrantsError `invalid_argument` if it is a copy, or already in use */
export function getAttempt(started: StartedSsoSignIn): Attempt {
  const attempt = attempts.get(started)
  if (attempt === undefined) throw invalidArgument('started', 'must be the object that startSsoSignIn() resolved with')
  if (attempt.isPolling) throw invalidArgument('started', 'is in use: wait for the other finishSsoSignIn()')
  if (attempt.isUsed) throw invalidArgument('started', 'was used: call startSsoSignIn() again')
  return attempt
}

function readStarted(provider: Provider, http: HttpResponse): StartedSsoSignIn {
  const json = parseJsonObject(http.body)
  if (http.status !== 200 || typeof json === 'string') throw toResponseError(provider, http)
  const { device_code, user_code, verification_uri, verification_uri_complete, expires_in, interval = 5 } = json
  const verificationUri = readPageUrl(verification_uri, provider)
  const verificationUriComplete = readPageUrl(verification_uri_complete, provider)
  const isComplete =
    // What is printed to a terminal must not control it.
    [device_code, user_code].every((code) => typeof code === 'string' && /^[ -~]{1,4096}$/.test(code)) &&
    verificationUri !== undefined &&
    (verificationUriComplete !== undefined || (verification_uri_complete ?? undefined) === undefined) &&
    typeof expires_in === 'number' &&
    expires_in > 0 &&
    typeof interval === 'number' &&
    interval >= 0
  if (!isComplete) {
    const details = { baseUrl: provider.issuer, status: 200, reason: 'wrong_type' } as const
    const message = `The device authorization response of ${provider.issuer} lacks a field, or has one of another type. Check the issuer.`
    throw new GrantsError('unexpected_response', message, details)
  }
  return {
    userCode: user_code as string,
    verificationUri,
    verificationUriComplete,
    expiresAt: provider.clock.now() + Math.min(expires_in, maxLifetimeSeconds) * 1000,
    // An interval of 0 would poll without a pause.
    intervalMs: Math.max(interval, 1) * 1000,
    deviceCode: new Secret(device_code as string),
  }
}

/** Returns the page's address if it is encrypted, or on this machine as the issuer is. */
function readPageUrl(value: unknown, { issuer }: Provider): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined
  const { href, protocol, hostname } = new URL(value)
  const isLocal = protocol === 'http:' && new URL(issuer).protocol === 'http:' && hostname === new URL(issuer).hostname
  return protocol === 'https:' || isLocal ? href : undefined
}
