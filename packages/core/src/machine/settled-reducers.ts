import { renewalOf } from '../renewal.ts'
import { closeChallenge, refuseOver } from './challenge.ts'
import type { Accepted, Adopt, Authorize, Event, Login, Logout } from './event.ts'
import {
  type MfaRequired,
  type PostponedRenewal,
  type ReauthenticationRequired,
  type Renewing,
  type Requesting,
  type SettledState,
  type SignedIn,
  type SignedOut,
  type State,
  tokensOf,
} from './state.ts'
import { refuse, type Step, step } from './step.ts'

/** The reducers that send nothing. */
export const settledReducers = {
  /** Nothing changes. */
  stay: (state: State, _: Event): Step => step(state),

  use_adopted: ({ identity }: SettledState, { accessToken, expiresAt, at }: Adopt): Step<SignedIn> => {
    const asked = { expiresIn: undefined, scope: undefined }
    const tokens = {
      accessToken,
      refreshToken: undefined,
      grant: 'adopted',
      issuedAt: at,
      expiresAt,
      scope: undefined,
      asked,
      lifetimeAsAsked: true,
      rejected: false,
      afterRejection: false,
      refreshInDoubt: undefined,
    } as const
    const state: SignedIn = {
      status: 'signed_in',
      identity,
      tokens,
      renewalStopped: undefined,
      renewalPostponed: undefined,
    }
    return step(state, { type: 'save', state })
  },

  revoke_and_forget: (state: State, _: Logout): Step<SignedOut> => {
    // The guard holds_tokens stands before.
    const { accessToken } = tokensOf(state) as NonNullable<ReturnType<typeof tokensOf>>
    return step(loggedOut(state), { type: 'revoke', accessToken }, { type: 'forget' })
  },

  forget: (state: State, _: Logout): Step<SignedOut> => step(loggedOut(state), { type: 'forget' }),

  close_when_over: (state: MfaRequired, _: Event): Step<SignedIn | SignedOut> => {
    const next = closeChallenge(state)
    return step(next, { type: 'save', state: next }, refuseOver(state))
  },

  let_challenge_end: (state: MfaRequired, _: Event): Step => step(closeChallenge(state)),

  let_token_expire: ({ identity, renewalStopped }: SignedIn, _: Event): Step<ReauthenticationRequired> =>
    step({
      status: 'reauthentication_required',
      identity,
      reason: renewalStopped === undefined ? 'expired' : 'renewal_refused',
    }),

  require_after_rejection: ({ identity }: SignedIn, _: Event): Step<ReauthenticationRequired> => {
    const state = { status: 'reauthentication_required', identity, reason: 'rejected' } as const
    return step(state, { type: 'save', state }, refuse('reauthentication_required', { reason: 'rejected' }))
  },

  wait_after_rejection: (state: SignedIn, _: Event): Step<SignedIn> => {
    const next: SignedIn = { ...state, tokens: { ...state.tokens, rejected: true } }
    // The guard renewal_not_postponed stands before.
    const { retryAt, failures, because } = state.renewalPostponed as PostponedRenewal
    return step(
      next,
      { type: 'save', state: next },
      refuse('renewal_postponed', { retryAt, failures, because }),
    )
  },

  note_taken: (state: SignedIn, _: Accepted): Step<SignedIn> => {
    const next = { ...state, tokens: { ...state.tokens, afterRejection: false } }
    return step(next, { type: 'save', state: next })
  },

  drop_held: (state: MfaRequired, _: Event): Step<MfaRequired> => {
    const next = { ...state, held: undefined }
    return step(next, { type: 'save', state: next })
  },

  refuse_other_username: (state: SettledState, { subject }: Login): Step =>
    step(state, refuse('subject_mismatch', { expected: String(state.identity.subject), given: subject })),

  refuse_other_owner: (state: SettledState, _: Authorize): Step =>
    step(state, refuse('subject_mismatch', { expected: String(state.identity.subject), given: 'owner' })),

  refuse_client: (state: SettledState, _: Authorize): Step => {
    const { clientKind } = state.identity
    return step(state, refuse('grant_not_allowed', { grant_type: 'client_credentials', clientKind }))
  },

  refuse_without_challenge: (state: SettledState, _: Event): Step => step(state, refuse('no_challenge', {})),

  refuse_signed_out: (state: SignedOut, _: Event): Step => step(state, refuse('not_signed_in', {})),

  refuse_until_code: (state: MfaRequired, _: Event): Step => {
    const { triesLeft, endsAt } = state.challenge
    return step(state, refuse('mfa_required', { triesLeft, endsAt }))
  },

  refuse_until_sign_in: (state: ReauthenticationRequired, _: Event): Step =>
    step(state, refuse('reauthentication_required', { reason: state.reason })),

  refuse_renewal: (state: SignedIn, _: Event): Step => {
    const renewal = renewalOf(state.identity.clientKind, state.tokens)
    // The guards renewable_by_… stand before: what gets here has a reason.
    const { reason } = renewal as Extract<typeof renewal, { by: 'nothing' }>
    return step(state, refuse('not_renewable', { reason, expiresAt: state.tokens.expiresAt }))
  },

  refuse_busy: (state: Requesting | Renewing, _: Event): Step =>
    step(
      state,
      refuse('step_under_way', { grant_type: state.status === 'requesting' ? state.grant : state.by }),
    ),
}

/** A first sign-in that was under way has bound the session to nobody. */
function loggedOut(state: State): SignedOut {
  const { identity } = state.status === 'requesting' ? state.previous : state
  return { status: 'signed_out', identity, reason: 'logged_out' }
}
