import { describe, expect, it } from 'vitest'
import { refusalOf, requestOf } from '../../test/effects.ts'
import { events, failed, failures, granted, refused } from '../../test/events.ts'
import { revealed } from '../../test/secrets.ts'
import {
  identityOf,
  mfaRequired,
  minute,
  nothingAsked,
  now,
  reauthenticationRequired,
  renewing,
  requesting,
  signedIn,
  signedOut,
  tokensFrom,
  unbound,
} from '../../test/states.ts'
import type { ClientKind } from '../grants/grant.ts'
import type { Event } from './event.ts'
import { initialState, isSettled, type State, tokensOf } from './state.ts'
import { transition } from './transition.ts'

const refusal = (state: State, event: Event) => refusalOf(transition(state, event))

describe('a sign-in with a password', () => {
  it('sends exactly what was given', () => {
    const asked = { expiresIn: 0, scope: 'devices' }

    expect(revealed(requestOf(transition(signedOut(), { ...events.login, asked })))).toEqual({
      grant_type: 'password',
      username: 'dev@example.com',
      password: { secret: 'password-given' },
      expires_in: 0,
      scope: 'devices',
    })
  })

  it('binds an unbound session only when it succeeds', () => {
    const { state } = transition(signedOut({ identity: unbound() }), events.login)

    expect(transition(state, events.granted).state.identity).toEqual(identityOf())
    expect(transition(state, events.refused).state.identity).toEqual(unbound())
  })

  it('names whom the session belongs to, when it is somebody else', () => {
    const login: Event = { ...events.login, subject: 'account:joe@example.com' }

    expect(refusal(signedIn(), login)).toEqual({
      code: 'subject_mismatch',
      details: { expected: 'account:dev@example.com', given: 'account:joe@example.com' },
    })
  })

  it('gives back the state from before when it is refused, with what Particle said', () => {
    const previous = signedIn()
    const step = transition(
      requesting('password', previous),
      refused('invalid_grant', { description: 'User credentials are invalid' }),
    )

    expect(step.state).toBe(previous)
    expect(step.effects).toEqual([
      {
        type: 'refuse',
        refusal: {
          code: 'grant_refused',
          details: {
            grant_type: 'password',
            error: 'invalid_grant',
            status: 400,
            description: 'User credentials are invalid',
          },
        },
      },
    ])
  })

  it('passes on what kept it from an answer', () => {
    expect(refusal(requesting(), failed(failures.html))).toBe(failures.html)
  })

  it.each([
    ['a request under way', requesting('client_credentials'), 'client_credentials'],
    ['a renewal under way', renewing(), 'refresh_token'],
  ] as const)('waits for %s', (_, state, grant_type) => {
    expect(refusal(state, events.login)).toEqual({ code: 'step_under_way', details: { grant_type } })
  })
})

describe('tokens that come', () => {
  it('count from when the request was sent, and keep what was asked for', () => {
    const asked = { expiresIn: undefined, scope: 'devices' }
    const { state, effects } = transition(
      requesting('password', signedOut(), asked),
      granted({ scope: 'devices' }),
    )

    expect(revealed(state)).toEqual({
      status: 'signed_in',
      identity: identityOf(),
      tokens: {
        accessToken: { secret: 'access-new' },
        refreshToken: undefined,
        grant: 'password',
        issuedAt: now - 1000,
        expiresAt: now - 1000 + 7_776_000_000,
        scope: 'devices',
        asked,
        lifetimeAsAsked: true,
        rejected: false,
        afterRejection: false,
        refreshInDoubt: undefined,
      },
      renewalStopped: undefined,
      renewalPostponed: undefined,
    })
    expect(effects).toEqual([{ type: 'save', state }])
  })

  it.each([
    [undefined, 7_776_000, true],
    [undefined, null, true],
    [0, null, true],
    [0, 7_776_000, false],
    [3600, 3600, true],
    [3600, 7_776_000, false],
    [3600, null, false],
  ] as const)('asked for %s s and given %s s: as asked is %s', (expiresIn, expires_in, lifetimeAsAsked) => {
    const asked = { expiresIn, scope: undefined }
    const { state } = transition(requesting('password', signedOut(), asked), granted({ expires_in }))

    expect(tokensOf(state)).toMatchObject({ lifetimeAsAsked })
  })

  it('never expire when the answer says so', () => {
    const { state } = transition(requesting(), granted({ expires_in: null }))

    expect(tokensOf(state)?.expiresAt).toBeNull()
  })

  it("are dropped when they are somebody else's, and the error tells whose were wanted", () => {
    const foreign = granted({ scope: 'customer=joe@example.com' })

    expect(
      refusal(requesting('client_credentials', signedOut({ identity: identityOf('product') })), foreign),
    ).toEqual({
      code: 'scope_mismatch',
      details: { expected: 'customer:jane@example.com' },
    })
  })
})

