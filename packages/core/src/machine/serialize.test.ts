import { findLeaks } from '@particle-grants/test-kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { revealSecrets } from '../../test/secrets.ts'
import {
  createBackoff,
  createIdentity,
  createOwnIdentity,
  createRefreshableTokens,
  createTokens,
  createUnboundIdentity,
  mfaRequired,
  now,
  reauthenticationRequired,
  renewing,
  requesting,
  signedIn,
  signedOut,
} from '../../test/states.ts'
import { GrantsError } from '../errors.ts'
import { account, customer, owner } from '../subject.ts'
import { parseState, serializeState } from './serialize.ts'
import type { Identity, SettledState } from './state.ts'

type Json = { [name: string]: unknown }

const identity = createIdentity('product')
const requested = { expires_in: 3600, scope: 'devices' }
const pendingRefresh = { sentAt: now, isClientRefused: true }
const tokens = createRefreshableTokens({ scope: 'devices', requested, pendingRefresh })
const earlier = signedIn({ identity, tokens, backoff: createBackoff() })
const states = {
  signed_out: signedOut({ identity }),
  mfa_required: mfaRequired({ identity, earlier, requested }),
  signed_in: earlier,
  reauthentication_required: reauthenticationRequired({ identity }),
} satisfies Record<SettledState['status'], SettledState>

/** No error may repeat these. */
const secrets = ['access-held', 'refresh-held', 'mfa-held']

describe('serializeState', () => {
  const full = createRefreshableTokens({
    scope: 'devices',
    requested: { expires_in: 0, scope: 'devices' },
    expiresAt: null,
    isRejected: true,
    earlyRejections: 3,
    pendingRefresh: { sentAt: now, isClientRefused: false },
  })
  const profile = createIdentity('user', { subject: undefined, profile: 'work' })
  const unbound = createUnboundIdentity()

  // biome-ignore format: one line per state, to be read as a table
  const settled: readonly (readonly [string, SettledState])[] = [
    ['a first state', signedOut()],
    ['a logout', signedOut({ identity, reason: 'logged_out' })],
    ['a logout of an unbound session', signedOut({ identity: unbound, subject: account('joe'), reason: 'logged_out' })],
    ['an expired challenge', signedOut({ identity: createOwnIdentity(), reason: 'challenge_expired' })],
    ['a replaced account', signedOut({ identity: profile, reason: 'replaced' })],
    ['a challenge', mfaRequired()],
    ['a challenge without attempts, beside tokens', mfaRequired({ identity, earlier, requested, attemptsLeft: 0 })],
    ["another account's challenge under a profile", mfaRequired({ identity: profile, subject: account('joe'), earlier: signedIn({ identity: profile, subject: owner }) })],
    ['an external token', signedIn({ tokens: createTokens('external') })],
    ['an external token with a refresh token', signedIn({ identity, tokens: createRefreshableTokens({ grantType: 'external' }) })],
    ['every field of tokens', signedIn({ identity, tokens: full })],
    ['a back-off', signedIn({ identity, tokens: createTokens('client_credentials'), backoff: createBackoff({ cause: 'token_rejected' }) })],
    ["a product's own token", signedIn({ identity: createOwnIdentity(), tokens: createTokens('client_credentials') })],
    ["a user client's own token", signedIn({ identity: profile, subject: owner, tokens: createTokens('client_credentials') })],
    ['an expired token', reauthenticationRequired()],
    ['a rejected token', reauthenticationRequired({ reason: 'rejected' })],
    ['a rejected refresh token', reauthenticationRequired({ identity: unbound, reason: 'refresh_rejected' })],
    ['a lost refresh', reauthenticationRequired({ identity: createIdentity('user'), reason: 'refresh_response_lost' })],
  ]

  it.each(settled)('returns what parseState reads: %s', (_, state) => {
    expect(revealSecrets(parseState(serializeState(state), state.identity))).toStrictEqual(revealSecrets(state))
  })

  it('writes JSON with its version, and secrets in clear text', () => {
    const state = mfaRequired({ identity, requested, earlier: signedIn({ identity, tokens: full }) })

    expect(JSON.parse(serializeState(state))).toEqual({
      version: 1,
      baseUrl: 'https://api.particle.io',
      clientId: 'my-product-1234',
      clientKind: 'product',
      subject: 'customer:jane@example.com',
      status: 'mfa_required',
      challenge: { mfaToken: 'mfa-held', attemptsLeft: 3, expiresAt: 1767226200000, requested },
      earlier: {
        status: 'signed_in',
        subject: 'customer:jane@example.com',
        tokens: {
          accessToken: 'access-held',
          refreshToken: 'refresh-held',
          grantType: 'password',
          requestedAt: 1767139200000,
          expiresAt: null,
          scope: 'devices',
          requested: { expires_in: 0, scope: 'devices' },
          isRejected: true,
          earlyRejections: 3,
          pendingRefresh: { sentAt: 1767225600000, isClientRefused: false },
        },
      },
    })
  })

  it("leaves a token of an unknown subject out of the challenge's record", () => {
    const external = signedIn({ identity: unbound, subject: undefined, tokens: createTokens('external') })
    const text = serializeState(mfaRequired({ identity: unbound, earlier: external }))

    expect(text).not.toContain('access-held')
    expect(parseState(text, unbound)).toMatchObject({ status: 'mfa_required', earlier: undefined })
  })

  it('leaves the state as redacted as it was', () => {
    serializeState(states.mfa_required)

    expect(JSON.stringify(states.mfa_required)).not.toContain('held')
  })

  it.each([requesting(), renewing()])('throws while a request is in progress: $status', (state) => {
    expect(() => serializeState(state as unknown as SettledState)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        details: expect.objectContaining({ parameter: 'state' }),
      }),
    )
  })
})

