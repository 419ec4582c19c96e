import {
  GrantsError,
  type HttpResponse,
  invalidArgument,
  parseJsonObject,
  Secret,
} from '@particle-grants/core/protocol'
import { type Provider, request, resolveProvider, type SsoOptions, toResponseError } from './provider.ts'

/** A sign-in that waits for the person: what to show, and the secret that `finishSsoSignIn` polls with. */
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
export interface Attempt extends Pick<StartedSsoSignIn, 'deviceCode' | 'expiresAt'> {
  readonly provider: Provider
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
  // 1. Request a device code (https://www.rfc-editor.org/rfc/rfc8628#section-3.1).
  const form = { client_id: provider.clientId, scope: 'openid profile' }
  const http = await request(provider, '/device/authorize', { form, signal: options.signal })
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
  const { issuer, clock } = provider
  const check = <T>(field: string, value: unknown, isValid: (value: unknown) => value is T): T => {
    if (isValid(value)) return value
    const message = `The field ${field} in the response of ${issuer} is missing or wrong. Check the issuer.`
    throw new GrantsError('unexpected_response', message, { baseUrl: issuer, status: 200, reason: 'wrong_type' })
  }
  const isPage = (value: unknown) => isPageUrl(value, issuer)
  const { verification_uri_complete: complete = null, interval = 5 } = json
  const expiresIn = check('expires_in', json.expires_in, isDuration)
  return {
    userCode: check('user_code', json.user_code, isPrintable),
    verificationUri: new URL(check('verification_uri', json.verification_uri, isPage)).href,
    verificationUriComplete:
      complete === null ? undefined : new URL(check('verification_uri_complete', complete, isPage)).href,
    expiresAt: clock.now() + Math.min(expiresIn, maxLifetimeSeconds) * 1000,
    // An interval of 0 would poll without a pause.
    intervalMs: Math.max(check('interval', interval, isDuration), 1) * 1000,
    deviceCode: new Secret(check('device_code', json.device_code, isPrintable)),
  }
}

/** What is printed to a terminal must not control it. */
function isPrintable(value: unknown): value is string {
  return typeof value === 'string' && /^[ -~]{1,4096}$/.test(value)
}

function isDuration(value: unknown): value is number {
  return typeof value === 'number' && value >= 0
}

/** Whether it is encrypted, or on this machine as the issuer is. */
function isPageUrl(value: unknown, issuer: string): value is string {
  if (typeof value !== 'string' || !URL.canParse(value)) return false
  const [page, own] = [new URL(value), new URL(issuer)]
  return page.protocol === 'https:' || (page.protocol === own.protocol && page.hostname === own.hostname)
}
