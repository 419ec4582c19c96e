import { describe, expect, it } from 'vitest'
import { revealed } from '../../test/secrets.ts'
import {
  identityOf,
  mfaRequired,
  now,
  reauthenticationRequired,
  refreshable,
  renewing,
  requesting,
  signedIn,
  signedOut,
  tokensFrom,
} from '../../test/states.ts'
import { parseState } from './parse-state.ts'
import { serializeState, stateVersion } from './serialize-state.ts'
import type { SettledState } from './state.ts'

const asked = { expiresIn: 0, scope: 'devices' }
const full = refreshable({
  scope: 'devices',
  asked,
  lifetimeAsAsked: false,
  expiresAt: null,
  rejected: true,
  afterRejection: true,
  refreshInDoubt: { since: now, askAgainRefused: false },
})
const renewalPostponed = { failures: 2, since: now, retryAt: now, because: 'no_answer' } as const
const product = identityOf('product')

const settled: readonly SettledState[] = [
  signedOut(),
  signedOut({ identity: product, reason: 'logged_out' }),
  signedOut({ identity: identityOf('product', { subject: 'owner' }), reason: 'challenge_over' }),
  signedOut({ reason: 'sso_user' }),
  mfaRequired(),
  mfaRequired({ held: full, identity: product, asked, triesLeft: 0 }),
  signedIn({ tokens: tokensFrom('adopted') }),
  signedIn({ identity: product, tokens: full, renewalStopped: 'invalid_client' }),
  signedIn({ identity: product, tokens: tokensFrom('client_credentials'), renewalPostponed }),
  reauthenticationRequired(),
  reauthenticationRequired({ reason: 'rejected' }),
  reauthenticationRequired({ reason: 'refresh_answer_lost' }),
  reauthenticationRequired({ identity: identityOf('user'), reason: 'renewal_refused' }),
]

describe('serializeState', () => {
  it.each(settled)('is undone by parseState: %#, $status', (state) => {
    expect(revealed(parseState(serializeState(state)))).toStrictEqual(revealed(state))
  })

  it('writes JSON with its version, and secrets in the clear', () => {
    expect(JSON.parse(serializeState(mfaRequired({ held: full, asked })))).toEqual({
      version: 1,
      status: 'mfa_required',
      identity: {
        baseUrl: 'https://api.particle.io',
        clientId: 'particle',
        clientKind: 'developer',
        subject: 'account:dev@example.com',
      },
      challenge: { mfaToken: 'mfa-held', triesLeft: 3, endsAt: 1767226200000, asked },
      held: {
        accessToken: 'access-held',
        refreshToken: 'refresh-held',
        grant: 'password',
        issuedAt: 1767139200000,
        expiresAt: null,
        scope: 'devices',
        asked,
        lifetimeAsAsked: false,
        rejected: true,
        afterRejection: true,
        refreshInDoubt: { since: 1767225600000, askAgainRefused: false },
      },
    })
  })

  it('writes the version that parseState reads', () => {
    expect(stateVersion).toBe(1)
  })

  it('leaves the state as redacted as it was', () => {
    const state = signedIn({ identity: product, tokens: full })
    serializeState(state)

    expect(JSON.stringify(state)).not.toContain('held')
  })

  it.each([requesting(), renewing()])(
    'refuses a session that is $status, which JavaScript may pass',
    (state) => {
      expect(() => serializeState(state as unknown as SettledState)).toThrow(
        expect.objectContaining({ code: 'unsettled_state', details: { status: state.status } }),
      )
    },
  )
})

describe('what is no state', () => {
  it.each([null, undefined, 5, 'signed_out'])('is not serialised: %j', (state) => {
    expect(() => serializeState(state as unknown as SettledState)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        details: expect.objectContaining({ parameter: 'state' }),
      }),
    )
  })
})
