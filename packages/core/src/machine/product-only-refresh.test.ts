import { describe, expect, it } from 'vitest'
import { refusalOf, requestOf } from '../../test/effects.ts'
import { events, failed, failures, granted, refused } from '../../test/events.ts'
import { revealed, stringsIn } from '../../test/secrets.ts'
import {
  day,
  identityOf,
  now,
  refreshable,
  renewing,
  requesting,
  signedIn,
  signedOut,
  tokensFrom,
} from '../../test/states.ts'
import type { NotRenewableReason } from '../errors/details.ts'
import type { ClientKind } from '../grants/grant.ts'
import { Secret } from '../secret.ts'
import type { SignedIn, State, Tokens } from './state.ts'
import type { Step } from './step.ts'
import { transition } from './transition.ts'

type Sent = 'refresh_token' | 'client_credentials' | NotRenewableReason

/** What a renewal sends, or why it sends nothing: for this kind of client, this grant, without | with a refresh token. */
// biome-ignore format: one line per case, to be read as a table
const renewals: readonly (readonly [ClientKind, Tokens['grant'], without: Sent, withOne: Sent])[] = [
  ['developer', 'password',                 'developer_token',    'developer_token'],
  ['developer', 'urn:custom:mfa-otp',       'developer_token',    'developer_token'],
  ['developer', 'urn:custom:recovery-code', 'developer_token',    'developer_token'],
  ['developer', 'client_credentials',       'developer_token',    'developer_token'],
  ['developer', 'refresh_token',            'developer_token',    'developer_token'],
  ['developer', 'adopted',                  'adopted_token',      'adopted_token'],
  ['product',   'password',                 'no_refresh_token',   'refresh_token'],
  ['product',   'urn:custom:mfa-otp',       'no_refresh_token',   'refresh_token'],
  ['product',   'urn:custom:recovery-code', 'no_refresh_token',   'refresh_token'],
  ['product',   'client_credentials',       'client_credentials', 'client_credentials'],
  ['product',   'refresh_token',            'no_refresh_token',   'refresh_token'],
  ['product',   'adopted',                  'adopted_token',      'adopted_token'],
  ['user',      'password',                 'user_token',         'user_token'],
  ['user',      'urn:custom:mfa-otp',       'user_token',         'user_token'],
  ['user',      'urn:custom:recovery-code', 'user_token',         'user_token'],
  ['user',      'client_credentials',       'client_credentials', 'client_credentials'],
  ['user',      'refresh_token',            'user_token',         'user_token'],
  ['user',      'adopted',                  'adopted_token',      'adopted_token'],
]

const cases = renewals.flatMap(([kind, grant, without, withOne]) => [
  { kind, grant, refreshToken: undefined, sent: without, present: 'without' },
  { kind, grant, refreshToken: new Secret('refresh-held'), sent: withOne, present: 'with' },
])

function sentBy(step: Step): unknown {
  const refusal = refusalOf(step)
  return requestOf(step)?.grant_type ?? (refusal?.code === 'not_renewable' && refusal.details.reason)
}

function withTokens(kind: ClientKind, grant: Tokens['grant'], changes: Partial<Tokens>): SignedIn {
  return signedIn({ identity: identityOf(kind), tokens: tokensFrom(grant, changes) })
}

