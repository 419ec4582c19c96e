import type { ClientKind } from '../clients.ts'
import { formatTime, GrantsError, type NotRenewableReason, type ReauthenticationReason } from '../errors.ts'
import type { GrantType } from '../grants/catalogue.ts'
import type { ErrorResponse } from '../protocol/token-response.ts'
import { getRenewal } from '../renewal.ts'
import { formatSubject, type TokenSubject } from '../subject.ts'
import type { EventType } from './event.ts'
import {
  type Challenge,
  canRequestClientToken,
  getClientTokenSubject,
  type Identity,
  type MachineState,
  type MachineTokens,
  type RenewalBackoff,
} from './state.ts'

export function requestInProgress(grantType: GrantType): GrantsError {
  const message = `A ${grantType} request of this session is in progress. Wait for it, then try again.`
  return new GrantsError('request_in_progress', message, { grantType })
}

export function unexpectedEvent(type: EventType): GrantsError {
  const problem = `no request is in progress for the event ${type}`
  return new GrantsError('invalid_state', `The session cannot process this event: ${problem}.`, { problem })
}

export function invalidCode({ attemptsLeft, expiresAt }: Challenge): GrantsError {
  const message = `Particle rejected the code. Submit another one; ${formatAttempts(attemptsLeft)}.`
  return new GrantsError('invalid_code', message, { attemptsLeft, expiresAt })
}

export function challengeExpired({ attemptsLeft }: Challenge): GrantsError {
  const reason = attemptsLeft > 0 ? 'age' : 'attempts'
  const what = reason === 'age' ? 'The MFA challenge has expired' : 'Too many codes were wrong'
  return new GrantsError('challenge_expired', `${what}. Sign in with username and password again.`, { reason })
}

function formatAttempts(count: number): string {
  return count === 1 ? '1 attempt is left' : `${count} attempts are left`
}

/** Why a state has no valid token, and what would give one. */
export function noToken(state: MachineState): GrantsError {
  const { identity, status } = state
  if (status === 'mfa_required') {
    const { attemptsLeft, expiresAt } = state.challenge
    const message = `The sign-in waits for a code. Call submitOtp() before ${formatTime(expiresAt)}; ${formatAttempts(attemptsLeft)}.`
    return new GrantsError(status, message, { attemptsLeft, expiresAt })
  }
  if (status === 'reauthentication_required') return reauthenticationRequired(state.reason)
  if (status === 'signed_in') {
    const renewal = getRenewal(identity, state.subject, state.tokens)
    if (renewal.grantType === undefined) return notRenewable(state, renewal.reason)
    if (state.backoff !== undefined) return renewalBackoff(state.backoff)
  }
  const canRequestToken = canRequestClientToken(identity, getClientTokenSubject(state))
  const requestToken = canRequestToken ? 'requestClientToken() or ' : ''
  return new GrantsError('not_signed_in', `You are not signed in. Call ${requestToken}login() first.`, {})
}

export function reauthenticationRequired(reason: ReauthenticationReason): GrantsError {
  const message = `The access token ${reauthenticationReasons[reason]}. Sign in again, or use another token.`
  return new GrantsError('reauthentication_required', message, { reason })
}

const reauthenticationReasons = {
  expired: 'expired and cannot be renewed',
  rejected: 'was rejected by the API',
  refresh_rejected: 'expired, and Particle rejected its refresh token',
  refresh_response_lost: 'expired, and the response to its refresh was lost',
} as const

/** What has a token that cannot be renewed. */
interface HasTokens {
  readonly tokens: Pick<MachineTokens, 'expiresAt'>
}

/** @param at - milliseconds since 1970, where the token may have expired */
export function notRenewable(state: HasTokens, reason: NotRenewableReason, at = 0): GrantsError {
  return tokenNotRenewable(state, { reason, token: notRenewableTokens[reason] }, at)
}

/** The same for one reason: with the texts of all others, a session of a given token would be larger than its limit. */
export function tokenNotRenewable(
  { tokens: { expiresAt } }: HasTokens,
  { reason, token }: { readonly reason: NotRenewableReason; readonly token: string },
  at = 0,
): GrantsError {
  let advice = 'It never expires.'
  if (expiresAt !== null) advice = `Sign in again before it expires at ${formatTime(expiresAt)}.`
  if (expiresAt !== null && expiresAt <= at) advice = 'It has expired: sign in again.'
  const message = `${token} cannot be renewed. ${advice}`
  return new GrantsError('not_renewable', message, { reason, expiresAt })
}