/** The state as JSON with one field changed; `undefined` removes it. */
function damage(status: SettledState['status'], path: string, value: unknown): string {
  const json = JSON.parse(serializeState(states[status])) as Json
  const names = path.split('.')
  const last = names.pop() ?? ''
  let target = json
  for (const name of names) target = target[name] as Json
  target[last] = value
  return JSON.stringify(json)
}

/** What is wrong with a text; `none` where it can be read. The error shows none of the secrets. */
function getProblem(text: string, of: Identity = identity): string {
  try {
    parseState(text, of)
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown) || thrown.code !== 'invalid_state') throw thrown
    expect(findLeaks(thrown, secrets)).toEqual([])
    return thrown.details.problem
  }
  return 'none'
}

const string = { wrong: [1, '', null, {}, true], problem: 'is not a string' }
const number = { wrong: ['1', null, {}, true], problem: 'is not a number' }
const count = { wrong: ['1', null, {}, true, -1, 0.5], problem: 'is not a count' }
const boolean = { wrong: ['true', 1, null, 0], problem: 'is not true or false' }
const object = { wrong: ['x', 1, null, [], true], problem: 'is not an object' }
const oneOf = { wrong: ['x', 1, null, {}, 'toString', '__proto__', ['expired']], problem: 'is none of' }
const subject = {
  wrong: [':', 'owner:x', 'customer:', 'customer:a b', 'account:dev@example.com', 'x'],
  problem: 'is malformed',
}
/** Each field: what it must not hold, and whether it may be missing. */
// biome-ignore format: one line per field, to be read as a table
const fields: readonly (readonly [SettledState['status'], string, { wrong: readonly unknown[]; problem: string }, 'required' | 'optional'])[] = [
  ['signed_out',                'version',                                number,  'required'],
  ['signed_out',                'status',                                 oneOf,   'required'],
  ['signed_out',                'baseUrl',                                string,  'required'],
  ['signed_out',                'clientId',                               string,  'required'],
  ['signed_out',                'clientKind',                             string,  'required'],
  ['signed_out',                'profile',                                string,  'optional'],
  ['signed_out',                'subject',                                string,  'optional'],
  ['signed_out',                'subject',                                subject, 'optional'],
  ['signed_out',                'reason',                                 oneOf,   'required'],
  ['mfa_required',              'challenge',                              object,  'required'],
  ['mfa_required',              'challenge.mfaToken',                     string,  'required'],
  ['mfa_required',              'challenge.attemptsLeft',                 count,   'required'],
  ['mfa_required',              'challenge.expiresAt',                    number,  'required'],
  ['mfa_required',              'challenge.requested',                    object,  'required'],
  ['mfa_required',              'challenge.requested.expires_in',         number,  'optional'],
  ['mfa_required',              'challenge.requested.scope',              string,  'optional'],
  ['mfa_required',              'earlier',                                object,  'optional'],
  ['mfa_required',              'earlier.subject',                        subject, 'optional'],
  ['mfa_required',              'earlier.tokens',                         object,  'required'],
  ['mfa_required',              'earlier.tokens.accessToken',             string,  'required'],
  ['mfa_required',              'earlier.backoff.retryAt',                number,  'required'],
  ['signed_in',                 'tokens',                                 object,  'required'],
  ['signed_in',                 'tokens.accessToken',                     string,  'required'],
  ['signed_in',                 'tokens.refreshToken',                    string,  'optional'],
  ['signed_in',                 'tokens.grantType',                       oneOf,   'required'],
  ['signed_in',                 'tokens.requestedAt',                     number,  'required'],
  ['signed_in',                 'tokens.expiresAt',                       { ...number, wrong: ['1', {}, true] }, 'required'],
  ['signed_in',                 'tokens.scope',                           string,  'optional'],
  ['signed_in',                 'tokens.requested',                       object,  'required'],
  ['signed_in',                 'tokens.requested.expires_in',            number,  'optional'],
  ['signed_in',                 'tokens.requested.scope',                 string,  'optional'],
  ['signed_in',                 'tokens.isRejected',                      boolean, 'required'],
  ['signed_in',                 'tokens.earlyRejections',                 count,   'required'],
  ['signed_in',                 'tokens.pendingRefresh',                  object,  'optional'],
  ['signed_in',                 'tokens.pendingRefresh.sentAt',           number,  'required'],
  ['signed_in',                 'tokens.pendingRefresh.isClientRefused',  boolean, 'required'],
  ['signed_in',                 'backoff',                                object,  'optional'],
  ['signed_in',                 'backoff.failures',                       count,   'required'],
  ['signed_in',                 'backoff.failedAt',                       number,  'required'],
  ['signed_in',                 'backoff.retryAt',                        number,  'required'],
  ['signed_in',                 'backoff.cause',                          string,  'required'],
  ['reauthentication_required', 'reason',                                 oneOf,   'required'],
]