describe('a renewal', () => {
  it.each(cases)(
    'of a $kind client, by $grant, $present a refresh token: $sent',
    ({ kind, grant, ...rest }) => {
      const state = withTokens(kind, grant, { refreshToken: rest.refreshToken })

      expect(sentBy(transition(state, events.renew))).toBe(rest.sent)
    },
  )

  it.each(cases)(
    'after a rejection sends the same, or nothing: $kind, $grant, $present',
    ({ kind, grant, ...rest }) => {
      const state = withTokens(kind, grant, { refreshToken: rest.refreshToken })
      const step = transition(state, events.rejected)
      const renews = rest.sent === 'refresh_token' || rest.sent === 'client_credentials'

      expect(renews ? sentBy(step) : step.state.status).toBe(renews ? rest.sent : 'reauthentication_required')
    },
  )

  it.each(cases)(
    'of a token that never expires sends nothing: $kind, $grant, $present',
    ({ kind, grant, ...rest }) => {
      const state = withTokens(kind, grant, { refreshToken: rest.refreshToken, expiresAt: null })

      expect(sentBy(transition(state, events.renew))).toBe(
        grant === 'adopted' ? 'adopted_token' : 'never_expires',
      )
    },
  )

  it('says when a token ends that nobody can renew', () => {
    expect(refusalOf(transition(signedIn(), events.renew))).toEqual({
      code: 'not_renewable',
      details: { reason: 'developer_token', expiresAt: now + 89 * day },
    })
  })

  it('asks for the lifetime again, and by refresh for no scope', () => {
    const asked = { expiresIn: 0, scope: 'devices' }
    const refresh = signedIn({ identity: identityOf('product'), tokens: refreshable({ asked }) })
    const again = withTokens('product', 'client_credentials', { asked })

    expect(
      [refresh, again].map((state) => revealed(transition(state, events.renew).effects.slice(-1))),
    ).toEqual([
      [
        {
          type: 'request',
          request: {
            grant_type: 'refresh_token',
            refresh_token: { secret: 'refresh-held' },
            expires_in: 0,
          },
        },
      ],
      [
        {
          type: 'request',
          request: {
            grant_type: 'client_credentials',
            scope: 'customer=jane@example.com devices',
            expires_in: 0,
          },
        },
      ],
    ])
  })

  it('keeps the tokens while it is under way', () => {
    const state = signedIn({ identity: identityOf('product'), tokens: refreshable() })

    expect(transition(state, events.renew).state).toEqual(renewing({ tokens: state.tokens }))
  })
})

describe('a refresh token that comes with an answer', () => {
  // biome-ignore format: one line per case, to be read as a table
  const kept: readonly (readonly [ClientKind, 'password' | 'urn:custom:mfa-otp' | 'urn:custom:recovery-code' | 'client_credentials', boolean])[] = [
    ['developer', 'password',                 false],
    ['developer', 'urn:custom:mfa-otp',       false],
    ['developer', 'urn:custom:recovery-code', false],
    ['product',   'password',                 true],
    ['product',   'urn:custom:mfa-otp',       true],
    ['product',   'urn:custom:recovery-code', true],
    ['product',   'client_credentials',       false],
    ['user',      'password',                 false],
    ['user',      'urn:custom:mfa-otp',       false],
    ['user',      'urn:custom:recovery-code', false],
    ['user',      'client_credentials',       false],
  ]

  it.each(kept)('of a %s client, by %s: kept is %s', (kind, grant, isKept) => {
    const step = transition(requesting(grant, signedOut({ identity: identityOf(kind) })), events.granted)
    const strings = Object.values(stringsIn(step))

    expect(strings.includes('refresh-new')).toBe(isKept)
    expect(strings).toContain('access-new')
  })
})