export const externalToken = 'A token from elsewhere'

const notRenewableTokens = {
  developer_token: "A developer client's token",
  account_token: 'This token of a user client',
  external_token: externalToken,
  no_refresh_token: 'A token without a refresh token',
} as const

export function clientTokenNotAllowed(clientKind: ClientKind): GrantsError {
  const grantType = 'client_credentials'
  const message = `This session does not use ${grantType}: it has a signInId, or clientToken: false. Call login() instead.`
  return new GrantsError('grant_not_allowed', message, { grantType, clientKind })
}

export function renewalBackoff({ failures, retryAt, cause }: RenewalBackoff): GrantsError {
  const why = cause === 'token_rejected' ? 'the API rejected new tokens' : `requests for it failed (${cause})`
  const message = `There is no valid access token: ${why}, ${failures} in a row. Call again at ${formatTime(retryAt)} or later.`
  return new GrantsError('renewal_backoff', message, { failures, retryAt, cause })
}

export function subjectMismatch(
  bound: TokenSubject,
  subject: TokenSubject,
  { clientKind, subject: configured }: Identity,
): GrantsError {
  const client = clientKind === 'product' ? 'the product itself' : "the client's owner"
  const holder = bound.type === 'owner' ? client : `the ${bound.type} ${bound.name}`
  let advice = 'Call logout() first'
  if (subject.type === 'owner') advice = "Its token cannot be requested with the client's own credentials"
  else if (configured !== undefined) {
    advice = `Create another session, with subject: ${subject.type}('${subject.name}')`
  }
  const details = { expected: formatSubject(bound), given: formatSubject(subject) }
  return new GrantsError('subject_mismatch', `This session belongs to ${holder}. ${advice}.`, details)
}

export function scopeMismatch(subject: TokenSubject | undefined): GrantsError {
  const expected = subject === undefined ? 'this session' : formatSubject(subject)
  const message = `Particle returned a token of another scope than ${expected}. It was discarded; check the customer's name and the product.`
  return new GrantsError('scope_mismatch', message, { expected })
}

/** The error code of a customer that was not created, where Particle's response has no OAuth error. */
export const customerRejected = 'customer_rejected'

/** Turns Particle's refusal of a request into an error whose advice is true for this grant and this subject. */
export function toOAuthError(
  { error, status, description }: Pick<ErrorResponse, 'error' | 'status'> & Partial<ErrorResponse>,
  { grantType, subject }: { readonly grantType: GrantType; readonly subject: TokenSubject | undefined },
): GrantsError {
  if (error === 'sso_user') {
    const message =
      "The account signs in through its company's SSO. Sign in with @particle-grants/sso, or pass a token of Particle's own tools to setToken()."
    return new GrantsError('sso_required', message, { status, description })
  }
  if (error === 'invalid_grant' && grantType === 'password') {
    const message = `Particle refused the username or the password (invalid_grant, status ${status}). Check both, then sign in again.`
    return new GrantsError('invalid_credentials', message, { status, description })
  }
  if (error === 'invalid_scope' && grantType === 'client_credentials' && subject?.type === 'customer') {
    const message = `This product has no customer ${subject.name}. Create the customer first, e.g. with ensureCustomer().`
    return new GrantsError('unknown_customer', message, { customer: subject.name, retryAt: undefined })
  }
  const said = description === undefined ? '' : `: "${description.replace(/\.$/, '')}"`
  const known = advices.get(error) ?? advices.get(`${error} ${grantType}`)
  const advice = known ?? 'Do not repeat the request unchanged.'
  const message =
    error === customerRejected
      ? `Particle did not create the customer (status ${status})${said}. Check the email and the product; the customer may exist.`
      : `Particle refused the ${grantType} request with ${error} (status ${status})${said}. ${advice}`
  return new GrantsError('oauth_error', message, { grantType, error, status, description })
}

const advices: ReadonlyMap<string, string> = new Map([
  ['invalid_client', "Check the client's id and secret, and that it may use this grant."],
  ['invalid_grant refresh_token', 'This refresh token was used, revoked or expired.'],
  ['invalid_grant client_credentials', 'Check that the client has an owner.'],
  ['invalid_scope', 'Check the scope.'],
  ['mfa_required', 'Particle documents no second factor for this grant.'],
])
