import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { revealSecrets } from '../test/secrets.ts'
import {
  createBackoff,
  createIdentity,
  createOwnIdentity,
  createRefreshableTokens,
  createTokens,
  day,
  minute,
  now,
  signedIn,
} from '../test/states.ts'
import { useSyncDigest } from '../test/sync-digest.ts'
import { type ClientKind, developerClient, type OAuthClient, productClient, userClient } from './clients.ts'
import type { NotRenewableReason } from './errors.ts'
import { grantTypes } from './grants/catalogue.ts'
import type { Identity, MachineTokens } from './machine/state.ts'
import type { Fetch } from './protocol/http.ts'
import { getRenewal, getRenewalTime, isBackingOff, startBackoff } from './renewal.ts'
import { Secret } from './secret.ts'
import { LiveSession } from './session.ts'
import { perSessionOptionNames, resolveOptions, type SessionOptions } from './session-options.ts'
import { account, customer, owner, type Subject, type TokenSubject } from './subject.ts'

useSyncDigest()

const client = 'client_credentials'
const refresh = 'refresh_token'
type Outcome = typeof client | typeof refresh | NotRenewableReason

/** What came with the tokens, and what happened to it: the columns of the table. */
const columns = {
  'without a refresh token': { refreshToken: undefined },
  'with a refresh token': {},
  'with a refresh whose response was lost': { pendingRefresh: { sentAt: now, isClientRefused: false } },
  'with a lost refresh, after the client was refused': {
    pendingRefresh: { sentAt: now, isClientRefused: true },
  },
} as const satisfies Record<string, Partial<MachineTokens>>

const requested = [...grantTypes]
const jane = customer('jane@example.com')
const dev = account('dev@example.com')

/** What renews a token: by client, whose token it is, and the grant it came from; then one outcome for each column. */
// biome-ignore format: one line per case, to be read as a table
const table: readonly (readonly [ClientKind, TokenSubject | undefined, readonly MachineTokens['grantType'][], Outcome, Outcome, Outcome, Outcome])[] = [
  ['developer', dev,       requested,                 'developer_token', 'developer_token', 'developer_token', 'developer_token'],
  ['developer', dev,       ['external'],              'external_token',  'external_token',  'external_token',  'external_token'],
  ['developer', undefined, ['external'],              'external_token',  'external_token',  'external_token',  'external_token'],
  ['product',   jane,      [...requested, 'external'], client,           refresh,           client,            refresh],
  ['product',   owner,     [...requested, 'external'], client,           refresh,           client,            refresh],
  // Only its refresh token can renew the token of an unknown subject.
  ['product',   undefined, ['external', refresh],     'external_token',  refresh,           refresh,           refresh],
  ['user',      dev,       requested,                 'account_token',   'account_token',   'account_token',   'account_token'],
  ['user',      dev,       ['external'],              'external_token',  'external_token',  'external_token',  'external_token'],
  ['user',      undefined, ['external'],              'external_token',  'external_token',  'external_token',  'external_token'],
  ['user',      owner,     [...requested, 'external'], client,           client,            client,            client],
]

const cells = table.flatMap(([kind, subject, grants, ...outcomes]) =>
  grants.flatMap((grantType) =>
    Object.entries(columns).map(([column, changes], index) => ({
      kind,
      subject,
      grantType,
      changes,
      outcome: outcomes[index] as Outcome,
      title: `${kind}, ${subject?.type ?? 'an unknown subject'}, ${grantType}, ${column}: ${outcomes[index]}`,
    })),
  ),
)
const titled = cells.map((cell) => [cell.title, cell] as const)

/** Milliseconds; `null`: never expires. */
const lifetimes = [null, 1000, 90 * day, 3650 * day] as const

/** How long ago the tokens were requested. A refresh token has no known age limit, so that it is always tried. */
const ages = [0, day, 20 * day, 200 * day] as const

function getOutcome(identity: Identity, subject: TokenSubject | undefined, tokens: MachineTokens): Outcome {
  const renewal = getRenewal(identity, subject, tokens)
  return renewal.grantType ?? renewal.reason
}

