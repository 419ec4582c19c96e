import { GrantsError, grantNotAllowed, type ReauthenticationReason, withRetryAt } from '../errors.ts'
import { isSingleUse, mayUse, type TokenRequest } from '../grants/catalogue.ts'
import type { NewCustomer } from '../protocol/token-request.ts'
import { canRenew, getRenewal, isRefreshable, startBackoff } from '../renewal.ts'
import { customerScope, isSameSubject, isScopeForSubject, owner, type TokenSubject } from '../subject.ts'
import type { Effect, MachineEvent, ResponseEvent } from './event.ts'
import {
  challengeExpired,
  clientTokenNotAllowed,
  invalidCode,
  noToken,
  notRenewable,
  requestInProgress,
  scopeMismatch,
  subjectMismatch,
  toOAuthError,
  unexpectedEvent,
} from './machine-errors.ts'
import {
  canRequestClientToken,
  getBoundSubject,
  getClientTokenSubject,
  getHolder,
  getTokens,
  isChallengeOpen,
  isTokenValid,
  type MachineState,
  type MachineTokens,
  type MfaRequiredState,
  type RenewingState,
  type RequestedParameters,
  type RequestingState,
  type SettledState,
  type SignedInState,
  type SignedOutState,
} from './state.ts'

/** The next state, and what the runner must do, in this order. */
export interface Transition {
  readonly state: MachineState
  readonly effects: readonly Effect[]
}

/**
 * Returns the next state and the effects of an event. Pure: it sends, stores and times nothing.
 *
 * @throws GrantsError `invalid_state` for a response that no request is waiting for
 */
// biome-ignore lint/complexity/noExcessiveCognitiveComplexity: the whole machine in one place, one case per event and status
export function transition(state: MachineState, event: MachineEvent): Transition {
  if (event.type === 'time_passed') return moveTo(passTime(state, event.at))
  if (event.type === 'token_rejected') return rejectToken(state, event)
  if (event.type === 'logout') return logOut(state, event)

  switch (state.status) {
    case 'requesting':
      switch (event.type) {
        case 'granted':
          return completeSignIn(state, event)
        case 'challenged':
          return startChallenge(state, event)
        case 'refused':
          return refuseSignIn(state, event)
        case 'failed':
          return abandonSignIn(state, event.error)
        default:
          return reject(state, requestInProgress(state.grantType))
      }

    case 'renewing':
      switch (event.type) {
        case 'granted':
          return completeRenewal(state, event)
        case 'challenged':
          return backOff(state, event, toOAuthError({ error: 'mfa_required', status: event.status }, state))
        case 'refused':
          return refuseRenewal(state, event)
        case 'failed':
          return backOff(state, event, event.error)
        default:
          return reject(state, requestInProgress(state.grantType))
      }

    default: {
      const subject = 'subject' in event ? event.subject : undefined
      const bound = getBoundSubject(state)
      // A session that is bound to a subject takes no tokens of another one.
      if (subject !== undefined && bound !== undefined && !isSameSubject(bound, subject)) {
        return reject(state, subjectMismatch(bound, subject, state.identity))
      }
      switch (event.type) {
        case 'login':
          return logIn(state, event)
        case 'submit_otp':
        case 'submit_recovery_code':
          if (state.status === 'mfa_required') return submitCode(state, event)
          return reject(state, new GrantsError('no_challenge', 'No MFA challenge is open. Call login() first.', {}))
        case 'request_client_token':
          return requestClientToken(state, event)
        case 'create_customer':
          return createCustomer(state, event)
        case 'set_token':
          return setToken(state, event)
        case 'renew':
          return state.status === 'signed_in' ? renew(state, event.at) : reject(state, noToken(state))
        default:
          throw unexpectedEvent(event.type)
      }
    }
  }
}

// ─── In every state ─────────────────────────────────────────────────────────────────────────────────────────────────

/** Time ends challenges, and tokens that cannot be renewed. It saves nothing: every process sees the same. */
function passTime(state: MachineState, at: number): MachineState {
  if (state.status === 'mfa_required' && !isChallengeOpen(state, at)) return closeChallenge(state)
  const isOver = state.status === 'signed_in' && !isTokenValid(state.tokens, at) && !canRenew(state)
  return isOver ? requireSignIn(state, 'expired') : state
}

