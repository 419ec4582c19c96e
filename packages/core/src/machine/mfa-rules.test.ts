import { describe, expect, it } from 'vitest'
import { refusalOf } from '../../test/effects.ts'
import { challenged, events, failed, failures, granted, refused } from '../../test/events.ts'
import { revealed } from '../../test/secrets.ts'
import {
  identityOf,
  mfaRequired,
  minute,
  now,
  requesting,
  requestingCode,
  signedIn,
  signedOut,
  tokensFrom,
  unbound,
} from '../../test/states.ts'
import { Secret } from '../secret.ts'
import { defaultChallengeLimits, type Event } from './event.ts'
import type { MfaRequired, State } from './state.ts'
import type { Step } from './step.ts'
import { transition } from './transition.ts'

const wrongCode = refused('invalid_token', { status: 401, description: 'Could not validate OTP.' })
const held = tokensFrom()

/** Sends a code and takes the answer to it. */
function tryCode(state: State, answer: Event = wrongCode): Step {
  return transition(transition(state, events.submit_otp).state, answer)
}

describe('a challenge', () => {
  it('allows three tries within ten minutes', () => {
    expect(defaultChallengeLimits).toEqual({ tries: 3, maxAge: 600_000 })
  })

  it('is kept with its token, its limits, and what was asked for', () => {
    const asked = { expiresIn: 3600, scope: 'devices' }
    const { state } = transition(requesting('password', signedOut(), asked), events.challenged)

    expect(revealed(state)).toEqual({
      status: 'mfa_required',
      identity: identityOf(),
      challenge: { mfaToken: { secret: 'mfa-new' }, triesLeft: 3, endsAt: now + 10 * minute, asked },
      held: undefined,
    })
  })

  it('is saved before anything else happens', () => {
    const { state, effects } = transition(requesting(), events.challenged)

    expect(effects).toEqual([{ type: 'save', state }])
  })

  it('binds the session to whoever signs in', () => {
    const { state } = transition(signedOut({ identity: unbound() }), events.login)

    expect(transition(state, events.challenged).state.identity.subject).toBe('account:dev@example.com')
  })

  it('replaces an older one', () => {
    const { state } = transition(requesting('password', mfaRequired({ triesLeft: 1 })), events.challenged)

    expect(revealed((state as MfaRequired).challenge)).toMatchObject({
      mfaToken: { secret: 'mfa-new' },
      triesLeft: 3,
    })
  })
})

describe('a code that is sent', () => {
  it('goes with the mfa_token and the lifetime of the first step, and with nothing else', () => {
    const asked = { expiresIn: 0, scope: 'devices' }
    const { effects } = transition(mfaRequired({ asked }), events.submit_otp)

    expect(revealed(effects.at(-1))).toEqual({
      type: 'request',
      request: {
        grant_type: 'urn:custom:mfa-otp',
        mfa_token: { secret: 'mfa-held' },
        otp: { secret: '271828' },
        expires_in: 0,
      },
    })
  })

  it('goes as a recovery code where it is one', () => {
    const { effects } = transition(mfaRequired(), events.submit_recovery_code)

    expect(revealed(effects.at(-1))).toEqual({
      type: 'request',
      request: {
        grant_type: 'urn:custom:recovery-code',
        mfa_token: { secret: 'mfa-held' },
        recovery_code: { secret: 'recovery-given' },
        expires_in: undefined,
      },
    })
  })

  it('counts before it is sent, so that neither a crash nor a second process gets its try twice', () => {
    const [save] = transition(mfaRequired({ triesLeft: 3 }), events.submit_otp).effects

    expect(save).toMatchObject({
      type: 'save',
      state: { status: 'mfa_required', challenge: { triesLeft: 2 } },
    })
  })

  it('brings tokens that count from the second request, with the lifetime of the first', () => {
    const asked = { expiresIn: 3600, scope: undefined }
    const { state } = tryCode(mfaRequired({ asked }), granted({ expires_in: 3600 }))

    expect(revealed(state)).toMatchObject({
      status: 'signed_in',
      tokens: {
        accessToken: { secret: 'access-new' },
        grant: 'urn:custom:mfa-otp',
        issuedAt: now - 1000,
        expiresAt: now - 1000 + 3_600_000,
        asked,
        lifetimeAsAsked: true,
      },
    })
  })
})