const wrongValues = fields.flatMap(([status, path, { wrong, problem }]) =>
  wrong.map((value) => [status, path, JSON.stringify(value), { value, problem }] as const),
)

describe('parseState', () => {
  it.each(wrongValues)('rejects in %s, as %s: %s', (...[status, path, , { value, problem }]) => {
    expect(getProblem(damage(status, path, value))).toContain(`${path} ${problem}`)
  })

  it.each(fields.map(([status, path, { problem }, need]) => [status, path, need, problem] as const))(
    'treats in %s the field %s as %s',
    (...[status, path, need, problem]) => {
      const found = getProblem(damage(status, path, undefined), { ...identity, subject: undefined })

      expect(found).toContain(need === 'optional' ? 'none' : `${path} ${problem}`)
    },
  )

  it.each([0, 2, 1.5, -1])('rejects version %s and names its own', (version) => {
    expect(getProblem(damage('signed_out', 'version', version))).toBe(
      `its version is ${version}, and this release reads version 1`,
    )
  })

  it.each(['', 'x', '{', '{"version":1', '\u0000', '{"version":1}}', serializeState(states.signed_in).slice(0, -1)])(
    'rejects a text that is not JSON: %j',
    (text) => {
      expect(getProblem(text)).toBe('it is not JSON')
    },
  )

  it.each(['null', '1', '"text"', 'true', '[]', '[{"version":1}]'])(
    'rejects JSON that is not an object: %s',
    (text) => {
      expect(getProblem(text)).toBe('it is not a JSON object')
    },
  )

  it.each(['requesting', 'renewing'])('rejects the state of a request in progress: %s', (status) => {
    expect(getProblem(damage('signed_out', 'status', status))).toContain('status is none of')
  })

  it('rejects a number that JSON reads as infinite', () => {
    const text = serializeState(mfaRequired({ identity })).replace(/"expiresAt":\d+/, '"expiresAt":1e999')

    expect(getProblem(text)).toBe('challenge.expiresAt is not a number')
  })

  it('reads null as never only where a token expires', () => {
    expect(parseState(damage('signed_in', 'tokens.expiresAt', null), identity)).toMatchObject({
      tokens: { expiresAt: null },
    })
  })

  it('reads a cause that this release does not know', () => {
    const text = damage('signed_in', 'backoff.cause', 'a_later_code')

    expect(parseState(text, identity)).toMatchObject({ backoff: { cause: 'a_later_code' } })
  })

  it('drops fields that it does not know', () => {
    const text = damage('signed_in', 'tokens.password', 'password-foreign')

    expect(revealSecrets(parseState(text, identity))).toStrictEqual(revealSecrets(states.signed_in))
  })

  it('takes no field from a prototype in the text, and changes none', () => {
    const json = serializeState(states.signed_out)
    const text = json.replace('{', '{"__proto__":{"polluted":1},')

    expect(getProblem(`{"__proto__":${json}}`)).toBe('version is not a number')
    expect(getProblem(`{"constructor":{"prototype":${json}}}`)).toBe('version is not a number')
    expect(parseState(text, identity)).toStrictEqual(states.signed_out)
    expect({}).not.toHaveProperty('polluted')
  })

  it('returns a state or throws invalid_state, whatever the text is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(getProblem(text)).not.toBe('')
      }),
    )
  })

  it('returns a state or throws invalid_state, whatever is changed in a text', () => {
    const text = serializeState(states.mfa_required)
    const position = fc.nat(text.length)

    fc.assert(
      fc.property(position, fc.nat(4), fc.string({ maxLength: 3 }), (start, length, insertion) => {
        expect(getProblem(text.slice(0, start) + insertion + text.slice(start + length))).not.toBe('')
      }),
      { numRuns: 1000 },
    )
  })
})

