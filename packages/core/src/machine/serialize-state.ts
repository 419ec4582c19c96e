import { GrantsError } from '../errors/grants-error.ts'
import { invalidArgument } from '../errors/invalid-argument.ts'
import { isSettled, type SettledState, type State, type Tokens } from './state.ts'

/** The version of the form that {@link serializeState} writes. */
export const stateVersion = 1

/**
 * The only door out for a state's secrets: JSON that holds tokens or a challenge **in the clear**, for a store,
 * or for another process to take up. Throws `unsettled_state` while a request is under way.
 */
export function serializeState(state: SettledState): string {
  // Callers without types, or with a cast, come here with anything.
  if (typeof state !== 'object' || state === null)
    throw invalidArgument('state', 'must be the state of a session')
  if (!isSettled(state as State))
    throw new GrantsError('unsettled_state', { status: (state as State).status })
  return JSON.stringify({ version: stateVersion, ...opened(state) })
}

function opened(state: SettledState) {
  if (state.status === 'mfa_required') {
    const { challenge, held } = state
    const mfaToken = challenge.mfaToken.reveal()
    return { ...state, challenge: { ...challenge, mfaToken }, held: held && openTokens(held) }
  }
  return state.status === 'signed_in' ? { ...state, tokens: openTokens(state.tokens) } : state
}

function openTokens(tokens: Tokens) {
  return { ...tokens, accessToken: tokens.accessToken.reveal(), refreshToken: tokens.refreshToken?.reveal() }
}
