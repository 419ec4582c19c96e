import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { failures } from '../test/events.ts'
import { revealed } from '../test/secrets.ts'
import { day, minute, now, refreshable, tokensFrom } from '../test/states.ts'
import { backOff, keepsRefreshToken, renewalDueAt, renewalOf, retryAt } from './renewal.ts'
import { Secret } from './secret.ts'

/** A refresh was sent and not answered. */
const inDoubt = (askAgainRefused: boolean) => ({ refreshInDoubt: { since: now, askAgainRefused } })

describe('renewalOf', () => {
  it.each([
    ['product', tokensFrom('client_credentials'), { by: 'client_credentials' }],
    ['user', tokensFrom('client_credentials'), { by: 'client_credentials' }],
    ['product', refreshable(), { by: 'refresh_token', refreshToken: { secret: 'refresh-held' } }],
    ['product', tokensFrom('password'), { by: 'nothing', reason: 'no_refresh_token' }],
    ['product', refreshable(inDoubt(false)), { by: 'client_credentials' }],
    [
      'product',
      refreshable(inDoubt(true)),
      { by: 'refresh_token', refreshToken: { secret: 'refresh-held' } },
    ],
    ['user', refreshable(inDoubt(false)), { by: 'nothing', reason: 'user_token' }],
    ['developer', refreshable(inDoubt(false)), { by: 'nothing', reason: 'developer_token' }],
    ['developer', refreshable(), { by: 'nothing', reason: 'developer_token' }],
    ['user', refreshable(), { by: 'nothing', reason: 'user_token' }],
    ['product', tokensFrom('adopted'), { by: 'nothing', reason: 'adopted_token' }],
    ['product', refreshable({ expiresAt: null }), { by: 'nothing', reason: 'never_expires' }],
    ['developer', tokensFrom('client_credentials'), { by: 'nothing', reason: 'developer_token' }],
  ] as const)('of a %s client: %o → %o', (kind, tokens, renewal) => {
    expect(revealed(renewalOf(kind, tokens))).toEqual(renewal)
  })
})

describe('a refresh token', () => {
  it.each([
    ['product', 'password', true],
    ['product', 'urn:custom:mfa-otp', true],
    ['product', 'urn:custom:recovery-code', true],
    ['product', 'refresh_token', true],
    ['product', 'client_credentials', false],
    ['product', 'adopted', false],
    ['developer', 'password', false],
    ['developer', 'urn:custom:mfa-otp', false],
    ['developer', 'client_credentials', false],
    ['user', 'password', false],
    ['user', 'client_credentials', false],
    ['user', 'adopted', false],
  ] as const)('of a %s client by %s is worth keeping: %s', (kind, grant, kept) => {
    expect(keepsRefreshToken(kind, grant)).toBe(kept)
  })
})

describe('a renewal is due', () => {
  const dueIn = (lifetime: number, accessToken = 'access-held') => {
    const tokens = tokensFrom('password', {
      accessToken: new Secret(accessToken),
      issuedAt: now,
      expiresAt: now + lifetime,
    })
    return renewalDueAt(tokens) - now
  }

  it('within five minutes before the end of a long life', () => {
    const before = 90 * day - dueIn(90 * day)

    expect(before).toBeGreaterThanOrEqual(2.5 * minute)
    expect(before).toBeLessThanOrEqual(5 * minute)
  })

  it('within the last tenth of a short life', () => {
    const before = 10 * minute - dueIn(10 * minute)

    expect(before).toBeGreaterThanOrEqual(minute / 2)
    expect(before).toBeLessThanOrEqual(minute)
  })

  it('never for a token without an end', () => {
    expect(renewalDueAt(tokensFrom('password', { expiresAt: null }))).toBe(Number.POSITIVE_INFINITY)
  })

  it('at the same moment for everyone who holds the token', () => {
    expect(dueIn(day)).toBe(dueIn(day))
  })

  it('at many moments for many tokens of one moment', () => {
    const moments = new Set(Array.from({ length: 200 }, (_, index) => dueIn(day, `token-${index * 7919}`)))

    expect(moments.size).toBeGreaterThan(100)
  })

  it('after the token was given and before it ends, whatever token it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary' }),
        fc.integer({ min: 1, max: 8_640_000_000 }),
        (token, lifetime) => {
          const due = dueIn(lifetime, token)
          expect(due > 0 && due < lifetime).toBe(true)
        },
      ),
    )
  })
})

describe('a renewal that failed', () => {
  const lost = failures.lost

  it.each([
    [1, 1000],
    [2, 2000],
    [3, 4000],
    [9, 256_000],
    [10, 300_000],
    [5000, 300_000],
  ])('for the %ith time waits %i ms', (times, wait) => {
    expect(backOff(times)).toBe(wait)
    expect(retryAt(lost, times, now)).toBe(now + wait)
  })

  it.each([
    [
      'rate_limited',
      { ...failures.rateLimited, details: { grant_type: 'password', retryAfter: 60 } },
      60_000,
    ],
    [
      'rate_limited, without a time',
      { ...failures.rateLimited, details: { grant_type: 'password', retryAfter: undefined } },
      1000,
    ],
    [
      'temporarily_unavailable',
      { ...failures.unavailable, details: { ...failures.unavailable.details, retryAfter: 7 } },
      7000,
    ],
    [
      'temporarily_unavailable, too soon',
      { ...failures.unavailable, details: { ...failures.unavailable.details, retryAfter: 0 } },
      1000,
    ],
    ['failure_budget_spent', { code: 'failure_budget_spent', details: { failures: 5, until: now + 1 } }, 1],
    [
      'failure_budget_spent, without an end',
      { code: 'failure_budget_spent', details: { failures: 9, until: undefined } },
      1000,
    ],
  ] as const)('waits as long as it is asked to: %s', (_, refusal, wait) => {
    expect(retryAt(refusal, 1, now)).toBe(now + wait)
  })
})
