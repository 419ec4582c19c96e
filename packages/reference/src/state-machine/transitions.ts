import {
  type EffectType,
  type EventType,
  type MachineEvent,
  type MachineState,
  type Status,
  statuses,
} from '@particle-grants/core/machine'
import { type ConditionName, conditions } from './conditions.ts'

/** One row of the transition table. Of the rows for a state and an event, the first whose conditions all hold applies. */
export interface TransitionRow {
  readonly from: Status
  readonly on: EventType
  readonly when: readonly ConditionName[]
  /** The next status, or all possible ones where it depends on the state before the request. */
  readonly to: readonly Status[]
  readonly effects: readonly EffectType[]
}

interface Row {
  readonly when?: readonly ConditionName[]
  /** Absent: the state does not change. */
  readonly to?: readonly Status[]
  readonly effects?: readonly EffectType[]
}

const ignored: readonly Row[] = [{}]
const rejected: readonly Row[] = [{ effects: ['reject'] }]
/** A request without result returns to the state before it. */
const previous = ['signed_out', 'mfa_required', 'signed_in', 'reauthentication_required'] as const
/** A challenge that ends returns to the earlier sign-in, if there was one. */
const withoutChallenge = ['signed_out', 'signed_in'] as const

const logoutWithoutToken: readonly Row[] = [{ to: ['signed_out'], effects: ['save'] }]
const logout: readonly Row[] = [
  { when: ['token_to_revoke'], to: ['signed_out'], effects: ['save', 'revoke'] },
  ...logoutWithoutToken,
]

/** What every state without a request in progress accepts. */
const signIn = {
  login: [{ when: ['subject_allowed'], to: ['requesting'], effects: ['request'] }, ...rejected],
  request_client_token: [
    { when: ['client_credentials_allowed', 'subject_of_client'], to: ['requesting'], effects: ['request'] },
    ...rejected,
  ],
  create_customer: [{ when: ['subject_allowed'], to: ['requesting'], effects: ['request'] }, ...rejected],
  set_token: [
    { when: ['subject_allowed', 'refresh_token_usable', 'subject_named'], to: ['signed_in'], effects: ['save'] },
    { when: ['subject_allowed', 'refresh_token_usable'], to: ['signed_in'] },
    ...rejected,
  ],
} as const satisfies Partial<Record<EventType, readonly Row[]>>

/** What a state with a request in progress refuses or ignores. */
const inProgress = {
  login: rejected,
  submit_otp: rejected,
  submit_recovery_code: rejected,
  request_client_token: rejected,
  create_customer: rejected,
  set_token: rejected,
  renew: rejected,
  token_rejected: ignored,
  time_passed: ignored,
} as const satisfies Partial<Record<EventType, readonly Row[]>>

const submitCode: readonly Row[] = [
  { when: ['challenge_open'], to: ['requesting'], effects: ['save', 'request'] },
  { to: withoutChallenge, effects: ['save', 'reject'] },
]

/** The table by state and event. A missing event is not accepted in that state. */
const table: { readonly [S in Status]: { readonly [E in EventType]?: readonly Row[] } } = {
  signed_out: {
    ...signIn,
    submit_otp: rejected,
    submit_recovery_code: rejected,
    renew: rejected,
    token_rejected: ignored,
    time_passed: ignored,
    logout: [{ when: ['was_replaced'] }, ...logoutWithoutToken],
  },

  requesting: {
    ...inProgress,
    granted: [
      { when: ['scope_matches'], to: ['signed_in'], effects: ['save'] },
      { when: ['code_sent'], to: withoutChallenge, effects: ['save', 'reject'] },
      { to: previous, effects: ['reject'] },
    ],
    challenged: [
      { when: ['challenge_expected'], to: ['mfa_required'], effects: ['save'] },
      { to: previous, effects: ['reject'] },
    ],
    refused: [
      { when: ['code_sent', 'code_refused', 'challenge_still_open'], to: ['mfa_required'], effects: ['reject'] },
      { when: ['code_sent', 'code_refused'], to: withoutChallenge, effects: ['save', 'reject'] },
      { when: ['code_sent'], to: ['mfa_required'], effects: ['save', 'reject'] },
      { to: previous, effects: ['reject'] },
    ],
    failed: [
      { when: ['code_sent', 'response_lost'], to: ['mfa_required'], effects: ['reject'] },
      { when: ['code_sent'], to: ['mfa_required'], effects: ['save', 'reject'] },
      { to: previous, effects: ['reject'] },
    ],
    logout: [{ when: ['was_replaced'], to: ['signed_out'] }, ...logout],
  },

  mfa_required: {
    ...signIn,
    submit_otp: submitCode,
    submit_recovery_code: submitCode,
    renew: rejected,
    token_rejected: [{ when: ['current_token_rejected'], to: ['mfa_required'], effects: ['save'] }, ...ignored],
    time_passed: [{ when: ['challenge_open'] }, { to: withoutChallenge }],
    logout,
  },

  signed_in: {
    ...signIn,
    submit_otp: rejected,
    submit_recovery_code: rejected,
    renew: [
      { when: ['renewed_with_client_credentials'], to: ['renewing'], effects: ['request'] },
      { when: ['renewed_with_refresh_token'], to: ['renewing'], effects: ['save', 'request'] },
      ...rejected,
    ],
    token_rejected: [
      { when: ['current_token_rejected', 'renewable'], to: ['signed_in'], effects: ['save'] },
      { when: ['current_token_rejected'], to: ['reauthentication_required'], effects: ['save'] },
      ...ignored,
    ],
    time_passed: [{ when: ['token_valid'] }, { when: ['renewable'] }, { to: ['reauthentication_required'] }],
    logout,
  },

  renewing: {
    ...inProgress,
    granted: [
      { when: ['scope_matches'], to: ['signed_in'], effects: ['save'] },
      { to: ['signed_in'], effects: ['save', 'reject'] },
    ],
    challenged: [{ to: ['signed_in'], effects: ['save', 'reject'] }],
    refused: [
      { when: ['refresh_token_refused', 'token_valid'], to: ['signed_in'], effects: ['save', 'reject'] },
      { when: ['refresh_token_refused', 'client_can_request'], to: ['signed_in'], effects: ['save', 'reject'] },
      { when: ['refresh_token_refused'], to: ['reauthentication_required'], effects: ['save', 'reject'] },
      { when: ['customer_unknown', 'token_invalid'], to: ['signed_out'], effects: ['save', 'reject'] },
      { to: ['signed_in'], effects: ['save', 'reject'] },
    ],
    failed: [{ to: ['signed_in'], effects: ['save', 'reject'] }],
    logout,
  },

  reauthentication_required: {
    ...signIn,
    submit_otp: rejected,
    submit_recovery_code: rejected,
    renew: rejected,
    token_rejected: ignored,
    time_passed: ignored,
    logout: logoutWithoutToken,
  },
}

/** The transition table. It describes core's `transition`: a test walks both and compares. */
export const transitions: readonly TransitionRow[] = statuses.flatMap((from) =>
  (Object.entries(table[from]) as [EventType, readonly Row[]][]).flatMap(([on, rows]) =>
    rows.map(({ when = [], to = [from], effects = [] }) => ({ from, on, when, to, effects })),
  ),
)

/** Returns the row that applies; `undefined` for an event that the state does not accept. */
export function findTransition(state: MachineState, event: MachineEvent): TransitionRow | undefined {
  return transitions.find(
    ({ from, on, when }) =>
      from === state.status && on === event.type && when.every((name) => conditions[name].holds(state, event)),
  )
}
