import {
  canRequestClientToken,
  type EventType,
  getBoundSubject,
  getRenewal,
  getTokens,
  isChallengeOpen,
  isTokenValid,
  type MachineEvent,
  type MachineState,
  owner,
  type Status,
  type TokenSubject,
} from '@particle-grants/core/machine'
import { isSingleUse, mayUse } from '@particle-grants/core/protocol'

/** A condition of the transition table: a question about a state and an event. */
interface Condition {
  /** Continues "if …". */
  readonly text: string
  readonly holds: (state: MachineState, event: MachineEvent) => boolean
}

/** Narrows a condition to the states and events that it is about. For others it does not hold. */
function when<S extends Status, E extends EventType>(
  [states, events]: readonly [readonly S[], readonly E[]],
  holds: (state: Extract<MachineState, { status: S }>, event: Extract<MachineEvent, { type: E }>) => boolean,
): Condition['holds'] {
  return (state, event) =>
    states.some((status) => status === state.status) &&
    events.some((type) => type === event.type) &&
    holds(state as Extract<MachineState, { status: S }>, event as Extract<MachineEvent, { type: E }>)
}

const requestStates = ['requesting', 'renewing'] as const
const formatSubject = (subject: TokenSubject | undefined): string =>
  subject === undefined || subject.type === 'owner' ? `${subject?.type}` : `${subject.type}:${subject.name}`

