import type { ErrorCode } from '../errors/details.ts'
import { keepsRefreshToken, retryAt } from '../renewal.ts'
import { askedAgain, inDoubt } from './asked.ts'
import { closeChallenge, refuseOver } from './challenge.ts'
import type { RefuseEffect } from './effect.ts'
import type { Challenged, Failed, Granted, Refused } from './event.ts'
import type {
  MfaRequired,
  ReauthenticationRequired,
  Renewing,
  Requesting,
  SettledState,
  SignedIn,
  Tokens,
} from './state.ts'
import { tokensOf } from './state.ts'
import { refuse, type Step, step } from './step.ts'

/** The reducers that take an answer in. */
export const answerReducers = {
  sign_in: (state: Requesting, event: Granted): Step<SignedIn> => {
    const { identity, grant, asked } = state
    const granted = toTokens(event, { grant, asked })
    const tokens = keepsRefreshToken(identity.clientKind, grant)
      ? granted
      : { ...granted, refreshToken: undefined }
    return saved(signedIn(state, tokens))
  },

  /** The tokens belong to somebody else: they are dropped. */
  drop_foreign_tokens: (state: Requesting, _: Granted): Step<SettledState> =>
    step(state.previous, refuseForeign(state)),

  /** The same, for tokens that used a challenge up. */
  drop_foreign_and_close: (state: Requesting, _: Granted): Step<SettledState> => {
    const next = closeChallenge(state.previous as MfaRequired)
    return step(next, { type: 'save', state: next }, refuseForeign(state))
  },

  open_challenge: ({ identity, previous, asked }: Requesting, event: Challenged): Step<MfaRequired> => {
    const { mfaToken, limits, at } = event
    const challenge = { mfaToken, triesLeft: limits.tries, endsAt: at + limits.maxAge, asked }
    const state: MfaRequired = { status: 'mfa_required', identity, challenge, held: tokensOf(previous) }
    return saved(state)
  },

  /** A grant that is never challenged was. */
  refuse_challenge: ({ grant, previous }: Requesting, { status }: Challenged): Step<SettledState> =>
    step(previous, challenged(grant, status)),

  refuse_sso: ({ previous }: Requesting, { answer }: Refused): Step<SettledState> => {
    const { status, description } = answer
    const state: SettledState =
      previous.status === 'signed_out'
        ? { status: 'signed_out', identity: previous.identity, reason: 'sso_user' }
        : previous
    return step(state, refuse('sso_user', { status, description }))
  },

  refuse_code: ({ previous }: Requesting, _: Refused): Step<SettledState> => {
    const { triesLeft, endsAt } = (previous as MfaRequired).challenge
    return step(previous, refuse('code_refused', { triesLeft, endsAt }))
  },

  close_after_last_code: ({ previous }: Requesting, _: Refused): Step<SettledState> => {
    const state = closeChallenge(previous as MfaRequired)
    return step(state, { type: 'save', state }, refuseOver(previous as MfaRequired))
  },

  /** The code itself was not judged: its try is given back. */
  return_try: ({ previous, grant }: Requesting, event: Refused | Failed): Step<SettledState> => {
    const { challenge, ...rest } = previous as MfaRequired
    const state: MfaRequired = { ...rest, challenge: { ...challenge, triesLeft: challenge.triesLeft + 1 } }
    return step(state, { type: 'save', state }, refusalOf(event, grant))
  },

  go_back: ({ previous, grant }: Requesting, event: Refused | Failed): Step<SettledState> =>
    step(previous, refusalOf(event, grant)),

  take_renewed: (state: Renewing, event: Granted): Step<SignedIn> => {
    const { tokens, by } = state
    const asking = by === 'client_credentials'
    const renewed = toTokens(event, asking ? { grant: by, asked: askedAgain(state) } : tokens)
    // RFC 6749 §6: an answer without a refresh token leaves the old one in place.
    const refreshToken = asking ? undefined : (renewed.refreshToken ?? tokens.refreshToken)
    const scope = renewed.scope ?? tokens.scope
    return saved(signedIn(state, { ...renewed, refreshToken, scope, afterRejection: tokens.rejected }))
  },

  drop_foreign_renewal: (state: Renewing, _: Granted): Step<SignedIn> =>
    stopped(withoutRefreshToken(state), 'scope_mismatch', refuseForeign(state)),

  refuse_challenged_renewal: (state: Renewing, { status }: Challenged): Step<SignedIn> =>
    stopped(state, 'mfa_required', challenged(state.by, status)),

  /** The renewal is dead, the access token is not. */
  keep_access_token: (state: Renewing, event: Refused): Step<SignedIn> =>
    stopped(withoutRefreshToken(state), event.answer.error, refusalOf(event, state.by)),

  require_after_refusal: ({ identity, tokens }: Renewing, _: Refused): Step<ReauthenticationRequired> => {
    const reason = tokens.refreshInDoubt === undefined ? 'renewal_refused' : 'refresh_answer_lost'
    const state = { status: 'reauthentication_required', identity, reason } as const
    return step(state, { type: 'save', state }, refuse('reauthentication_required', { reason }))
  },

  try_refresh_next: (state: Renewing, event: Refused): Step<SignedIn> => {
    const { tokens } = state
    const refreshInDoubt = tokens.refreshInDoubt && { ...tokens.refreshInDoubt, askAgainRefused: true }
    const next = signedIn(state, { ...tokens, refreshInDoubt })
    return step(next, { type: 'save', state: next }, refusalOf(event, state.by))
  },

  /** Something about client or scope is wrong that can be mended: everything is kept. */
  stop_renewing: (state: Renewing, event: Refused): Step<SignedIn> =>
    stopped(state, event.answer.error, refusalOf(event, state.by)),

  postpone_renewal: (state: Renewing, event: Failed): Step<SignedIn> => {
    const { refusal, at } = event
    const failures = state.failures + 1
    const next: SignedIn = {
      ...signedIn(state, tokensAfterFailure(state, event)),
      renewalPostponed: {
        failures,
        since: at,
        retryAt: retryAt(refusal, failures, at),
        because: refusal.code,
      },
    }
    return step(next, { type: 'save', state: next }, refusalOf(event, state.by))
  },
}