describe('the answer to a renewal', () => {
  const scoped = refreshable({
    scope: 'customer=jane@example.com',
    asked: { expiresIn: 3600, scope: undefined },
  })

  it('brings the next refresh token, and keeps the grant that the sign-in began with', () => {
    const { state } = transition(renewing({ tokens: scoped }), granted({ expires_in: 60 }))

    expect(revealed(state)).toMatchObject({
      status: 'signed_in',
      renewalStopped: undefined,
      tokens: {
        accessToken: { secret: 'access-new' },
        refreshToken: { secret: 'refresh-new' },
        grant: 'password',
        issuedAt: now - 1000,
        expiresAt: now - 1000 + 60_000,
        scope: 'customer=jane@example.com',
        asked: { expiresIn: 3600 },
        lifetimeAsAsked: false,
      },
    })
  })

  it('leaves the old refresh token in place when it brings none', () => {
    const { state } = transition(renewing(), granted({ refresh_token: undefined }))

    expect(revealed(state)).toMatchObject({ tokens: { refreshToken: { secret: 'refresh-held' } } })
  })

  it('takes the scope that it brings', () => {
    const { state } = transition(renewing(), granted({ scope: 'devices' }))

    expect(state).toMatchObject({ tokens: { scope: 'devices' } })
  })

  it('keeps no refresh token when it was asked for again', () => {
    const tokens = tokensFrom('client_credentials')
    const { state } = transition(renewing({ tokens, by: 'client_credentials' }), events.granted)

    expect(revealed(state)).toMatchObject({
      tokens: { refreshToken: undefined, grant: 'client_credentials' },
    })
  })

  // biome-ignore format: one line per case, to be read as a table
  const endings: readonly { answer: string; from: State; event: Parameters<typeof transition>[1]; stopped: string | undefined; keeps: boolean; code: string }[] = [
    { answer: 'invalid_grant', from: renewing(), event: refused('invalid_grant'), stopped: 'invalid_grant', keeps: false, code: 'grant_refused' },
    { answer: 'invalid_client', from: renewing(), event: refused('invalid_client'), stopped: 'invalid_client', keeps: true, code: 'grant_refused' },
    { answer: 'invalid_scope', from: renewing(), event: refused('invalid_scope'), stopped: 'invalid_scope', keeps: true, code: 'grant_refused' },
    { answer: 'mfa_required', from: renewing(), event: events.challenged, stopped: 'mfa_required', keeps: true, code: 'grant_refused' },
    { answer: "somebody else's scope", from: renewing(), event: granted({ scope: 'customer=joe' }), stopped: 'scope_mismatch', keeps: false, code: 'scope_mismatch' },
    { answer: '503', from: renewing(), event: failed(failures.unavailable), stopped: undefined, keeps: true, code: 'temporarily_unavailable' },
    { answer: 'HTML', from: renewing(), event: failed(failures.html), stopped: undefined, keeps: true, code: 'unexpected_answer' },
  ]

  it.each(endings)('$answer keeps the access token, which is still good', ({ from, event, ...rest }) => {
    const step = transition(from, event)

    expect(revealed(step.state)).toMatchObject({
      status: 'signed_in',
      renewalStopped: rest.stopped,
      tokens: {
        accessToken: { secret: 'access-held' },
        refreshToken: rest.keeps ? { secret: 'refresh-held' } : undefined,
      },
    })
    expect(refusalOf(step)?.code).toBe(rest.code)
    expect(step.effects[0]).toEqual({ type: 'save', state: step.state })
  })

  it('names the grant that was refused', () => {
    const tokens = tokensFrom('client_credentials')
    const step = transition(renewing({ tokens, by: 'client_credentials' }), refused('invalid_client'))

    expect(refusalOf(step)).toMatchObject({
      details: { grant_type: 'client_credentials', error: 'invalid_client' },
    })
  })

  it('ends the session when it is final and the access token is over', () => {
    const step = transition(renewing({ tokens: refreshable({ expiresAt: now }) }), refused('invalid_grant'))

    expect(step.state).toMatchObject({ status: 'reauthentication_required', reason: 'renewal_refused' })
    expect(refusalOf(step)).toEqual({
      code: 'reauthentication_required',
      details: { reason: 'renewal_refused' },
    })
    expect(step.effects[0]).toEqual({ type: 'save', state: step.state })
  })

  it('that is final leaves the session to its access token, and then to its owner', () => {
    const { state } = transition(renewing(), refused('invalid_grant'))

    expect(sentBy(transition(state, events.renew))).toBe('no_refresh_token')
    expect(transition(state, { type: 'time_passed', at: now + 90 * day }).state).toMatchObject({
      status: 'reauthentication_required',
      reason: 'renewal_refused',
    })
  })
})