/** Ignored unless it is the current token. While a request is in progress, its outcome is saved. */
function rejectToken(state: MachineState, { accessToken, at }: MachineEvent<'token_rejected'>): Transition {
  const tokens = getTokens(state)
  const isCurrent = tokens !== undefined && tokens.accessToken.reveal() === accessToken.reveal()
  if (!isCurrent || tokens.isRejected) return moveTo(state)
  if (state.status === 'requesting') return moveTo({ ...state, previous: markRejected(state.previous, at) })
  if (state.status === 'renewing') return moveTo({ ...state, tokens: markTokenRejected(state.tokens, at) })
  return save(markRejected(state, at))
}

function markRejected(state: SettledState, at: number): SettledState {
  if (state.status === 'mfa_required') {
    const earlier = state.earlier && markRejected(state.earlier, at)
    return { ...state, earlier: earlier?.status === 'signed_in' ? earlier : undefined }
  }
  if (state.status !== 'signed_in') return state
  if (!canRenew(state)) return requireSignIn(state, 'rejected')
  const tokens = markTokenRejected(state.tokens, at)
  // The first early rejection is renewed at once.
  const failures = tokens.earlyRejections - 1
  if (failures < 1) return { ...state, tokens }
  return { ...state, tokens, backoff: startBackoff({ failures, failedAt: at, cause: 'token_rejected' }) }
}

function markTokenRejected(tokens: MachineTokens, at: number): MachineTokens {
  const earlyRejections = isYoung(tokens, at) ? tokens.earlyRejections + 1 : 0
  return { ...tokens, isRejected: true, earlyRejections }
}

/** A token that is rejected within a minute of its request counts as a failed renewal. */
function isYoung({ requestedAt }: MachineTokens, at: number): boolean {
  // Negative after the clock was set back: its age is not known.
  const ageMs = at - requestedAt
  return ageMs >= 0 && ageMs < 60_000
}

/** Saves a record without secrets: only that record signs other processes out. */
function logOut(current: MachineState, { revoke, reason = 'logged_out' }: MachineEvent<'logout'>): Transition {
  const state = current.status === 'requesting' ? current.previous : current
  const { identity } = state
  // The record belongs to the account that replaced this one.
  if (state.status === 'signed_out' && state.reason === 'replaced') return moveTo(state)
  const { subject = identity.subject } = getHolder(state)
  const next = toSignedOut({ identity, subject }, reason)
  const tokens = getTokens(state)
  const isRevoked = tokens !== undefined && (revoke ?? tokens.grantType !== 'external')
  return isRevoked ? save(next, { type: 'revoke', accessToken: tokens.accessToken }) : save(next)
}

// ─── The response to a sign-in ──────────────────────────────────────────────────────────────────────────────────────

function completeSignIn(state: RequestingState, event: MachineEvent<'granted'>): Transition {
  const { identity, subject, grantType, requested, previous } = state
  if (!isScopeForSubject(event.response.scope, subject, requested.scope)) {
    const error = scopeMismatch(subject)
    const answered = getAnsweredChallenge(state)
    // The response used the challenge: it cannot be answered again.
    return answered === undefined ? reject(previous, error) : saveAndReject(closeChallenge(answered), error)
  }
  const tokens = toTokens(event)
  const refreshToken = isRefreshable(identity, grantType) ? tokens.refreshToken : undefined
  return save(toSignedIn(state, { ...tokens, refreshToken, grantType, requested }))
}

function startChallenge(state: RequestingState, event: MachineEvent<'challenged'>): Transition {
  const { identity, subject, grantType, requested, previous } = state
  const { at, status, mfaToken, limits } = event
  if (grantType !== 'password') {
    return reject(previous, toOAuthError({ error: 'mfa_required', status }, state))
  }
  const expiresAt = at + limits.maxAgeMs
  const challenge = { mfaToken, attemptsLeft: limits.maxAttempts, expiresAt, requested }
  const holder = getHolder(previous)
  // One sign-in holds no tokens of another one, not even of the same account.
  const earlier = holder.status === 'signed_in' && !identity.isOneSignIn ? holder : undefined
  return save({ status: 'mfa_required', identity, subject, challenge, earlier })
}