describe('a refused code', () => {
  it.each(['invalid_token', 'invalid_grant'])(
    'leaves the challenge open with the same mfa_token after %s',
    (error) => {
      const { state } = tryCode(mfaRequired(), refused(error))

      expect(revealed(state)).toMatchObject({
        status: 'mfa_required',
        challenge: { mfaToken: { secret: 'mfa-held' }, triesLeft: 2, endsAt: now + 10 * minute },
      })
    },
  )

  it('says how many tries are left, and until when', () => {
    expect(refusalOf(tryCode(mfaRequired()))).toEqual({
      code: 'code_refused',
      details: { triesLeft: 2, endsAt: now + 10 * minute },
    })
  })

  it('ends the challenge at the third time', () => {
    const first = tryCode(mfaRequired())
    const second = tryCode(first.state)
    const third = tryCode(second.state)

    expect([first, second, third].map(({ state }) => state.status)).toEqual([
      'mfa_required',
      'mfa_required',
      'signed_out',
    ])
    expect(refusalOf(second)).toMatchObject({ details: { triesLeft: 1 } })
    expect(third.state).toMatchObject({ reason: 'challenge_over' })
    expect(refusalOf(third)).toEqual({ code: 'challenge_over', details: { reason: 'tries' } })
  })

  it('ends the challenge at the first time where one try was allowed', () => {
    const { state } = transition(requesting(), challenged({ limits: { tries: 1, maxAge: minute } }))
    const step = tryCode(state)

    expect(step.state.status).toBe('signed_out')
    expect(refusalOf(step)).toMatchObject({ code: 'challenge_over' })
  })

  it('says that the challenge is too old when that is why it ends', () => {
    const step = tryCode(mfaRequired(), refused('invalid_token', { at: now + 10 * minute }))

    expect(step.state.status).toBe('signed_out')
    expect(refusalOf(step)).toEqual({ code: 'challenge_over', details: { reason: 'age' } })
  })

  it('leaves tokens of an earlier sign-in good, also at the last time', () => {
    const step = tryCode(mfaRequired({ triesLeft: 1, held }))

    expect(step.state).toEqual(signedIn({ tokens: held }))
    expect(step.effects).toContainEqual({ type: 'save', state: step.state })
  })

  it('has another outcome for SSO than for a wrong password', () => {
    const step = transition(requesting(), refused('sso_user', { status: 403, description: 'Use SSO' }))

    expect(step.state).toMatchObject({ status: 'signed_out', reason: 'sso_user' })
    expect(refusalOf(step)).toEqual({ code: 'sso_user', details: { status: 403, description: 'Use SSO' } })
  })
})

describe('a challenge that is over', () => {
  const tooOld = { endsAt: now }

  it.each([
    ['too old', tooOld, 'age'],
    ['out of tries', { triesLeft: 0 }, 'tries'],
  ] as const)('sends nothing when it is %s', (_, challenge, reason) => {
    const step = transition(mfaRequired(challenge), events.submit_otp)

    expect(step.effects.map(({ type }) => type)).toEqual(['save', 'refuse'])
    expect(refusalOf(step)).toEqual({ code: 'challenge_over', details: { reason } })
    expect(step.state).toMatchObject({ status: 'signed_out', reason: 'challenge_over' })
  })

  it('is over ten minutes after it came, and not a millisecond before', () => {
    const { state } = transition(requesting(), events.challenged)
    const at = (ms: number) => transition(state, { type: 'time_passed', at: now + ms }).state.status

    expect([at(600_000 - 1), at(600_000)]).toEqual(['mfa_required', 'signed_out'])
  })

  it('gives back the tokens of an earlier sign-in', () => {
    const step = transition(mfaRequired({ ...tooOld, held }), events.submit_otp)

    expect(step.state).toEqual(signedIn({ tokens: held }))
    expect(step.effects[0]).toEqual({ type: 'save', state: step.state })
  })
})