describe('getRenewal', () => {
  it.each(titled)('%s, whatever the age', (_, { kind, subject, grantType, changes, outcome }) => {
    const identity = createIdentity(kind, { subject })
    for (const lifetime of lifetimes) {
      for (const age of ages) {
        const requestedAt = now - age
        const expiresAt = lifetime === null ? null : requestedAt + lifetime
        const tokens = createRefreshableTokens({ grantType, requestedAt, expiresAt, ...changes })
        expect(getOutcome(identity, subject, tokens)).toBe(outcome)
        expect(getOutcome(identity, subject, { ...tokens, isRejected: true })).toBe(outcome)
      }
    }
  })

  it('returns the refresh token that it chose', () => {
    const renewal = getRenewal(createOwnIdentity(), jane, createRefreshableTokens())

    expect(revealSecrets(renewal)).toEqual({
      grantType: 'refresh_token',
      refreshToken: { secret: 'refresh-held' },
    })
  })

  it('chooses a refresh for product clients only, whatever the tokens are', () => {
    const pending = fc.option(fc.record({ sentAt: fc.integer(), isClientRefused: fc.boolean() }), {
      nil: undefined,
    })
    fc.assert(
      fc.property(
        fc.constantFrom<ClientKind>('developer', 'user'),
        fc.constantFrom<TokenSubject | undefined>(undefined, owner, dev, jane),
        fc.constantFrom(...grantTypes, 'external' as const),
        pending,
        (...[kind, subject, grantType, pendingRefresh]) => {
          const tokens = createRefreshableTokens({ grantType, pendingRefresh })
          expect(getRenewal(createIdentity(kind), subject, tokens).grantType).not.toBe('refresh_token')
        },
      ),
    )
  })
})

// ─── What a session sends ───────────────────────────────────────────────────────────────────────────────────────────

const clients: Record<ClientKind, OAuthClient> = {
  developer: developerClient(),
  product: productClient({ id: 'my-product-1234', secret: 's' }),
  user: userClient({ id: 'my-tool-77', secret: 's' }),
}

/** How the last renewal ended, and whether a caller whose token has expired sends the next one. */
const backoffs = {
  'no back-off': { backoff: undefined, isSent: true },
  'a back-off that is over': {
    backoff: createBackoff({ failedAt: now - 2, retryAt: now - 1 }),
    isSent: true,
  },
  'a back-off': { backoff: createBackoff({ failedAt: now - 1, retryAt: now + 1 }), isSent: false },
  'a back-off of before the clock was set back': {
    backoff: createBackoff({ failedAt: now + 1, retryAt: now + 2 }),
    isSent: true,
  },
  // The lockout guard decides when a refused request is sent again.
  'a refusal': {
    backoff: createBackoff({ failedAt: now - 1, retryAt: now + 1, cause: 'oauth_error' }),
    isSent: true,
  },
  'an unknown customer': {
    backoff: createBackoff({ failedAt: now - 1, retryAt: now + 1, cause: 'unknown_customer' }),
    isSent: true,
  },
}

/** Tokens that have expired, if they ever do: every lifetime, and how long ago it ended. */
const ends = lifetimes.flatMap((lifetime) =>
  [0, 200 * day].map((age) => {
    const expiresAt = lifetime === null ? null : now - age - 1
    return { expiresAt, requestedAt: expiresAt === null ? now - age : expiresAt - Number(lifetime) }
  }),
)

