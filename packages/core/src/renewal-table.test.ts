import { describe, expect, it } from 'vitest'
import { revealed } from '../test/secrets.ts'
import { day, identityOf, now, refreshable, signedIn, tokensFrom } from '../test/states.ts'
import { useSyncDigest } from '../test/sync-digest.ts'
import { type Client, developerClient, productClient, userClient } from './clients.ts'
import type { ClientKind } from './grants/grant.ts'
import type { SignedIn, Tokens } from './machine/state.ts'
import { renewalDueAt, renewalOf } from './renewal.ts'
import { createSession } from './session/create-session.ts'
import type { Fetch } from './session/http.ts'
import type { SessionOptions } from './session/options.ts'

useSyncDigest()

/**
 * What renews a token that expires, by client and by the grant of its sign-in: without a refresh token, with one,
 * after a refresh whose answer was lost, and after the client's own credentials were refused besides.
 */
const table = [
  ['developer', 'password', 'developer_token', 'developer_token', 'developer_token', 'developer_token'],
  [
    'developer',
    'urn:custom:mfa-otp',
    'developer_token',
    'developer_token',
    'developer_token',
    'developer_token',
  ],
  [
    'developer',
    'urn:custom:recovery-code',
    'developer_token',
    'developer_token',
    'developer_token',
    'developer_token',
  ],
  [
    'developer',
    'client_credentials',
    'developer_token',
    'developer_token',
    'developer_token',
    'developer_token',
  ],
  ['developer', 'refresh_token', 'developer_token', 'developer_token', 'developer_token', 'developer_token'],
  ['developer', 'adopted', 'adopted_token', 'adopted_token', 'adopted_token', 'adopted_token'],
  ['product', 'password', 'no_refresh_token', 'refreshes', 'asks again', 'refreshes'],
  ['product', 'urn:custom:mfa-otp', 'no_refresh_token', 'refreshes', 'asks again', 'refreshes'],
  ['product', 'urn:custom:recovery-code', 'no_refresh_token', 'refreshes', 'asks again', 'refreshes'],
  ['product', 'client_credentials', 'asks again', 'asks again', 'asks again', 'asks again'],
  ['product', 'refresh_token', 'no_refresh_token', 'refreshes', 'asks again', 'refreshes'],
  ['product', 'adopted', 'adopted_token', 'adopted_token', 'adopted_token', 'adopted_token'],
  ['user', 'password', 'user_token', 'user_token', 'user_token', 'user_token'],
  ['user', 'urn:custom:mfa-otp', 'user_token', 'user_token', 'user_token', 'user_token'],
  ['user', 'urn:custom:recovery-code', 'user_token', 'user_token', 'user_token', 'user_token'],
  ['user', 'client_credentials', 'asks again', 'asks again', 'asks again', 'asks again'],
  ['user', 'refresh_token', 'user_token', 'user_token', 'user_token', 'user_token'],
  ['user', 'adopted', 'adopted_token', 'adopted_token', 'adopted_token', 'adopted_token'],
] as const satisfies readonly (readonly [ClientKind, Tokens['grant'], string, string, string, string])[]

/** The columns of the table. */
const refreshTokens = {
  'no refresh token': () => ({ refreshToken: undefined }),
  'a refresh token': () => ({}),
  'one whose answer was lost': () => ({ refreshInDoubt: { since: now, askAgainRefused: false } }),
  'one whose answer was lost, and no way out': () => ({
    refreshInDoubt: { since: now, askAgainRefused: true },
  }),
} as const satisfies Record<string, () => Partial<Tokens>>

/** Milliseconds; `null`: the answer said 0, or nothing. */
const lifetimes = { '0': null, absent: null, '1 s': 1000, '90 d': 90 * day, '10 y': 3650 * day } as const

/** How long ago the tokens came. A refresh token is worth trying whatever its age: only the server knows. */
const ages = { 'just now': 0, 'a day ago': day, '20 d ago': 20 * day, '200 d ago': 200 * day } as const

const cells = table.flatMap(([kind, grant, ...outcomes]) =>
  Object.entries(refreshTokens).map(([having, changes], column) => ({
    kind,
    grant,
    having,
    changes,
    expected: String(outcomes[column]),
  })),
)

/** In the table's words. */
function inWords(renewal: ReturnType<typeof renewalOf>): string {
  if (renewal.by === 'nothing') return renewal.reason
  return renewal.by === 'client_credentials' ? 'asks again' : 'refreshes'
}