describe("another session's state", () => {
  it.each([
    ['baseUrl', { baseUrl: 'https://api.example.com' }],
    ['clientId', { clientId: 'another-1234' }],
    ['clientKind', { clientKind: 'developer' as const }],
    ['profile', { profile: 'work' }],
    ['subject', { subject: customer('joe') }],
    ['subject', { subject: owner }],
  ])('is rejected: %s', (name, changes) => {
    for (const state of Object.values(states)) {
      const problem = `it belongs to another session (its ${name} differs)`
      expect(getProblem(serializeState(state), { ...identity, ...changes })).toBe(problem)
    }
  })

  it('is rejected beside a challenge, in a record that was tampered with', () => {
    const text = damage('mfa_required', 'earlier.subject', 'customer:joe')

    expect(getProblem(text)).toBe('it belongs to another session (its subject differs)')
  })

  it('is rejected where the record names no subject', () => {
    expect(getProblem(damage('signed_in', 'subject', undefined))).toContain('its subject differs')
  })

  it('may be of any account where the session was configured for none', () => {
    const unbound = createUnboundIdentity()
    const state = signedIn({ identity: unbound, subject: account('joe') })

    expect(parseState(serializeState(state), unbound).subject).toEqual(account('joe'))
  })

  it('brings no refresh token to a client that cannot use it', () => {
    for (const kind of ['developer', 'user'] as const) {
      const state = signedIn({ identity: createIdentity(kind), tokens: createRefreshableTokens() })
      const text = serializeState(mfaRequired({ identity: state.identity, earlier: state }))
      expect(parseState(serializeState(state), state.identity)).toMatchObject({
        tokens: { refreshToken: undefined },
      })
      expect(parseState(text, state.identity)).toMatchObject({
        earlier: { tokens: { refreshToken: undefined } },
      })
    }
    const clientTokens = createRefreshableTokens({ grantType: 'client_credentials' })
    expect(parseState(serializeState(signedIn({ identity, tokens: clientTokens })), identity)).toMatchObject({
      tokens: { refreshToken: undefined },
    })
  })
})