function refuseSignIn(state: RequestingState, { at, response, retryAt }: MachineEvent<'refused'>): Transition {
  const answered = getAnsweredChallenge(state)
  const isCodeWrong = response.error === 'invalid_token' || response.error === 'invalid_grant'
  if (answered === undefined || !isCodeWrong) {
    return abandonSignIn(state, withRetryAt(toOAuthError(response, state), retryAt))
  }
  if (!isChallengeOpen(answered, at)) return expireChallenge(answered)
  return reject(answered, withRetryAt(invalidCode(answered.challenge), retryAt))
}

/**
 * Returns to the state before the request. An attempt at a code is given back if there was a response: only a refusal says
 * that the code was judged.
 */
function abandonSignIn(state: RequestingState, error: GrantsError): Transition {
  const answered = getAnsweredChallenge(state)
  if (answered === undefined || error.code === 'network_error') return reject(state.previous, error)
  return saveAndReject(changeAttempts(answered, 1), error)
}

/** The state whose challenge a request answers. */
function getAnsweredChallenge({ grantType, previous }: RequestingState): MfaRequiredState | undefined {
  return isSingleUse(grantType) && previous.status === 'mfa_required' ? previous : undefined
}

function changeAttempts(state: MfaRequiredState, change: 1 | -1): MfaRequiredState {
  const { challenge } = state
  return { ...state, challenge: { ...challenge, attemptsLeft: challenge.attemptsLeft + change } }
}

/** Saved as expired, not removed: another process that submits a code learns that the challenge was used. */
function expireChallenge(state: MfaRequiredState): Transition {
  return saveAndReject(closeChallenge(state), challengeExpired(state.challenge))
}

function closeChallenge(state: MfaRequiredState): SignedInState | SignedOutState {
  return state.earlier ?? toSignedOut(state, 'challenge_expired')
}

// ─── The response to a renewal ──────────────────────────────────────────────────────────────────────────────────────

function completeRenewal(state: RenewingState, event: MachineEvent<'granted'>): Transition {
  const { subject, tokens: old, grantType } = state
  const isRefresh = grantType === 'refresh_token'
  const requested = isRefresh ? old.requested : addCustomerScope(old.requested, subject)
  if (!isScopeForSubject(event.response.scope, subject, requested.scope)) {
    return backOff(isRefresh ? dropRefreshToken(state) : state, event, scopeMismatch(subject))
  }
  // A refreshed external token is one that this session requested: logout revokes it.
  const isOrigin = isRefresh && old.grantType !== 'external'
  const tokens = toTokens(event)
  return save(
    toSignedIn(state, {
      ...tokens,
      grantType: isOrigin ? old.grantType : grantType,
      requested,
      // RFC 6749, section 6: without a new refresh token, the old one remains valid.
      refreshToken: isRefresh ? (tokens.refreshToken ?? old.refreshToken) : undefined,
      scope: tokens.scope ?? old.scope,
      earlyRejections: old.isRejected || isYoung(old, event.requestedAt) ? old.earlyRejections : 0,
    }),
  )
}

function refuseRenewal(state: RenewingState, event: MachineEvent<'refused'>): Transition {
  const { at, response, retryAt } = event
  const { identity, subject, tokens, grantType } = state
  const { pendingRefresh } = tokens
  const error = withRetryAt(toOAuthError(response, state), retryAt)
  const isValid = isTokenValid(tokens, at)
  if (grantType === 'refresh_token' && response.error === 'invalid_grant') {
    if (isValid || canRequestClientToken(identity, subject)) return backOff(dropRefreshToken(state), event, error)
    const reason = pendingRefresh === undefined ? 'refresh_rejected' : 'refresh_response_lost'
    const next = requireSignIn(state, reason)
    return saveAndReject(next, noToken(next))
  }
  if (error.code === 'unknown_customer' && !isValid) return saveAndReject(toSignedOut(state, 'never_signed_in'), error)
  const refused = pendingRefresh && { ...pendingRefresh, isClientRefused: true }
  return backOff({ ...state, tokens: { ...tokens, pendingRefresh: refused } }, event, error)
}

