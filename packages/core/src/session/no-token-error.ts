import { type AnyGrantsError, GrantsError } from '../errors/grants-error.ts'
import type { SignedIn, State } from '../machine/state.ts'

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
      return signedInWithout(state)
    default:
      return new GrantsError('not_signed_in', {}) as AnyGrantsError
  }
}

/** Signed in, and yet no good token: renewing it was stopped, or has to wait. */
function signedInWithout({ renewalPostponed, tokens }: SignedIn): AnyGrantsError {
  if (renewalPostponed === undefined) {
    const details = { reason: 'renewal_stopped', expiresAt: tokens.expiresAt } as const
    return new GrantsError('not_renewable', details) as AnyGrantsError
  }
  const { failures, retryAt, because } = renewalPostponed
  return new GrantsError('renewal_postponed', { failures, retryAt, because }) as AnyGrantsError
}
