import type { LibraryErrorReferences } from './library-error.ts'

const soon = Date.UTC(2026, 10, 23, 12, 10)
const kept = 'The session is as before: tokens in hand were kept.'

/** What the token endpoint's answer, or the lack of one, came to. */
export const answered: LibraryErrorReferences<
  | 'code_refused'
  | 'challenge_over'
  | 'sso_user'
  | 'grant_refused'
  | 'rate_limited'
  | 'temporarily_unavailable'
  | 'unexpected_answer'
  | 'no_answer'
  | 'scope_mismatch'
> = {
  code_refused: {
    title: 'A wrong code',
    when: 'The code of the second step was refused, and tries are left.',
    afterwards: 'The challenge stays open, with the same `mfa_token`.',
    examples: [
      { triesLeft: 2, endsAt: soon },
      { triesLeft: 1, endsAt: soon },
    ],
    wire: ['invalid_token', 'invalid_grant'],
  },
  challenge_over: {
    title: 'No more tries',
    when: 'Three codes were refused, or ten minutes have passed. Both limits can be set.',
    afterwards: 'The challenge is closed. Tokens from before it were kept.',
    examples: [{ reason: 'tries' }, { reason: 'age' }],
    wire: ['invalid_token', 'invalid_grant'],
  },
  sso_user: {
    title: 'An account with SSO',
    when: "Particle answered `sso_user`: username and password can't serve this account.",
    afterwards: 'The session is signed out, unless it held tokens from before.',
    examples: [{ status: 403, description: undefined }],
    wire: ['sso_user'],
  },
  grant_refused: {
    title: 'A refusal',
    when: 'The token endpoint refused, with a code of its own in `details.error`.',
    afterwards: kept,
    examples: [
      {
        grant_type: 'password',
        error: 'invalid_grant',
        status: 400,
        description: 'User credentials are invalid',
      },
      { grant_type: 'client_credentials', error: 'invalid_scope', status: 400, description: undefined },
    ],
    wire: [
      'mfa_required',
      'invalid_grant',
      'invalid_client',
      'invalid_request',
      'invalid_scope',
      'invalid_token',
      'expired_token',
    ],
  },
  rate_limited: {
    title: 'Too many requests',
    when: 'The answer has status 429.',
    afterwards: kept,
    examples: [
      { grant_type: 'password', retryAfter: undefined },
      { grant_type: 'password', retryAfter: 120 },
    ],
    wire: ['rate_limit_exceeded'],
  },
  temporarily_unavailable: {
    title: 'A failing server',
    when: 'The token endpoint answered with an error of its own making. Whether it acted on what was sent is not known.',
    afterwards: kept,
    examples: [{ grant_type: 'password', error: 'server_error', status: 503, retryAfter: undefined }],
    wire: ['server_error'],
  },
  unexpected_answer: {
    title: 'Not an answer of the token endpoint',
    when: 'A proxy, a wrong base URL or a failing server answered in another form.',
    afterwards: kept,
    examples: [
      { grant_type: 'password', baseUrl: 'https://api.particle.io', status: 502, reason: 'html' },
      { grant_type: 'password', baseUrl: 'https://api.particle.io', status: 302, reason: 'redirect' },
    ],
    wire: [],
  },
  no_answer: {
    title: 'No answer',
    when: 'The request timed out, or the connection failed. Whether the server acted on it is not known.',
    afterwards: `${kept} What is good once may be spent.`,
    examples: [
      {
        grant_type: 'password',
        baseUrl: 'http://127.0.0.1:8765',
        reason: 'network',
        systemCode: 'ECONNREFUSED',
        spent: false,
      },
      {
        grant_type: 'urn:custom:mfa-otp',
        baseUrl: 'https://api.particle.io',
        reason: 'timeout',
        systemCode: undefined,
        spent: true,
      },
    ],
    wire: [],
  },
  scope_mismatch: {
    title: "Somebody else's token",
    when: "The answer's scope names another customer than the session is for.",
    afterwards: 'The new tokens were dropped. Tokens from before were kept.',
    examples: [{ expected: 'customer:jane@example.com' }],
    wire: [],
  },
}
