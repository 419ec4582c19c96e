import { type AnyGrantsError, type ErrorCode, type ErrorDetails, GrantsError } from '../src/errors.ts'
import { minute, now } from './states.ts'

const baseUrl = 'https://api.particle.io'

/** An example of every error's details. */
const examples: { readonly [C in ErrorCode]: ErrorDetails[C] } = {
  invalid_argument: { parameter: 'otp', problem: 'must be six digits' },
  insecure_base_url: { origin: 'http://api.example.com' },
  grant_not_allowed: { grantType: 'refresh_token', clientKind: 'developer' },
  subject_mismatch: { expected: 'account:dev@example.com', given: 'account:joe' },
  request_in_progress: { grantType: 'password' },
  no_challenge: {},
  invalid_code: { attemptsLeft: 2, expiresAt: now + 10 * minute },
  challenge_expired: { reason: 'age' },
  invalid_credentials: { status: 400, description: 'No.' },
  sso_required: { status: 403, description: 'Please use SSO' },
  sso_denied: { error: 'access_denied', status: 400, description: 'No.' },
  sso_expired: { expiredAt: now },
  sso_invalid_token: { reason: 'claim', claim: 'aud' },
  oauth_error: { grantType: 'client_credentials', error: 'invalid_client', status: 400, description: 'No.' },
  unknown_customer: { customer: 'jane@example.com', retryAt: undefined },
  customer_exists: { customer: 'jane@example.com' },
  rate_limited: { retryAt: now + minute },
  locked_out: { retryAt: now + 30 * minute },
  backing_off: { account: 'dev@example.com', rule: 'secret', retryAt: now + 30 * minute },
  temporarily_unavailable: { status: 503, error: 'server_error', retryAt: undefined },
  unexpected_response: { baseUrl, status: 200, reason: 'html' },
  network_error: {
    grantType: 'password',
    baseUrl,
    reason: 'network',
    systemCode: 'ECONNREFUSED',
    mayBeSpent: false,
  },
  wait_timeout: { waitedMs: 30_000 },
  not_signed_in: {},
  mfa_required: { attemptsLeft: 3, expiresAt: now + 10 * minute },
  not_renewable: { reason: 'developer_token', expiresAt: null },
  renewal_backoff: { retryAt: now + 1000, failures: 1, cause: 'network_error' },
  reauthentication_required: { reason: 'expired' },
  request_not_replayable: { method: 'POST', url: `${baseUrl}/v1/devices` },
  invalid_state: { problem: 'it is not JSON' },
  store_conflict: { key: 'session-1' },
  store_unavailable: { store: 'Redis', problem: 'the connection was closed' },
  store_damaged: { place: 'session.json', problem: 'it is not JSON', keptAt: undefined },
  lock_timeout: { key: 'session-1', waitedMs: 30_000 },
  revocation_failed: { status: 500 },
  scope_mismatch: { expected: 'customer:jane@example.com' },
  api_error: { call: 'GET /v1/devices', status: 403, error: 'forbidden', description: 'No.' },
  no_credentials: {
    places: [{ source: 'token', place: 'PARTICLE_ACCESS_TOKEN', problem: 'is not set' }],
    command: ['auth', 'login'],
  },
  unknown_profile: { profile: 'wrok', profiles: ['work'] },
  signed_in_elsewhere: { property: 'baseUrl', expected: baseUrl, given: 'http://127.0.0.1:1' },
}

/** Creates an error of this code, as a library call would throw it. */
export function createError<C extends ErrorCode>(code: C, options?: { readonly cause?: Error }) {
  return new GrantsError(code, 'Something happened. Do something.', examples[code], options)
}

/** One error of every code. */
export const everyError = (Object.keys(examples) as ErrorCode[]).map((code) =>
  createError(code),
) as readonly AnyGrantsError[]