describe('a session whose token has expired', () => {
  // One grant of each row of the table is enough here.
  const firstGrants = cells.filter(({ grantType }) => grantType === requested[0] || grantType === 'external')
  const rows = firstGrants.flatMap((cell) =>
    Object.entries(backoffs).map(([last, rest]) => [`${cell.title}, ${last}`, { ...cell, ...rest }] as const),
  )

  it.each(rows)('sends what the table says: %s', async (_, { kind, subject, grantType, outcome, ...rest }) => {
    for (const times of ends) {
      const sent: (string | null)[] = []
      const fetch: Fetch = async (__, { body }) => {
        sent.push(new URLSearchParams(body).get('grant_type'))
        return Response.json({ token_type: 'bearer', access_token: 'renewed', expires_in: 3600 })
      }
      const named = subject?.type === 'owner' ? undefined : (subject as Subject | undefined)
      const given = { client: clients[kind], subject: named, fetch, clock: { now: () => now }, lockoutGuard: false }
      const options = resolveOptions(given as SessionOptions<OAuthClient>, perSessionOptionNames)
      const tokens = createRefreshableTokens({ grantType, ...times, ...rest.changes })
      const { backoff } = rest
      const session = new LiveSession(options, signedIn({ identity: options.identity, subject, tokens, backoff }))
      const result = await session.getAccessToken().catch(({ code }) => code)

      const isRenewable = outcome === client || outcome === refresh
      if (times.expiresAt === null) expect([result, sent]).toEqual(['access-held', []])
      else if (!isRenewable) expect([result, sent]).toEqual(['reauthentication_required', []])
      else if (rest.isSent) expect([result, sent]).toEqual(['renewed', [outcome]])
      else expect([result, sent]).toEqual(['renewal_backoff', []])
    }
  })
})

// ─── When ───────────────────────────────────────────────────────────────────────────────────────────────────────────

describe('getRenewalTime', () => {
  /** Milliseconds after the request. */
  const getDelay = (lifetime: number, accessToken = 'access-held') =>
    getRenewalTime(
      createTokens('password', {
        accessToken: new Secret(accessToken),
        requestedAt: now,
        expiresAt: now + lifetime,
      }),
    ) - now

  it.each([
    ['five minutes of a long lifetime', 90 * day, 5 * minute],
    ['tenth of a short lifetime', 10 * minute, minute],
    ['tenth of a second', 1000, 100],
  ])('is in the last %s, and at least half of that before expiry', (_, lifetime, window) => {
    const before = lifetime - getDelay(lifetime)

    expect(before).toBeGreaterThanOrEqual(window / 2)
    expect(before).toBeLessThanOrEqual(window)
  })

  it('is never for a token that does not expire', () => {
    expect(getRenewalTime(createTokens('password', { expiresAt: null }))).toBe(Number.POSITIVE_INFINITY)
  })

  it('is the same for everyone who has the token, and differs between tokens of one moment', () => {
    const delays = Array.from({ length: 200 }, (_, index) => getDelay(day, `token-${index * 7919}`))

    expect(getDelay(day)).toBe(getDelay(day))
    expect(new Set(delays).size).toBeGreaterThan(100)
  })

  it('is after the request and before expiry, whatever the token is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 100 }),
        fc.integer({ min: 1, max: 8_640_000_000 }),
        (token, lifetime) => {
          const delay = getDelay(lifetime, token)
          expect(delay > 0 && delay < lifetime).toBe(true)
        },
      ),
    )
  })
})

describe('a back-off', () => {
  const start = (failures: number, notBefore?: number) =>
    startBackoff({ failures, failedAt: now, cause: 'network_error', notBefore })

  it.each([
    [1, 1000],
    [2, 2000],
    [3, 4000],
    [9, 256_000],
    [10, 300_000],
    [5000, 300_000],
  ])('after %i failures lasts %i ms', (failures, delay) => {
    expect(start(failures)).toEqual({ failures, failedAt: now, retryAt: now + delay, cause: 'network_error' })
  })

  it.each([
    [now + 60_000, 60_000],
    [now + 3_600_000, 3_600_000],
    [now + 10, 1000],
    [now - 10, 1000],
    [undefined, 1000],
  ])('lasts at least as long as Particle asks: until %s, %i ms', (notBefore, delay) => {
    expect(start(1, notBefore)).toMatchObject({ retryAt: now + delay })
  })

  it('holds renewals back until it is over', () => {
    const isHeldBack = (at: number) => isBackingOff(createBackoff(), at)

    expect([now, now + 999, now + 1000].map(isHeldBack)).toEqual([true, true, false])
  })

  it('of the future holds nothing back: the clock was set back', () => {
    expect(isBackingOff(createBackoff(), now - 1)).toBe(false)
  })

  it('does not hold back a renewal without failures', () => {
    expect(isBackingOff(undefined, now)).toBe(false)
  })
})