function dropRefreshToken(state: RenewingState): RenewingState {
  return { ...state, tokens: { ...state.tokens, refreshToken: undefined, pendingRefresh: undefined } }
}

/**
 * Returns to the tokens, and to the next renewal later; the error says when. A wait of the lockout guard after a refusal
 * is not recorded here: it may end earlier.
 */
function backOff(state: RenewingState, event: ResponseEvent, error: GrantsError): Transition {
  const { at } = event
  const notBefore = event.type === 'failed' ? event.error.retryAt : undefined
  const { tokens, grantType } = state
  const isResponseLost = grantType === 'refresh_token' && lostResponses.includes(error.code)
  const failures = state.failures + 1
  const backoff = startBackoff({ failures, failedAt: at, cause: error.code, notBefore })
  const next = { ...toSignedIn(state, isResponseLost ? markPending(tokens, at) : tokens), backoff }
  return saveAndReject(next, withRetryAt(error, Math.max(backoff.retryAt, error.retryAt ?? 0)))
}

/** Errors after which a refresh token may have been used. */
const lostResponses: readonly string[] = ['network_error', 'temporarily_unavailable', 'unexpected_response']

function markPending(tokens: MachineTokens, sentAt: number): MachineTokens {
  const isClientRefused = tokens.pendingRefresh?.isClientRefused ?? false
  return { ...tokens, pendingRefresh: { sentAt, isClientRefused } }
}

// ─── What callers do ────────────────────────────────────────────────────────────────────────────────────────────────

function logIn(state: SettledState, event: MachineEvent<'login'>): Transition {
  const { username, password, subject, requested } = event
  const next = startRequest(state, { grantType: 'password', subject, requested })
  return send(next, { grant_type: 'password', username, password, ...requested })
}

/** The attempt is counted and saved before the code is sent: neither a crash nor another process gets it twice. */
function submitCode(state: MfaRequiredState, event: MachineEvent<'submit_otp' | 'submit_recovery_code'>): Transition {
  if (!isChallengeOpen(state, event.at)) return expireChallenge(state)
  const { subject, challenge } = state
  const { mfaToken: mfa_token, requested } = challenge
  const code =
    event.type === 'submit_otp'
      ? ({ grant_type: 'urn:custom:mfa-otp', otp: event.otp } as const)
      : ({ grant_type: 'urn:custom:recovery-code', recovery_code: event.recoveryCode } as const)
  const request = { ...code, mfa_token, expires_in: requested.expires_in }
  const counted = changeAttempts(state, -1)
  const next = startRequest(counted, { grantType: request.grant_type, subject, requested })
  return send(next, request, counted)
}

function requestClientToken(state: SettledState, event: MachineEvent<'request_client_token'>): Transition {
  const { identity } = state
  const grantType = 'client_credentials'
  if (!mayUse(identity.clientKind, grantType)) return reject(state, grantNotAllowed(identity.clientKind, grantType))
  if (identity.clientToken === false) return reject(state, clientTokenNotAllowed(identity.clientKind))
  const subject = getClientTokenSubject(state)
  if (!canRequestClientToken(identity, subject)) return reject(state, subjectMismatch(subject, owner, state.identity))
  const requested = addCustomerScope(event.requested, subject)
  const next = startRequest(state, { grantType, subject, requested })
  return send(next, { grant_type: grantType, ...requested })
}

function createCustomer(state: SettledState, event: MachineEvent<'create_customer'>): Transition {
  const { subject, request } = event
  const requested = { expires_in: undefined, scope: customerScope(subject) }
  return send(startRequest(state, { grantType: 'client_credentials', subject, requested }), request)
}

function setToken(state: SettledState, event: MachineEvent<'set_token'>): Transition {
  const { identity } = state
  const { accessToken, refreshToken, expiresAt, subject, at } = event
  if (refreshToken !== undefined && !isRefreshable(identity, 'external')) {
    return reject(state, grantNotAllowed(identity.clientKind, 'refresh_token'))
  }
  const tokens = { accessToken, refreshToken, requestedAt: at, expiresAt, scope: undefined }
  const requested = { expires_in: undefined, scope: undefined }
  const next = toSignedIn({ identity, subject }, { ...tokens, grantType: 'external', requested })
  // Without a subject it is not known whose record it would be.
  return subject === undefined ? moveTo(next) : save(next)
}

