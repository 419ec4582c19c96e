import { describe, expect, it } from 'vitest'
import { getEffectTypes, getError } from '../../test/effects.ts'
import { challenged, events, failed, failures, granted, refused } from '../../test/events.ts'
import { revealSecrets } from '../../test/secrets.ts'
import {
  createIdentity,
  createTokens,
  createUnboundIdentity,
  mfaRequired,
  minute,
  now,
  requesting,
  requestingCode,
  signedIn,
  signedOut,
  subjects,
} from '../../test/states.ts'
import { Secret } from '../secret.ts'
import { account } from '../subject.ts'
import { defaultChallengeLimits, type MachineEvent } from './event.ts'
import type { MachineState } from './state.ts'
import { type Transition, transition } from './transition.ts'

const wrongCode = refused('invalid_token', { status: 401, description: 'Could not validate OTP.' })
const earlier = signedIn()
const heldToken = { accessToken: { secret: 'access-held' } }

/** Sends a code and processes the response to it. */
function submitCode(state: MachineState, response: MachineEvent = wrongCode): Transition {
  return transition(transition(state, events.submit_otp).state, response)
}

describe('a challenge', () => {
  it('allows three attempts within ten minutes', () => {
    expect(defaultChallengeLimits).toEqual({ maxAttempts: 3, maxAgeMs: 600_000 })
  })

  it('is saved with its token, its limits and the requested parameters', () => {
    const requested = { expires_in: 3600, scope: 'devices' }
    const { state, effects } = transition(
      requesting('password', signedOut(), { requested }),
      challenged({ limits: { maxAttempts: 2, maxAgeMs: minute } }),
    )

    expect(revealSecrets(state)).toEqual({
      status: 'mfa_required',
      identity: createUnboundIdentity(),
      subject: subjects.developer,
      challenge: { mfaToken: { secret: 'mfa-new' }, attemptsLeft: 2, expiresAt: now + minute, requested },
      earlier: undefined,
    })
    expect(effects).toEqual([{ type: 'save', state }])
  })

  it('replaces an older one', () => {
    const { state } = transition(requesting('password', mfaRequired({ attemptsLeft: 1 })), events.challenged)

    expect(revealSecrets(state)).toMatchObject({
      challenge: { mfaToken: { secret: 'mfa-new' }, attemptsLeft: 3 },
    })
  })

  it('expires when its time is over, and not a millisecond earlier', () => {
    const { state } = transition(requesting(), events.challenged)
    const getStatus = (ms: number) => transition(state, { type: 'time_passed', at: now + ms }).state.status

    expect([getStatus(600_000 - 1), getStatus(600_000)]).toEqual(['mfa_required', 'signed_out'])
  })

  it.each([
    ['too old', { expiresAt: now }, 'age'],
    ['out of attempts', { attemptsLeft: 0 }, 'attempts'],
  ] as const)('that is %s sends no code', (_, challenge, reason) => {
    const next = transition(mfaRequired(challenge), events.submit_otp)

    expect(getEffectTypes(next)).toEqual(['save', 'reject'])
    expect(getError(next)).toMatchObject({ code: 'challenge_expired', details: { reason } })
    expect(next.state).toMatchObject({ status: 'signed_out', reason: 'challenge_expired' })
  })

  it("is used up by a response with another customer's tokens", () => {
    const next = transition(requestingCode(), granted({ scope: 'customer=joe' }))

    expect(next.state).toMatchObject({ status: 'signed_out', reason: 'challenge_expired' })
    expect(getError(next)).toMatchObject({ code: 'scope_mismatch' })
  })
})