/** The conditions of the transition table, by name. */
export const conditions = {
  subject_allowed: {
    text: 'the session is not bound to another account or customer',
    holds: (state, event) => {
      if (!('subject' in event) || event.subject === undefined) return true
      const bound = getBoundSubject(state)
      return bound === undefined || formatSubject(bound) === formatSubject(event.subject)
    },
  },
  subject_named: {
    text: 'the call names whose token it is',
    holds: (_, event) => 'subject' in event && event.subject !== undefined,
  },
  refresh_token_usable: {
    text: 'there is no refresh token, or the client is a product client',
    holds: ({ identity }, event) =>
      event.type !== 'set_token' || event.refreshToken === undefined || identity.clientKind === 'product',
  },
  client_credentials_allowed: {
    text: 'the client is a product client or a user client',
    holds: ({ identity }) => mayUse(identity.clientKind, 'client_credentials'),
  },
  subject_of_client: {
    text: "the session is for the client's owner, or for a customer of the product",
    holds: (state) => canRequestClientToken(state.identity, getBoundSubject(state) ?? owner),
  },
  challenge_open: {
    text: 'attempts are left, and the challenge is not too old',
    holds: when([['mfa_required'], ['submit_otp', 'submit_recovery_code', 'time_passed']], (state, { at }) =>
      isChallengeOpen(state, at),
    ),
  },
  challenge_still_open: {
    text: 'after this code attempts are left, and the challenge is not too old',
    holds: when(
      [['requesting'], ['refused']],
      ({ previous }, { at }) => previous.status === 'mfa_required' && isChallengeOpen(previous, at),
    ),
  },
  code_sent: {
    text: 'the request contained an MFA code',
    holds: (state) => state.status === 'requesting' && isSingleUse(state.grantType),
  },
  code_refused: {
    text: 'Particle refused the code itself (`invalid_token` or `invalid_grant`)',
    holds: when([['requesting'], ['refused']], (_, { response }) =>
      ['invalid_token', 'invalid_grant'].includes(response.error),
    ),
  },
  response_lost: {
    text: 'no response arrived, so Particle may have checked the code',
    holds: when([['requesting'], ['failed']], (_, { error }) => error.code === 'network_error'),
  },
  challenge_expected: {
    text: 'the request was a `password` request',
    holds: (state) => state.status === 'requesting' && state.grantType === 'password',
  },
  scope_matches: {
    text: "the response's scope names no other customer, and the requested one if it names any",
    holds: when([requestStates, ['granted']], (state, { response: { scope } }) => {
      if (scope === undefined || scope === '') return true
      const lowerCase = (word: string) => (word.includes('@') ? word.toLowerCase() : word)
      const words = scope.split(/\s+/).map(lowerCase)
      const { subject } = state
      const own = subject?.type === 'customer' ? `customer=${subject.name}` : undefined
      const isOwnRequested =
        state.status === 'requesting'
          ? own !== undefined && state.requested.scope?.includes(own) === true
          : own !== undefined &&
            (state.grantType === 'client_credentials' || state.tokens.requested.scope?.includes(own) === true)
      if (isOwnRequested && !words.includes(own as string)) return false
      return words.every((word) => !word.startsWith('customer=') || word === own)
    }),
  },
  renewed_with_client_credentials: {
    text: 'the token is renewed with `client_credentials`',
    holds: (state) => findRenewal(state) === 'client_credentials',
  },
  renewed_with_refresh_token: {
    text: 'the token is renewed with `refresh_token`: no earlier refresh lost its response',
    holds: (state) => findRenewal(state) === 'refresh_token',
  },
  renewable: {
    text: 'the token can be renewed',
    holds: (state) => findRenewal(state) !== undefined,
  },
  current_token_rejected: {
    text: "the rejected token is the session's current token, and was not marked before",
    holds: (state, event) => {
      const tokens = getTokens(state)
      return (
        event.type === 'token_rejected' &&
        tokens?.isRejected === false &&
        tokens.accessToken.reveal() === event.accessToken.reveal()
      )
    },
  },
  token_valid: {
    text: 'the current token has not expired and was not rejected',
    holds: (state, { at }) => hasValidToken(state, at),
  },
  token_invalid: {
    text: 'the current token has expired or was rejected',
    holds: (state, { at }) => !hasValidToken(state, at),
  },
  refresh_token_refused: {
    text: 'Particle refused the refresh token (`invalid_grant`)',
    holds: when(
      [['renewing'], ['refused']],
      ({ grantType }, { response }) => grantType === 'refresh_token' && response.error === 'invalid_grant',
    ),
  },
  client_can_request: {
    text: 'the client can request a token of this subject with its own credentials',
    holds: ({ identity, subject }) => canRequestClientToken(identity, subject),
  },
  customer_unknown: {
    text: 'Particle does not know the customer (`invalid_scope`)',
    holds: when(
      [['renewing'], ['refused']],
      ({ grantType, subject }, { response }) =>
        grantType === 'client_credentials' && subject?.type === 'customer' && response.error === 'invalid_scope',
    ),
  },
  token_to_revoke: {
    text: 'there is a token, and it was requested by this session or `revoke` is true',
    holds: (state, event) => {
      const tokens = getTokens(state)
      if (event.type !== 'logout' || tokens === undefined) return false
      return event.revoke ?? tokens.grantType !== 'external'
    },
  },
  was_replaced: {
    text: 'another account has signed in to the profile, and the record belongs to it',
    holds: (state) => {
      const settled = state.status === 'requesting' ? state.previous : state
      return settled.status === 'signed_out' && settled.reason === 'replaced'
    },
  },
} as const satisfies Readonly<Record<string, Condition>>

/** The name of a condition. */
export type ConditionName = keyof typeof conditions

/** What each condition means, as the end of a sentence that starts with "if". */
export const conditionDescriptions = Object.fromEntries(
  Object.entries(conditions).map(([name, { text }]) => [name, text]),
) as Readonly<Record<ConditionName, string>>

function findRenewal(state: MachineState): 'client_credentials' | 'refresh_token' | undefined {
  if (state.status !== 'signed_in') return undefined
  return getRenewal(state.identity, state.subject, state.tokens).grantType
}

function hasValidToken(state: MachineState, at: number): boolean {
  const tokens = getTokens(state)
  return tokens !== undefined && isTokenValid(tokens, at)
}
