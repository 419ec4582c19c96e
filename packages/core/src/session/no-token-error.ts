import { type AnyGrantsError, GrantsError } from '../errors/grants-error.ts'
import type { State } from '../machine/state.ts'

/** Why there is no good access token in this state, and what would give one. */
export function noTokenError(state: State): AnyGrantsError {
  switch (state.status) {
    case 'mfa_required': {
      const { triesLeft, endsAt } = state.challenge
      return new GrantsError('mfa_required', { triesLeft, endsAt }) as AnyGrantsError
    }
    case 'reauthentication_required':
      return new GrantsError('reauthentication_required', { reason: state.reason }) as AnyGrantsError
    case 'signed_in':
      return state.renewalPostponed === undefined
        ? (new GrantsError('not_renewable', {
            reason: 'renewal_stopped',
            expiresAt: state.tokens.expiresAt,
          }) as AnyGrantsError)
        : (new GrantsError('renewal_postponed', { ...state.renewalPostponed }) as AnyGrantsError)
    default:
      return new GrantsError('not_signed_in', {}) as AnyGrantsError
  }
}