describe('a code', () => {
  const requested = { expires_in: 0, scope: 'devices' }

  it.each([
    ['submit_otp', { grant_type: 'urn:custom:mfa-otp', otp: { secret: '271828' } }],
    ['submit_recovery_code', { grant_type: 'urn:custom:recovery-code', recovery_code: { secret: 'recovery-given' } }],
  ] as const)('is sent with the mfa_token and the requested lifetime, and nothing else: %s', (type, fields) => {
    const { effects } = transition(mfaRequired({ requested }), events[type])

    expect(revealSecrets(effects.at(-1))).toEqual({
      type: 'request',
      request: { ...fields, mfa_token: { secret: 'mfa-held' }, expires_in: 0 },
    })
  })

  it('is counted and saved before it is sent, so that neither a crash nor another process gets it twice', () => {
    const { effects } = transition(mfaRequired(), events.submit_otp)

    expect(effects[0]).toMatchObject({
      type: 'save',
      state: { status: 'mfa_required', challenge: { attemptsLeft: 2 } },
    })
  })

  it('signs in with tokens that are valid from the second request', () => {
    const { state } = submitCode(mfaRequired({ requested }), granted({ expiresInSeconds: 3600 }))

    expect(revealSecrets(state)).toMatchObject({
      status: 'signed_in',
      subject: subjects.developer,
      tokens: {
        accessToken: { secret: 'access-new' },
        grantType: 'urn:custom:mfa-otp',
        requestedAt: now - 1000,
        expiresAt: now - 1000 + 3_600_000,
        requested,
      },
    })
  })
})

describe('a wrong code', () => {
  it.each(['invalid_token', 'invalid_grant'])('leaves the challenge open after %s', (error) => {
    const next = submitCode(mfaRequired(), refused(error))

    expect(revealSecrets(next.state)).toEqual(revealSecrets(mfaRequired({ attemptsLeft: 2 })))
    expect(getError(next)).toMatchObject({
      code: 'invalid_code',
      message: 'Particle rejected the code. Submit another one; 2 attempts are left.',
      details: { attemptsLeft: 2, expiresAt: now + 10 * minute },
    })
  })

  it('ends the challenge at the third attempt', () => {
    const first = submitCode(mfaRequired())
    const second = submitCode(first.state)
    const third = submitCode(second.state)

    expect(getError(second)).toMatchObject({ details: { attemptsLeft: 1 } })
    expect([second.state.status, third.state]).toMatchObject([
      'mfa_required',
      { status: 'signed_out', reason: 'challenge_expired' },
    ])
    expect(getError(third)).toMatchObject({ code: 'challenge_expired', details: { reason: 'attempts' } })
  })

  it('ends the challenge at the first attempt where one was allowed', () => {
    const { state } = transition(requesting(), challenged({ limits: { maxAttempts: 1, maxAgeMs: minute } }))
    const next = submitCode(state)

    expect(next.state.status).toBe('signed_out')
    expect(getError(next)).toMatchObject({ code: 'challenge_expired' })
  })

  it('says that the challenge is too old where that ends it', () => {
    const next = submitCode(mfaRequired(), refused('invalid_token', {}, now + 10 * minute))

    expect(next.state.status).toBe('signed_out')
    expect(getError(next)).toMatchObject({ code: 'challenge_expired', details: { reason: 'age' } })
  })
})

describe('a code that Particle did not judge', () => {
  const responses: readonly (readonly [string, MachineEvent, string])[] = [
    ['429', failed(failures.rateLimited), 'rate_limited'],
    ['503', failed(failures.unavailable), 'temporarily_unavailable'],
    ['a page', failed(failures.html), 'unexpected_response'],
    ['invalid_client', refused('invalid_client'), 'oauth_error'],
    ['invalid_request', refused('invalid_request'), 'oauth_error'],
    ['an unknown error', refused('out_of_cheese'), 'oauth_error'],
    ['sso_user', refused('sso_user'), 'sso_required'],
  ]

  it.each(responses)('gets its attempt back after %s', (_, response, code) => {
    const next = submitCode(mfaRequired({ attemptsLeft: 2 }), response)

    expect(revealSecrets(next.state)).toEqual(revealSecrets(mfaRequired({ attemptsLeft: 2 })))
    expect(next.effects[0]).toEqual({ type: 'save', state: next.state })
    expect(getError(next)?.code).toBe(code)
  })

  it('stays counted if the response was lost: Particle may have judged it', () => {
    const next = submitCode(mfaRequired({ attemptsLeft: 2 }), failed(failures.lost))

    expect(next.state).toMatchObject({ status: 'mfa_required', challenge: { attemptsLeft: 1 } })
    expect(getError(next)).toBe(failures.lost)
  })

  it('stays counted if the response is another challenge', () => {
    const next = submitCode(mfaRequired({ attemptsLeft: 2 }), events.challenged)

    expect(revealSecrets(next.state)).toMatchObject({
      challenge: { attemptsLeft: 1, mfaToken: { secret: 'mfa-held' } },
    })
    expect(getError(next)).toMatchObject({
      code: 'oauth_error',
      details: {
        grantType: 'urn:custom:mfa-otp',
        error: 'mfa_required',
        status: 403,
        description: undefined,
      },
    })
  })
})