describe('a code that was not judged', () => {
  const unjudged: readonly (readonly [string, Event])[] = [
    ['429', failed(failures.rateLimited)],
    ['503', failed(failures.unavailable)],
    ['HTML', failed(failures.html)],
    ['invalid_client', refused('invalid_client')],
    ['invalid_request', refused('invalid_request')],
    ['an unknown error', refused('out_of_cheese')],
  ]

  it.each(unjudged)('gets its try back after %s', (_, answer) => {
    const step = tryCode(mfaRequired({ triesLeft: 2 }), answer)

    expect(revealed(step.state)).toEqual(revealed(mfaRequired({ triesLeft: 2 })))
    expect(step.effects[0]).toEqual({ type: 'save', state: step.state })
  })

  it('says what came instead', () => {
    const refusals = unjudged.map(([, answer]) => refusalOf(tryCode(mfaRequired(), answer))?.code)

    expect(refusals).toEqual([
      'rate_limited',
      'temporarily_unavailable',
      'unexpected_answer',
      'grant_refused',
      'grant_refused',
      'grant_refused',
    ])
  })

  it('keeps counting when its answer was lost: it may have been judged', () => {
    const step = tryCode(mfaRequired({ triesLeft: 2 }), failed(failures.lost))

    expect(step.state).toMatchObject({ status: 'mfa_required', challenge: { triesLeft: 1 } })
    expect(refusalOf(step)).toBe(failures.lost)
  })

  it('keeps counting when another challenge is the answer', () => {
    const step = tryCode(mfaRequired({ triesLeft: 2 }), events.challenged)

    expect(revealed(step.state)).toMatchObject({
      challenge: { triesLeft: 1, mfaToken: { secret: 'mfa-held' } },
    })
    expect(refusalOf(step)).toEqual({
      code: 'grant_refused',
      details: {
        grant_type: 'urn:custom:mfa-otp',
        error: 'mfa_required',
        status: 403,
        description: undefined,
      },
    })
  })
})

describe('tokens of an earlier sign-in', () => {
  it('stay through a second sign-in, its challenge and its end', () => {
    const second = transition(signedIn(), events.login)
    const challenge = transition(second.state, events.challenged)
    const ended = transition(challenge.state, { type: 'time_passed', at: now + 10 * minute })

    expect(revealed([second.state, challenge.state, ended.state])).toMatchObject([
      { previous: { tokens: { accessToken: { secret: 'access-held' } } } },
      { held: { accessToken: { secret: 'access-held' } } },
      { status: 'signed_in', tokens: { accessToken: { secret: 'access-held' } } },
    ])
  })

  it('are dropped when the API rejects them meanwhile, and the challenge goes on', () => {
    const step = transition(mfaRequired({ held }), events.rejected)

    expect(step.state).toEqual(mfaRequired())
    expect(step.effects).toEqual([{ type: 'save', state: step.state }])
  })

  it('are dropped when the new ones come', () => {
    const { state } = transition(requestingCode({ held }), granted({ access_token: new Secret('access-2') }))

    expect(JSON.stringify(revealed(state))).not.toContain('access-held')
  })

  it('are revoked when their owner gives up the challenge by logging out', () => {
    const step = transition(mfaRequired({ held }), events.logout)

    expect(revealed(step.effects)).toEqual([
      { type: 'revoke', accessToken: { secret: 'access-held' } },
      { type: 'forget' },
    ])
  })

  it('say, when a renewal is wanted, that a code is awaited', () => {
    expect(refusalOf(transition(mfaRequired({ held }), events.renew))).toEqual({
      code: 'mfa_required',
      details: { triesLeft: 3, endsAt: now + 10 * minute },
    })
  })
})

it("drops a challenge whose answer is somebody else's token: it is used up", () => {
  const step = transition(requestingCode(), granted({ scope: 'customer=joe' }))

  expect(step.state).toMatchObject({ status: 'signed_out', reason: 'challenge_over' })
  expect(refusalOf(step)).toMatchObject({ code: 'scope_mismatch' })
})