/** A refresh that was lost is in doubt. A way out that was refused before is none: the refresh token is left. */
function tokensAfterFailure({ by, tokens }: Renewing, { refusal, at }: Failed): Tokens {
  if (by === 'refresh_token') return spending.includes(refusal.code) ? inDoubt(tokens, at) : tokens
  const { refreshInDoubt } = tokens
  return refusal.code === 'refused_before' && refreshInDoubt !== undefined
    ? { ...tokens, refreshInDoubt: { ...refreshInDoubt, askAgainRefused: true } }
    : tokens
}

/** What may have come after the server had spent the refresh token. */
const spending: readonly ErrorCode[] = ['no_answer', 'temporarily_unavailable', 'unexpected_answer']

function signedIn({ identity }: Requesting | Renewing, tokens: Tokens): SignedIn {
  return { status: 'signed_in', identity, tokens, renewalStopped: undefined, renewalPostponed: undefined }
}

function refuseForeign({ identity }: Requesting | Renewing): RefuseEffect {
  return refuse('scope_mismatch', { expected: String(identity.subject) })
}

function saved<S extends SettledState>(state: S): Step<S> {
  return step(state, { type: 'save', state })
}

function stopped(state: Renewing, error: string, refusal: RefuseEffect): Step<SignedIn> {
  const next: SignedIn = { ...signedIn(state, state.tokens), renewalStopped: error }
  return step(next, { type: 'save', state: next }, refusal)
}

/** The server revokes a refresh token when it is used: one that was sent and answered is worth nothing any more. */
function withoutRefreshToken(state: Renewing): Renewing {
  return { ...state, tokens: { ...state.tokens, refreshToken: undefined } }
}

function toTokens(
  { tokens, requestedAt }: Granted,
  { grant, asked }: Pick<Tokens, 'grant' | 'asked'>,
): Tokens {
  const wanted = asked.expiresIn === 0 ? null : asked.expiresIn
  return {
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token,
    grant,
    issuedAt: requestedAt,
    expiresAt: tokens.expires_in === null ? null : requestedAt + tokens.expires_in * 1000,
    scope: tokens.scope,
    asked,
    rejected: false,
    afterRejection: false,
    refreshInDoubt: undefined,
    lifetimeAsAsked: wanted === undefined || wanted === tokens.expires_in,
  }
}

function challenged(grant_type: Requesting['grant'] | Renewing['by'], status: number) {
  return refuse('grant_refused', { grant_type, error: 'mfa_required', status, description: undefined })
}

function refusalOf(event: Refused | Failed, grant_type: Requesting['grant'] | Renewing['by']) {
  if (event.type === 'failed') return { type: 'refuse', refusal: event.refusal } as const
  const { error, status, description } = event.answer
  return refuse('grant_refused', { grant_type, error, status, description })
}