describe('what renews a token', () => {
  it.each(cells)(
    'of a $kind client by $grant, with $having: $expected',
    ({ kind, grant, changes, expected }) => {
      for (const lifetime of Object.values(lifetimes)) {
        for (const age of Object.values(ages)) {
          const issuedAt = now - age
          const expiresAt = lifetime === null ? null : issuedAt + lifetime
          const tokens = { ...refreshable({ grant, issuedAt, expiresAt }), ...changes() }
          const never = lifetime === null && grant !== 'adopted'
          const renewal = renewalOf(kind, tokens)
          expect(inWords(renewal)).toBe(never ? 'never_expires' : expected)
          if (renewal.by === 'refresh_token') {
            expect(revealed(renewal.refreshToken)).toEqual({ secret: 'refresh-held' })
          }
          // A rejected token is renewed by the same.
          expect(inWords(renewalOf(kind, { ...tokens, rejected: true }))).toBe(inWords(renewal))
        }
      }
    },
  )

  it.each(Object.entries(lifetimes))(
    'is due in the life of a token (%s), never before it or after',
    (_, lifetime) => {
      const expiresAt = lifetime === null ? null : now + lifetime
      const due = renewalDueAt(tokensFrom('password', { issuedAt: now, expiresAt }))
      if (lifetime === null) expect(due).toBe(Number.POSITIVE_INFINITY)
      else expect(due > now && due < now + lifetime).toBe(true)
    },
  )
})

const clients: Record<ClientKind, Client> = {
  developer: developerClient(),
  product: productClient({ id: 'my-product-1234', secret: 's' }),
  user: userClient({ id: 'my-tool-77', secret: 's' }),
}

/** How the last renewal ended, and what a session does about it after the token has run out. */
const outcomes = {
  'none before': { state: {}, renews: true },
  'failed, long ago': {
    state: { renewalPostponed: { failures: 3, since: now - 2, retryAt: now - 1, because: 'no_answer' } },
    renews: true,
  },
  'failed a moment ago': {
    state: { renewalPostponed: { failures: 1, since: now - 1, retryAt: now + 1, because: 'no_answer' } },
    renews: false,
  },
  'failed, before the clock went back': {
    state: { renewalPostponed: { failures: 1, since: now + 1, retryAt: now + 2, because: 'no_answer' } },
    renews: true,
  },
  refused: { state: { renewalStopped: 'invalid_client' }, renews: false },
} as const satisfies Record<string, { state: Partial<SignedIn>; renews: boolean }>

/** Tokens that have run out by now, if they ever do: each lifetime, and how long ago it ended. */
const ended = Object.entries(lifetimes).flatMap(([lifetime, milliseconds]) =>
  Object.entries(ages).map(([age, since]) => {
    const expiresAt = milliseconds === null ? null : now - since - 1
    const issuedAt = expiresAt === null ? now - since : expiresAt - Number(milliseconds)
    return { lifetime, age, issuedAt, expiresAt }
  }),
)

describe('what a session sends when its token has run out', () => {
  const rows = cells.flatMap((cell) =>
    Object.entries(outcomes).map(([last, outcome]) => ({ ...cell, last, ...outcome })),
  )
  const grantOf: Record<string, string> = { refreshes: 'refresh_token', 'asks again': 'client_credentials' }

  it.each(rows)(
    '$kind, $grant, $having, the last renewal $last, whatever its life and however long ago it ended',
    async ({ kind, grant, changes, expected, state: before, renews }) => {
      const by = grantOf[expected]
      const found: Record<string, unknown> = {}
      const wanted: Record<string, unknown> = {}
      for (const { lifetime, age, issuedAt, expiresAt } of ended) {
        const sent: (string | null)[] = []
        const fetch: Fetch = async (_, { body }) => {
          sent.push(new URLSearchParams(body).get('grant_type'))
          return Response.json({ token_type: 'bearer', access_token: 'renewed', expires_in: 3600 })
        }
        const tokens = { ...refreshable({ grant, issuedAt, expiresAt }), ...changes() }
        const state = { ...signedIn({ identity: identityOf(kind), tokens }), ...before }
        const options = { client: clients[kind], subject: identityOf(kind).subject, state, fetch }
        const session = createSession({ ...options, clock: { now: () => now } } as SessionOptions<Client>)
        const outcome = await session.accessToken().catch(({ code }) => code)

        const about = `${lifetime}, ended ${age}`
        found[about] = { sent, outcome }
        if (expiresAt === null) wanted[about] = { sent: [], outcome: 'access-held' }
        else if (by === undefined) wanted[about] = { sent: [], outcome: 'reauthentication_required' }
        else if (renews) wanted[about] = { sent: [by], outcome: 'renewed' }
        else {
          const code = 'renewalStopped' in before ? 'not_renewable' : 'renewal_postponed'
          wanted[about] = { sent: [], outcome: code }
        }
      }
      expect(found).toEqual(wanted)
    },
  )
})
