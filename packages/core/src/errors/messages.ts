import type { GrantType } from '../grants/catalogue.ts'
import { isTokenEndpointErrorCode } from '../protocol/token-endpoint-errors.ts'
import type { ErrorCode, ErrorDetails } from './details.ts'
import { remedies, unknownErrorRemedy } from './remedies.ts'

interface Message<D> {
  /** What happened, as a sentence. */
  readonly what: (details: D) => string
  /** What to do about it. */
  readonly remedy: (details: D) => string
}

const tries = (count: number): string => (count === 1 ? 'One try is left' : `${count} tries are left`)
/** Some times have no date in JavaScript: what says so must not throw instead. */
const time = (ms: number): string =>
  Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z') : 'the end of time'
/** Particle's own words, which end with a full stop or without. */
const quoted = (description: string | undefined): string =>
  description ? `: "${description.replace(/\.$/, '')}".` : '.'
const wait = (retryAfter: number | undefined): string =>
  retryAfter === undefined ? remedies.rate_limit_exceeded : `Wait ${retryAfter} s before the next attempt.`

/** What failed may have been wrong, or never judged. */
const checkBoth = 'Check the credentials, or the network where no answers came'
/** A recovery code is good once, and what failed on the way back may have used it up. */
const codeInDoubt = (grant_type: GrantType): string =>
  grant_type === 'urn:custom:recovery-code'
    ? ' The recovery code may be spent all the same: if it is refused next time, take another.'
    : ''

const notRenewable = {
  developer_token: "A developer's token can't be renewed, whatever refresh_token came with it.",
  user_token: "This token of a user client can't be renewed: whether the service refreshes it is not known.",
  adopted_token: 'An adopted token came from elsewhere and is never renewed.',
  never_expires: 'This token never expires: there is nothing to renew.',
  no_refresh_token: 'No refresh token came with this token, or it is spent.',
  renewal_stopped: 'Renewing was refused before. Correct what was refused, then call renew().',
} as const

const reauthentication = {
  expired: 'The token has expired, and it was of a kind that nobody can renew.',
  rejected: 'The API refused the token: it was revoked, or replaced.',
  renewal_refused: 'The token could not be renewed: its refresh token was refused.',
  refresh_answer_lost:
    'The token could not be renewed: the answer to a refresh was lost on the way, and with it the next refresh token.',
} as const

const unexpected = {
  redirect: 'a redirect, which is never followed',
  too_large: 'more than 1 MiB',
  empty: 'an empty body',
  not_utf8: 'a body that is not UTF-8',
  html: 'an HTML page',
  jsonp: 'JSONP',
  not_json: 'a body that is not JSON',
  not_an_object: 'JSON, but no object',
  no_error_code: 'JSON without an error code',
  wrong_status: 'a body that contradicts its status',
  wrong_type: 'a field of the wrong type',
} as const

