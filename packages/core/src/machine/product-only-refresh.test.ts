import { describe, expect, it } from 'vitest'
import { getError, getTokenRequest } from '../../test/effects.ts'
import { events } from '../../test/events.ts'
import { findStrings } from '../../test/secrets.ts'
import { createIdentity, createTokens, requesting, signedIn, signedOut } from '../../test/states.ts'
import type { ClientKind } from '../clients.ts'
import type { GrantsError, NotRenewableReason } from '../errors.ts'
import { Secret } from '../secret.ts'
import { owner, type TokenSubject } from '../subject.ts'
import type { MachineTokens, RequestingState } from './state.ts'
import { transition } from './transition.ts'

type Sent = 'refresh_token' | 'client_credentials' | NotRenewableReason
type Subject = TokenSubject | 'configured' | 'unknown'

/** What a renewal sends, or why it sends nothing: for this client, subject and grant, without and with a refresh token. */
// biome-ignore format: one line per case, to be read as a table
const renewals: readonly (readonly [ClientKind, Subject, MachineTokens['grantType'], without: Sent, withOne: Sent])[] = [
  ['developer', 'configured', 'password',                 'developer_token',    'developer_token'],
  ['developer', 'configured', 'urn:custom:mfa-otp',       'developer_token',    'developer_token'],
  ['developer', 'configured', 'urn:custom:recovery-code', 'developer_token',    'developer_token'],
  ['developer', 'configured', 'client_credentials',       'developer_token',    'developer_token'],
  ['developer', 'configured', 'refresh_token',            'developer_token',    'developer_token'],
  ['developer', 'configured', 'external',                 'external_token',     'external_token'],
  ['product',   'configured', 'password',                 'client_credentials', 'refresh_token'],
  ['product',   'configured', 'urn:custom:mfa-otp',       'client_credentials', 'refresh_token'],
  ['product',   'configured', 'urn:custom:recovery-code', 'client_credentials', 'refresh_token'],
  ['product',   'configured', 'refresh_token',            'client_credentials', 'refresh_token'],
  ['product',   'configured', 'external',                 'client_credentials', 'refresh_token'],
  ['product',   'unknown',    'external',                 'external_token',     'refresh_token'],
  ['user',      'configured', 'password',                 'account_token',      'account_token'],
  ['user',      'configured', 'urn:custom:mfa-otp',       'account_token',      'account_token'],
  ['user',      'configured', 'urn:custom:recovery-code', 'account_token',      'account_token'],
  ['user',      'configured', 'refresh_token',            'account_token',      'account_token'],
  ['user',      'configured', 'external',                 'external_token',     'external_token'],
  ['user',      owner,        'client_credentials',       'client_credentials', 'client_credentials'],
  ['user',      owner,        'external',                 'client_credentials', 'client_credentials'],
]

const cases = renewals.flatMap(([kind, named, grantType, without, withOne]) => {
  const subject = named === 'unknown' ? undefined : named
  const identity = createIdentity(kind)
  const isRenewable = (sent: Sent) => sent === 'refresh_token' || sent === 'client_credentials'
  return [
    { refreshToken: undefined, sent: without, having: 'without a refresh token' },
    { refreshToken: new Secret('refresh-held'), sent: withOne, having: 'with a refresh token' },
  ].map(({ having, sent, refreshToken }) => {
    const tokens = createTokens(grantType, { refreshToken })
    const state = signedIn({ identity, tokens, ...(subject !== 'configured' && { subject }) })
    const title = `${kind}, ${typeof named === 'string' ? named : named.type}, ${grantType}, ${having}: ${sent}`
    return [title, { state, sent, isRenewable: isRenewable(sent) }] as const
  })
})

describe('a renewal', () => {
  it.each(cases)('sends what this client may send for this token: %s', (_, { state, sent }) => {
    const next = transition(state, events.renew)
    const { details } = (getError(next) ?? {}) as Partial<GrantsError<'not_renewable'>>

    expect(getTokenRequest(next)?.grant_type ?? details?.reason).toBe(sent)
  })

  it.each(cases)('sends the same after a rejection, or needs a sign-in: %s', (...[, rest]) => {
    const { state } = transition(rest.state, events.token_rejected)

    expect(state.status).toBe(rest.isRenewable ? 'signed_in' : 'reauthentication_required')
    if (rest.isRenewable) {
      expect(getTokenRequest(transition(state, events.renew))?.grant_type).toBe(rest.sent)
    }
  })

  it('sends no refresh token of another client, not even after a lost response', () => {
    const lost = [false, true].map((isClientRefused) => ({ sentAt: 0, isClientRefused }))
    for (const kind of ['developer', 'user'] as const) {
      for (const pendingRefresh of lost) {
        const tokens = createTokens('password', { refreshToken: new Secret('refresh-held'), pendingRefresh })
        const next = transition(signedIn({ identity: createIdentity(kind), tokens }), events.renew)
        expect(getTokenRequest(next)).toBeUndefined()
      }
    }
  })
})

describe('the refresh token of a response', () => {
  // biome-ignore format: one line per case, to be read as a table
  const kept: readonly (readonly [ClientKind, RequestingState['grantType'], boolean])[] = [
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

  it.each(kept)('is kept only where this client can use it: %s, %s: %s', (kind, grantType, isKept) => {
    const previous = signedOut({ identity: createIdentity(kind) })
    const strings = Object.values(findStrings(transition(requesting(grantType, previous), events.granted)))

    expect(strings.includes('refresh-new')).toBe(isKept)
    expect(strings).toContain('access-new')
  })
})