describe("asking with the client's own credentials", () => {
  const customer = signedOut({ identity: identityOf('product') })

  it.each([
    { whom: 'a customer', state: customer, asked: undefined, scope: 'customer=jane@example.com' },
    {
      whom: 'a customer, with a scope besides',
      state: customer,
      asked: 'devices',
      scope: 'customer=jane@example.com devices',
    },
    {
      whom: 'the owner',
      state: signedOut({ identity: identityOf('product', { subject: 'owner' }) }),
      asked: undefined,
      scope: undefined,
    },
    {
      whom: 'the owner, with a scope',
      state: signedOut({ identity: unbound('user') }),
      asked: 'devices',
      scope: 'devices',
    },
  ])('asks for $whom', ({ state, asked, scope }) => {
    const event: Event = { ...events.authorize, asked: { expiresIn: 3600, scope: asked } }

    expect(revealed(requestOf(transition(state, event)))).toEqual({
      grant_type: 'client_credentials',
      scope,
      expires_in: 3600,
    })
  })

  it('makes an unbound session its owner’s', () => {
    const { state } = transition(signedOut({ identity: unbound('user') }), events.authorize)

    expect(transition(state, events.granted).state.identity.subject).toBe('owner')
  })

  it('drops the refresh token that came along', () => {
    const { state } = transition(requesting('client_credentials', customer), events.granted)

    expect(tokensOf(state)?.refreshToken).toBeUndefined()
  })

  it('is refused to a developer client, unsent', () => {
    expect(refusal(signedOut(), events.authorize)).toEqual({
      code: 'grant_not_allowed',
      details: { grant_type: 'client_credentials', clientKind: 'developer' },
    })
  })

  it("is refused where an account has signed in: the client's token is its owner's", () => {
    expect(refusal(signedIn({ identity: identityOf('user') }), events.authorize)).toEqual({
      code: 'subject_mismatch',
      details: { expected: 'account:dev@example.com', given: 'owner' },
    })
  })
})

describe('an adopted token', () => {
  it('is used as it is, and was asked for by nobody', () => {
    const step = transition(mfaRequired(), { ...events.adopt, expiresAt: now + minute })

    expect(revealed(step.state)).toEqual({
      status: 'signed_in',
      identity: identityOf(),
      tokens: {
        accessToken: { secret: 'access-adopted' },
        refreshToken: undefined,
        grant: 'adopted',
        issuedAt: now,
        expiresAt: now + minute,
        scope: undefined,
        asked: nothingAsked,
        lifetimeAsAsked: true,
        rejected: false,
        afterRejection: false,
        refreshInDoubt: undefined,
      },
      renewalStopped: undefined,
      renewalPostponed: undefined,
    })
    expect(step.effects).toEqual([{ type: 'save', state: step.state }])
  })
})

describe('logging out', () => {
  it('forgets everything but who it was', () => {
    const step = transition(signedIn(), events.logout)

    expect(step.state).toEqual(signedOut({ identity: identityOf(), reason: 'logged_out' }))
    expect(revealed(step.effects)).toEqual([
      { type: 'revoke', accessToken: { secret: 'access-held' } },
      { type: 'forget' },
    ])
  })

  it('revokes nothing when told not to', () => {
    const step = transition(signedIn(), { ...events.logout, revoke: false })

    expect(step.effects).toEqual([{ type: 'forget' }])
  })

  it('reaches tokens that a request under way would replace', () => {
    const step = transition(requesting('password', signedIn()), events.logout)

    expect(revealed(step.effects[0])).toEqual({ type: 'revoke', accessToken: { secret: 'access-held' } })
  })
})

describe('a refusal without a request', () => {
  const reason = 'rejected'

  it.each([
    {
      what: 'a code',
      state: signedOut(),
      event: events.submit_otp,
      refusal: { code: 'no_challenge', details: {} },
    },
    {
      what: 'a code',
      state: signedIn(),
      event: events.submit_otp,
      refusal: { code: 'no_challenge', details: {} },
    },
    {
      what: 'a renewal',
      state: signedOut(),
      event: events.renew,
      refusal: { code: 'not_signed_in', details: {} },
    },
    {
      what: 'a renewal',
      state: reauthenticationRequired({ reason }),
      event: events.renew,
      refusal: { code: 'reauthentication_required', details: { reason } },
    },
  ])('says why: $what, $state.status', ({ state, event, refusal }) => {
    expect(transition(state, event)).toEqual({ state, effects: [{ type: 'refuse', refusal }] })
  })
})

describe('the states', () => {
  it.each(['developer', 'product', 'user'] satisfies ClientKind[])(
    'begin signed out for a %s client',
    (kind) => {
      expect(initialState(unbound(kind))).toEqual({
        status: 'signed_out',
        identity: unbound(kind),
        reason: 'never_signed_in',
      })
    },
  )

  it.each([
    [signedOut(), true],
    [requesting(), false],
    [mfaRequired(), true],
    [signedIn(), true],
    [renewing(), false],
    [reauthenticationRequired(), true],
  ])('$status is settled: %s', (state, settled) => {
    expect(isSettled(state)).toBe(settled)
  })

  it('tell their tokens also when a request is on top of a challenge', () => {
    const held = tokensFrom()

    expect(tokensOf(requesting('urn:custom:mfa-otp', mfaRequired({ held })))).toBe(held)
  })
})