/** What every error says. The one place where these sentences stand. */
export const messages: { readonly [C in ErrorCode]: Message<ErrorDetails[C]> } = {
  invalid_argument: {
    what: ({ parameter, problem }) => `${parameter} ${problem}.`,
    remedy: ({ parameter }) => `Nothing was sent; correct ${parameter} and call again.`,
  },
  insecure_base_url: {
    what: ({ origin }) => `${origin} is not https, and not this machine: credentials would go in the clear.`,
    remedy: () =>
      'Use https, a loopback address for the sandbox, or for a test network [allowInsecureRequests].',
  },
  grant_not_allowed: {
    what: ({ grant_type, clientKind }) => `A ${clientKind} client can't use grant_type=${grant_type}.`,
    remedy: ({ grant_type }) =>
      grant_type === 'refresh_token'
        ? 'Only product tokens can be refreshed. Nothing was sent; use the token until it ends, then sign in again.'
        : 'Nothing was sent; use a product client, or a user client for your own account.',
  },
  subject_mismatch: {
    what: ({ expected, given }) => `This session belongs to ${expected}, not to ${given}.`,
    remedy: ({ given }) => `Nothing was sent; create another session, with the subject ${given}.`,
  },
  step_under_way: {
    what: ({ grant_type }) => `A ${grant_type} request of this session still waits for its answer.`,
    remedy: () => 'Wait for it, then try again.',
  },
  no_challenge: {
    what: () => 'There is no MFA challenge that this code could answer.',
    remedy: () => 'Sign in with username and password first.',
  },
  code_refused: {
    what: () => 'The code was refused.',
    remedy: ({ triesLeft, endsAt }) =>
      `${tries(triesLeft)}, until ${time(endsAt)}: wait for the authenticator's next code and send that one.`,
  },
  challenge_over: {
    what: ({ reason }) =>
      reason === 'tries' ? 'Too many codes were refused.' : 'The MFA challenge is too old to be answered.',
    remedy: () => 'Start over with username and password.',
  },
  sso_user: {
    what: ({ description }) =>
      `Particle says that this account signs in through its company's SSO${quoted(description)}`,
    remedy: () => remedies.sso_user,
  },
  grant_refused: {
    what: ({ grant_type, error, status, description }) =>
      `Particle refused grant_type=${grant_type} with ${error} (${status})${quoted(description)}`,
    remedy: ({ error }) => (isTokenEndpointErrorCode(error) ? remedies[error] : unknownErrorRemedy),
  },
  rate_limited: {
    what: () => 'Particle answers no more token requests from this address for now (429).',
    remedy: ({ retryAfter }) => wait(retryAfter),
  },
  failure_budget_spent: {
    what: ({ failures }) =>
      `${failures} token requests have failed or may have failed since the last success; ten in a row lock the address out.`,
    remedy: ({ until }) =>
      until === undefined
        ? `Nothing was sent. ${checkBoth}; sign in once by other means, then call resetFailureBudget().`
        : `Nothing was sent. ${checkBoth}; the next attempt is allowed at ${time(until)}.`,
  },
  refused_before: {
    what: ({ clientId, scope }) =>
      `The same request of the client ${clientId}${scope === undefined ? '' : ` (${scope})`} was refused before; by itself nobody repeats it.`,
    remedy: () =>
      'Nothing was sent; correct the secret or the customer, or call authorize() or renew() once that may succeed.',
  },
  temporarily_unavailable: {
    what: ({ error, status }) => `Particle could not serve the token request: ${error} (${status}).`,
    remedy: ({ grant_type, retryAfter }) =>
      (retryAfter === undefined ? remedies.server_error : wait(retryAfter)) + codeInDoubt(grant_type),
  },
  unexpected_answer: {
    what: ({ baseUrl, status, reason }) =>
      `What answers at ${baseUrl} is not Particle's token endpoint: status ${status} and ${unexpected[reason]}.`,
    remedy: ({ grant_type }) =>
      `Check the base URL and any proxy on the way. Tokens in hand were kept.${codeInDoubt(grant_type)}`,
  },
  no_answer: {
    what: ({ grant_type, baseUrl, reason, systemCode }) =>
      `No answer from ${baseUrl} to the ${grant_type} request${reason === 'timeout' ? ' in time' : ''}${
        systemCode === undefined ? '' : ` (${systemCode})`
      }.`,
    remedy: ({ spent }) =>
      spent
        ? 'Check base URL and network. What was sent is good once and may be spent: do not send it again.'
        : 'Check base URL and network, then try again.',
  },
  aborted: {
    what: () => 'The call was aborted before anything was sent.',
    remedy: () => 'Call again when it is wanted after all.',
  },
  scope_mismatch: {
    what: ({ expected }) => `The answer's scope is not for ${expected}; its tokens were dropped.`,
    remedy: () => 'Check the name of the customer and the product of the client.',
  },
  not_signed_in: {
    what: () => 'This session is not signed in.',
    remedy: () => 'Sign in first.',
  },
  mfa_required: {
    what: () => 'The sign-in waits for its second factor.',
    remedy: ({ triesLeft, endsAt }) =>
      `Call submitOtp() with the six digits that the authenticator shows. ${tries(triesLeft)}, until ${time(endsAt)}.`,
  },
  renewal_postponed: {
    what: ({ failures, because }) =>
      `The token has run out, and renewing it failed ${failures === 1 ? 'once' : `${failures} times in a row`}, at last with ${because}.`,
    remedy: ({ retryAt }) => `Call again at ${time(retryAt)} or later; then it is tried again.`,
  },
  wait_timeout: {
    what: ({ waited }) => `No token within ${Math.round(waited / 1000)} s.`,
    remedy: () => 'The renewal goes on; call again, or allow more time.',
  },
  request_not_replayable: {
    what: ({ method, url }) =>
      `${method} ${url} was refused for its token and can't be sent again: its body was a stream.`,
    remedy: () => 'The call did not go through. Send it again with a fresh stream; the token is renewed.',
  },
  not_renewable: {
    what: ({ reason }) => notRenewable[reason],
    remedy: ({ expiresAt }) =>
      expiresAt === null ? 'Go on using it.' : `Its end is ${time(expiresAt)}: sign in again by then.`,
  },
  reauthentication_required: {
    what: ({ reason }) => reauthentication[reason],
    remedy: () => 'Sign in again.',
  },
  invalid_state: {
    what: ({ problem }) => `The serialised state can't be used: ${problem}.`,
    remedy: () => 'Sign in again, or pass the state that serializeState gave for this session.',
  },
  unsettled_state: {
    what: ({ status }) => `A session that is ${status} can't be serialised.`,
    remedy: () => 'Wait until the request under way is answered.',
  },
  store_conflict: {
    what: () => 'Another process saved or removed this record in the meantime.',
    remedy: () => 'Load it again and go on from there.',
  },
  store_failed: {
    what: ({ operation }) => `The store failed (${operation}).`,
    remedy: () => 'See the cause. What this session holds in memory is unchanged.',
  },
  store_unavailable: {
    what: ({ store, problem }) => `The ${store} store can't be used: ${problem}.`,
    remedy: ({ advice }) => advice,
  },
  store_damaged: {
    what: ({ place, problem }) => `The record at ${place} can't be read: ${problem}.`,
    remedy: ({ keptAt }) =>
      `Sign in again${keptAt === undefined ? '' : `; what was there is kept at ${keptAt} until you log out`}.`,
  },
  lock_timeout: {
    what: ({ waited }) => `Another process has held this session's lock for ${Math.round(waited / 1000)} s.`,
    remedy: () => 'Try again; if it lasts, look for a process of yours that hangs.',
  },
  revocation_failed: {
    what: ({ status }) =>
      `The access token could not be revoked: no ${status === undefined ? 'answer' : `confirmation (${status})`}.`,
    remedy: () => 'It was forgotten here and stays valid at Particle until it expires.',
  },
  invalid_transition: {
    what: ({ status, event }) => `A session that is ${status} can't take ${event}.`,
    remedy: () => 'This is a bug in what drives the machine: answers belong to requests under way.',
  },
}
