import { frozen } from '../frozen.ts'
import type { EventType } from './event.ts'
import type { Table, Transition } from './row.ts'
import { type Status, statuses } from './state.ts'

const stay = [{ do: 'stay', to: ['same'] }] as const
const busy = [{ do: 'refuse_busy', to: ['same'], effects: ['refuse'] }] as const
const withoutChallenge = [{ do: 'refuse_without_challenge', to: ['same'], effects: ['refuse'] }] as const
/** A request that leads nowhere goes back to where it came from. */
const back = ['signed_out', 'mfa_required', 'signed_in', 'reauthentication_required'] as const

/** Where no tokens can be. */
const forget = [{ do: 'forget', to: ['signed_out'], effects: ['forget'] }] as const
const logout = [
  {
    when: ['holds_tokens', 'revocation_wanted'],
    do: 'revoke_and_forget',
    to: ['signed_out'],
    effects: ['revoke', 'forget'],
  },
  ...forget,
] as const

/** What every settled state can do: begin anew, and end. */
const settled = {
  login: [
    { when: ['username_fits'], do: 'start_login', to: ['requesting'], effects: ['request'] },
    { do: 'refuse_other_username', to: ['same'], effects: ['refuse'] },
  ],
  authorize: [
    {
      when: ['client_may_authorize', 'bound_to_account'],
      do: 'refuse_other_owner',
      to: ['same'],
      effects: ['refuse'],
    },
    { when: ['client_may_authorize'], do: 'start_authorize', to: ['requesting'], effects: ['request'] },
    { do: 'refuse_client', to: ['same'], effects: ['refuse'] },
  ],
  adopt: [{ do: 'use_adopted', to: ['signed_in'], effects: ['save'] }],
  logout,
} as const

/** Only logging out interrupts a request under way; a session itself takes one step after the other. */
const underWay = {
  login: busy,
  submit_otp: busy,
  submit_recovery_code: busy,
  authorize: busy,
  adopt: busy,
  renew: busy,
  rejected: stay,
  accepted: stay,
  logout,
  time_passed: stay,
} as const

/** Saved as over, not removed: whoever comes with the same challenge later finds that it was used up. */
const challengeOver = [
  { do: 'close_when_over', to: ['signed_out', 'signed_in'], effects: ['save', 'refuse'] },
] as const