function renew(state: SignedInState, at: number): Transition {
  const { identity, subject, tokens, backoff } = state
  const renewal = getRenewal(identity, subject, tokens)
  const { grantType } = renewal
  if (grantType === undefined) return reject(state, notRenewable(state, renewal.reason, at))
  // A second guard: no mistake in `getRenewal` may send a refresh token that is not a product's.
  if (!mayUse(identity.clientKind, grantType)) return reject(state, grantNotAllowed(identity.clientKind, grantType))
  const failures = backoff?.failures ?? 0
  const next: RenewingState = { status: 'renewing', identity, subject, tokens, grantType, failures }
  const { requested } = tokens
  if (grantType === 'client_credentials') {
    return send(next, { grant_type: grantType, ...addCustomerScope(requested, subject) })
  }
  const { refreshToken: refresh_token } = renewal
  const request = { grant_type: grantType, refresh_token, expires_in: requested.expires_in }
  // Particle revokes a refresh token when it is used, before it saves the next one. So the intent is saved first.
  return send(next, request, { ...state, tokens: markPending(tokens, at) })
}

// ─── Parts of states and transitions ────────────────────────────────────────────────────────────────────────────────

/** Adds the customer's scope, first and once. */
function addCustomerScope(requested: RequestedParameters, subject?: TokenSubject): RequestedParameters {
  const own = customerScope(subject)
  if (own === undefined) return requested
  const others = requested.scope?.split(' ').filter((word) => word !== own) ?? []
  return { ...requested, scope: [own, ...others].join(' ') }
}

function startRequest(
  previous: SettledState,
  request: Pick<RequestingState, 'grantType' | 'subject' | 'requested'>,
): RequestingState {
  return { status: 'requesting', identity: previous.identity, previous, ...request }
}

type Holder = Pick<MachineState, 'identity' | 'subject'>
type NewTokens = Omit<MachineTokens, 'isRejected' | 'earlyRejections' | 'pendingRefresh'> & Partial<MachineTokens>

function toSignedIn({ identity, subject }: Holder, tokens: NewTokens): SignedInState {
  const { isRejected = false, earlyRejections = 0, pendingRefresh } = tokens
  // One spread, and it comes first: V8 gives each object with two spreads a hidden class of 350 bytes.
  const complete = { ...tokens, isRejected, earlyRejections, pendingRefresh }
  return { status: 'signed_in', identity, subject, tokens: complete, backoff: undefined }
}

function toTokens({ response, requestedAt }: MachineEvent<'granted'>) {
  const { accessToken, refreshToken, expiresInSeconds, scope } = response
  const expiresAt = expiresInSeconds === null ? null : requestedAt + expiresInSeconds * 1000
  return { accessToken, refreshToken, requestedAt, expiresAt, scope }
}

function toSignedOut({ identity, subject }: Holder, reason: SignedOutState['reason']): SignedOutState {
  return { status: 'signed_out', identity, subject, reason }
}

function requireSignIn({ identity, subject }: Holder, reason: ReauthenticationReason) {
  return { status: 'reauthentication_required', identity, subject, reason } as const
}

/** Enters a state. The runner performs the effects in this order. */
const moveTo = (state: MachineState, ...effects: Effect[]): Transition => ({ state, effects })
const reject = (state: MachineState, error: GrantsError) => moveTo(state, { type: 'reject', error })
const save = (state: SettledState, ...effects: Effect[]) => moveTo(state, { type: 'save', state }, ...effects)
const saveAndReject = (state: SettledState, error: GrantsError) => save(state, { type: 'reject', error })

/** Sends a request. A state that must survive a crash during it is saved first. */
function send(
  state: RequestingState | RenewingState,
  request: TokenRequest | NewCustomer,
  saved?: SettledState,
): Transition {
  const effect = { type: 'request', request } as const
  return saved === undefined ? moveTo(state, effect) : { ...save(saved, effect), state }
}