describe('tokens of an earlier sign-in', () => {
  it('remain through another login, its challenge and its end', () => {
    const request = transition(signedIn(), events.login)
    const challenge = transition(request.state, events.challenged)
    const end = transition(challenge.state, { type: 'time_passed', at: now + 10 * minute })

    expect(revealSecrets([request.state, challenge.state, end.state])).toMatchObject([
      { previous: { tokens: heldToken } },
      { earlier: { tokens: heldToken } },
      { status: 'signed_in', tokens: heldToken },
    ])
  })

  it('remain through a second challenge', () => {
    const request = transition(mfaRequired({ earlier }), events.login)

    expect(transition(request.state, events.challenged).state).toMatchObject({ earlier })
  })

  it.each([
    ['the last wrong code', submitCode(mfaRequired({ attemptsLeft: 1, earlier }))],
    ['a code too late', transition(mfaRequired({ expiresAt: now, earlier }), events.submit_otp)],
    ['tokens of another scope', submitCode(mfaRequired({ earlier }), granted({ scope: 'customer=joe' }))],
  ])('are current again after %s', (_, next) => {
    expect(next.state).toBe(earlier)
    expect(next.effects[0]).toEqual({ type: 'save', state: earlier })
  })

  it('keep their own subject, where the challenge under a profile is of another account', () => {
    const identity = createIdentity('developer', { subject: undefined, profile: 'work' })
    const state = mfaRequired({ identity, subject: account('joe'), earlier: signedIn({ identity }) })

    expect(submitCode({ ...state, challenge: { ...state.challenge, attemptsLeft: 1 } }).state).toMatchObject({
      status: 'signed_in',
      subject: subjects.developer,
    })
  })

  it('are dropped if the API rejects them and they cannot be renewed; the challenge stays open', () => {
    const next = transition(mfaRequired({ earlier }), events.token_rejected)

    expect(next.state).toEqual(mfaRequired())
    expect(next.effects).toEqual([{ type: 'save', state: next.state }])
  })

  it('are kept as rejected if they can be renewed after the challenge', () => {
    const identity = createIdentity('product')
    const renewable = signedIn({ identity, tokens: createTokens('client_credentials') })
    const next = transition(mfaRequired({ identity, earlier: renewable }), events.token_rejected)

    expect(next.state).toMatchObject({ status: 'mfa_required', earlier: { tokens: { isRejected: true } } })
  })

  it('are dropped when a request is in progress and the API rejects them', () => {
    const { state } = transition(requesting('password', earlier), events.token_rejected)

    expect(transition(state, events.refused).state).toMatchObject({
      status: 'reauthentication_required',
      reason: 'rejected',
    })
    expect(transition(state, events.challenged).state).toMatchObject({ earlier: undefined })
  })

  it('are dropped when the new ones arrive', () => {
    const accessToken = new Secret('access-2')
    const { state } = transition(requestingCode({ earlier }), granted({ accessToken }))

    expect(JSON.stringify(revealSecrets(state))).not.toContain('access-held')
  })
})