describe('a refresh whose answer is lost', () => {
  const lost = { refreshInDoubt: { since: now, askAgainRefused: false } }
  const customers = signedIn({ identity: identityOf('product'), tokens: refreshable() })

  it('is written down before it is sent, for a process that dies meanwhile', () => {
    const step = transition(customers, events.renew)

    expect(step.effects.map(({ type }) => type)).toEqual(['save', 'request'])
    expect(revealed(step.effects[0])).toEqual(
      revealed({ type: 'save', state: { ...customers, tokens: refreshable(lost) } }),
    )
  })

  it.each([failures.lost, failures.unavailable, failures.html])(
    'may have spent the token: $code',
    (refusal) => {
      expect(transition(renewing(), failed(refusal)).state).toMatchObject({ tokens: lost })
    },
  )

  it('has spent nothing where the service would not take the request', () => {
    const { state } = transition(renewing(), failed(failures.rateLimited))

    expect(state).toMatchObject({ tokens: { refreshInDoubt: undefined } })
  })

  it('leads to asking with the client’s own credentials, for the customer', () => {
    const step = transition({ ...customers, tokens: refreshable(lost) }, events.renew)

    expect(requestOf(step)).toEqual({
      grant_type: 'client_credentials',
      scope: 'customer=jane@example.com',
      expires_in: undefined,
    })
  })

  it('is forgotten, and the refresh token with it, once that gave a token', () => {
    const { state } = transition(
      renewing({ tokens: refreshable(lost), by: 'client_credentials' }),
      events.granted,
    )

    expect(revealed(state)).toMatchObject({
      tokens: { grant: 'client_credentials', refreshToken: undefined, refreshInDoubt: undefined },
    })
  })

  it('leads back to the refresh token where that is refused', () => {
    const asking = renewing({ tokens: refreshable(lost), by: 'client_credentials' })
    const { state } = transition(asking, refused('invalid_scope'))

    expect(sentBy(transition(state, events.renew))).toBe('refresh_token')
  })

  it('is the reason why its owner has to sign in again, when the refresh token turns out to be spent', () => {
    const tokens = refreshable({ expiresAt: now, refreshInDoubt: { since: now, askAgainRefused: true } })
    const step = transition(renewing({ tokens }), refused('invalid_grant'))

    expect(refusalOf(step)).toEqual({
      code: 'reauthentication_required',
      details: { reason: 'refresh_answer_lost' },
    })
  })

  it('never sends a refresh token of a developer or a user client', () => {
    for (const kind of ['developer', 'user'] as const) {
      const state = withTokens(kind, 'password', { ...lost, refreshToken: new Secret('refresh-held') })
      expect(requestOf(transition(state, events.renew))).toBeUndefined()
    }
  })
})

describe('a renewal that failed', () => {
  it('is tried again later, and the later the more often it fails', () => {
    const first = transition(renewing(), failed(failures.rateLimited))
    const fifth = transition(renewing({ failures: 4 }), failed(failures.lost))

    expect([first.state, fifth.state]).toMatchObject([
      { renewalPostponed: { failures: 1, retryAt: now + 60_000, because: 'rate_limited' } },
      { renewalPostponed: { failures: 5, retryAt: now + 16_000, because: 'no_answer' } },
    ])
  })

  it('counts on at the next one, and from nothing after a success', () => {
    const { state } = transition(renewing(), failed(failures.rateLimited))
    const again = transition(state, events.renew).state

    expect(again).toMatchObject({ status: 'renewing', failures: 1 })
    expect(transition(again, events.granted).state).toMatchObject({ renewalPostponed: undefined })
  })
})

describe('a rejected token that nothing can replace', () => {
  it('is dropped, and its owner is asked to sign in again', () => {
    const step = transition(signedIn(), events.rejected)

    expect(step.state).toMatchObject({ status: 'reauthentication_required', reason: 'rejected' })
    expect(refusalOf(step)).toEqual({ code: 'reauthentication_required', details: { reason: 'rejected' } })
    expect(step.effects[0]).toEqual({ type: 'save', state: step.state })
  })

  it('is not renewed again where a renewal was refused already', () => {
    const tokens = tokensFrom('client_credentials')
    const state = signedIn({ identity: identityOf('product'), tokens, renewalStopped: 'invalid_client' })

    expect(transition(state, events.rejected).state.status).toBe('reauthentication_required')
    expect(sentBy(transition(state, events.renew))).toBe('client_credentials')
  })

  it('is not renewed twice: when its successor is rejected untaken, another would be, too', () => {
    const tokens = tokensFrom('client_credentials')
    const first = transition(signedIn({ identity: identityOf('product'), tokens }), events.rejected)
    const { state } = transition(first.state, events.granted)
    const accessToken = new Secret('access-new')

    expect(transition(state, { ...events.rejected, accessToken }).state.status).toBe(
      'reauthentication_required',
    )
    const taken = transition(state, { ...events.accepted, accessToken }).state
    expect(transition(taken, { ...events.rejected, accessToken }).state.status).toBe('renewing')
  })

  it('waits where its renewal failed a moment ago, and is not used meanwhile', () => {
    const told = { failures: 2, retryAt: now + 1, because: 'no_answer' } as const
    const renewalPostponed = { ...told, since: now - 1 }
    const state = signedIn({ identity: identityOf('product'), tokens: refreshable(), renewalPostponed })
    const step = transition(state, events.rejected)

    expect(step.state).toMatchObject({ status: 'signed_in', tokens: { rejected: true } })
    expect(refusalOf(step)).toEqual({ code: 'renewal_postponed', details: told })
  })
})