const table: Table = {
  signed_out: {
    ...settled,
    submit_otp: withoutChallenge,
    submit_recovery_code: withoutChallenge,
    renew: [{ do: 'refuse_signed_out', to: ['same'], effects: ['refuse'] }],
    rejected: stay,
    accepted: stay,
    logout: forget,
    time_passed: stay,
  },

  requesting: {
    ...underWay,
    granted: [
      { when: ['scope_fits'], do: 'sign_in', to: ['signed_in'], effects: ['save'] },
      {
        when: ['second_factor_sent'],
        do: 'drop_foreign_and_close',
        to: ['signed_out', 'signed_in'],
        effects: ['save', 'refuse'],
      },
      { do: 'drop_foreign_tokens', to: back, effects: ['refuse'] },
    ],
    challenged: [
      { when: ['grant_may_be_challenged'], do: 'open_challenge', to: ['mfa_required'], effects: ['save'] },
      { do: 'refuse_challenge', to: back, effects: ['refuse'] },
    ],
    refused: [
      {
        when: ['second_factor_sent', 'code_refused', 'challenge_stays_open'],
        do: 'refuse_code',
        to: ['mfa_required'],
        effects: ['refuse'],
      },
      {
        when: ['second_factor_sent', 'code_refused'],
        do: 'close_after_last_code',
        to: ['signed_out', 'signed_in'],
        effects: ['save', 'refuse'],
      },
      { when: ['sso'], do: 'refuse_sso', to: back, effects: ['refuse'] },
      { when: ['second_factor_sent'], do: 'return_try', to: ['mfa_required'], effects: ['save', 'refuse'] },
      { do: 'go_back', to: back, effects: ['refuse'] },
    ],
    failed: [
      {
        when: ['second_factor_sent', 'answer_lost'],
        do: 'go_back',
        to: ['mfa_required'],
        effects: ['refuse'],
      },
      { when: ['second_factor_sent'], do: 'return_try', to: ['mfa_required'], effects: ['save', 'refuse'] },
      { do: 'go_back', to: back, effects: ['refuse'] },
    ],
  },

  mfa_required: {
    ...settled,
    submit_otp: [
      { when: ['challenge_open'], do: 'send_otp', to: ['requesting'], effects: ['save', 'request'] },
      ...challengeOver,
    ],
    submit_recovery_code: [
      {
        when: ['challenge_open'],
        do: 'send_recovery_code',
        to: ['requesting'],
        effects: ['save', 'request'],
      },
      ...challengeOver,
    ],
    renew: [{ do: 'refuse_until_code', to: ['same'], effects: ['refuse'] }],
    rejected: [
      { when: ['token_current'], do: 'drop_held', to: ['mfa_required'], effects: ['save'] },
      { do: 'stay', to: ['same'] },
    ],
    accepted: stay,
    time_passed: [
      { when: ['challenge_open'], do: 'stay', to: ['same'] },
      { do: 'let_challenge_end', to: ['signed_out', 'signed_in'] },
    ],
  },

  signed_in: {
    ...settled,
    submit_otp: withoutChallenge,
    submit_recovery_code: withoutChallenge,
    renew: [
      { when: ['renewable_by_asking_again'], do: 'ask_again', to: ['renewing'], effects: ['request'] },
      { when: ['renewable_by_refresh'], do: 'refresh', to: ['renewing'], effects: ['save', 'request'] },
      { do: 'refuse_renewal', to: ['same'], effects: ['refuse'] },
    ],
    rejected: [
      {
        when: [
          'token_current',
          'worth_renewing',
          'renewal_open',
          'renewal_not_postponed',
          'renewable_by_asking_again',
        ],
        do: 'ask_again',
        to: ['renewing'],
        effects: ['request'],
      },
      {
        when: [
          'token_current',
          'worth_renewing',
          'renewal_open',
          'renewal_not_postponed',
          'renewable_by_refresh',
        ],
        do: 'refresh',
        to: ['renewing'],
        effects: ['save', 'request'],
      },
      {
        when: ['token_current', 'worth_renewing', 'renewal_open', 'renewable'],
        do: 'wait_after_rejection',
        to: ['signed_in'],
        effects: ['save', 'refuse'],
      },
      {
        when: ['token_current'],
        do: 'require_after_rejection',
        to: ['reauthentication_required'],
        effects: ['save', 'refuse'],
      },
      { do: 'stay', to: ['same'] },
    ],
    accepted: [
      { when: ['token_current', 'not_taken_yet'], do: 'note_taken', to: ['signed_in'], effects: ['save'] },
      { do: 'stay', to: ['same'] },
    ],
    time_passed: [
      { when: ['token_good'], do: 'stay', to: ['same'] },
      { when: ['renewable'], do: 'stay', to: ['same'] },
      { do: 'let_token_expire', to: ['reauthentication_required'] },
    ],
  },

  renewing: {
    ...underWay,
    granted: [
      { when: ['scope_fits'], do: 'take_renewed', to: ['signed_in'], effects: ['save'] },
      { do: 'drop_foreign_renewal', to: ['signed_in'], effects: ['save', 'refuse'] },
    ],
    challenged: [{ do: 'refuse_challenged_renewal', to: ['signed_in'], effects: ['save', 'refuse'] }],
    refused: [
      { when: ['way_out_refused'], do: 'try_refresh_next', to: ['signed_in'], effects: ['save', 'refuse'] },
      {
        when: ['refusal_is_final', 'token_good'],
        do: 'keep_access_token',
        to: ['signed_in'],
        effects: ['save', 'refuse'],
      },
      {
        when: ['refusal_is_final'],
        do: 'require_after_refusal',
        to: ['reauthentication_required'],
        effects: ['save', 'refuse'],
      },
      { do: 'stop_renewing', to: ['signed_in'], effects: ['save', 'refuse'] },
    ],
    failed: [{ do: 'postpone_renewal', to: ['signed_in'], effects: ['save', 'refuse'] }],
  },

  reauthentication_required: {
    ...settled,
    submit_otp: withoutChallenge,
    submit_recovery_code: withoutChallenge,
    renew: [{ do: 'refuse_until_sign_in', to: ['same'], effects: ['refuse'] }],
    rejected: stay,
    accepted: stay,
    logout: forget,
    time_passed: stay,
  },
}

/** The transition table, flat: what the machine runs on, what the tests walk and what diagrams are drawn from. */
export const transitions: readonly Transition[] = statuses.flatMap((from) =>
  (Object.entries(table[from]) as [EventType, NonNullable<Table[Status][EventType]>][]).flatMap(
    ([on, rows]) =>
      rows.map((row) => ({
        from,
        on,
        when: row.when ?? [],
        do: row.do,
        to: row.to.map((status) => (status === 'same' ? from : status)),
        effects: row.effects ?? [],
      })),
  ),
)
frozen(transitions)
