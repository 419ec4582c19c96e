import { leaksIn } from '@particle-grants/test-kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { revealed } from '../../test/secrets.ts'
import {
  identityOf,
  mfaRequired,
  now,
  reauthenticationRequired,
  refreshable,
  signedIn,
  signedOut,
} from '../../test/states.ts'
import { GrantsError } from '../errors/grants-error.ts'
import { parseState } from './parse-state.ts'
import { serializeState } from './serialize-state.ts'
import type { SettledState } from './state.ts'

type Json = { [name: string]: unknown }

const identity = identityOf('product')
const scope = 'devices'
const refreshInDoubt = { since: now, askAgainRefused: true }
const tokens = refreshable({ scope, asked: { expiresIn: 3600, scope }, refreshInDoubt })
const renewalPostponed = { failures: 2, since: now, retryAt: now, because: 'no_answer' } as const
const states = {
  signed_out: signedOut({ identity }),
  mfa_required: mfaRequired({ identity, held: tokens, asked: { expiresIn: 3600, scope } }),
  signed_in: signedIn({ identity, tokens, renewalStopped: 'invalid_client', renewalPostponed }),
  reauthentication_required: reauthenticationRequired({ identity }),
} satisfies Record<SettledState['status'], SettledState>

/** What no complaint may repeat. */
const secrets = ['access-held', 'refresh-held', 'mfa-held']

/** The state as JSON with one field changed; `undefined` removes it. */
function damaged(status: SettledState['status'], path: string, value: unknown): string {
  const json = JSON.parse(serializeState(states[status])) as Json
  const names = path.split('.')
  const last = names.pop() ?? ''
  let target = json
  for (const name of names) target = target[name] as Json
  target[last] = value
  return JSON.stringify(json)
}

function problemOf(text: string): string {
  try {
    parseState(text)
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown) || thrown.code !== 'invalid_state') throw thrown
    expect(leaksIn(thrown, secrets)).toEqual([])
    return thrown.details.problem
  }
  return 'none'
}

const string = { wrong: [1, '', null, {}, true], says: 'is no string' }
const number = { wrong: ['1', null, {}, true], says: 'is no number' }
const boolean = { wrong: ['true', 1, null, 0], says: 'is neither true nor false' }
const object = { wrong: ['x', 1, null, [], true], says: 'is no object' }
const oneOf = { wrong: ['x', 1, null, {}, 'toString', '__proto__', ['expired']], says: 'is none of' }
const subject = {
  wrong: [':', 'owner:x', 'customer:', 'customer:a b', 'account:dev@example.com', 'x'],
  says: 'is malformed',
}

/** Each field: what it must not hold, and whether it may be missing. */
// biome-ignore format: one line per field, to be read as a table
const fields: readonly (readonly [SettledState['status'], string, { wrong: readonly unknown[]; says: string }, 'required' | 'optional'])[] = [
  ['signed_out',                'version',                   number,  'required'],
  ['signed_out',                'status',                    oneOf,   'required'],
  ['signed_out',                'identity',                  object,  'required'],
  ['signed_out',                'identity.baseUrl',          string,  'required'],
  ['signed_out',                'identity.clientId',         string,  'required'],
  ['signed_out',                'identity.clientKind',       oneOf,   'required'],
  ['signed_out',                'identity.subject',          string,  'optional'],
  ['signed_out',                'identity.subject',          subject, 'optional'],
  ['signed_out',                'reason',                    oneOf,   'required'],
  ['mfa_required',              'challenge',                 object,  'required'],
  ['mfa_required',              'challenge.mfaToken',        string,  'required'],
  ['mfa_required',              'challenge.triesLeft',       number,  'required'],
  ['mfa_required',              'challenge.endsAt',          number,  'required'],
  ['mfa_required',              'challenge.asked',           object,  'required'],
  ['mfa_required',              'challenge.asked.expiresIn', number,  'optional'],
  ['mfa_required',              'challenge.asked.scope',     string,  'optional'],
  ['mfa_required',              'held',                      object,  'optional'],
  ['mfa_required',              'held.accessToken',          string,  'required'],
  ['signed_in',                 'tokens',                    object,  'required'],
  ['signed_in',                 'tokens.accessToken',        string,  'required'],
  ['signed_in',                 'tokens.refreshToken',       string,  'optional'],
  ['signed_in',                 'tokens.grant',              oneOf,   'required'],
  ['signed_in',                 'tokens.issuedAt',           number,  'required'],
  ['signed_in',                 'tokens.expiresAt',          { ...number, wrong: ['1', {}, true] }, 'required'],
  ['signed_in',                 'tokens.scope',              string,  'optional'],
  ['signed_in',                 'tokens.asked',              object,  'required'],
  ['signed_in',                 'tokens.asked.expiresIn',    number,  'optional'],
  ['signed_in',                 'tokens.asked.scope',        string,  'optional'],
  ['signed_in',                 'tokens.lifetimeAsAsked',    boolean, 'required'],
  ['signed_in',                 'tokens.rejected',           boolean, 'required'],
  ['signed_in',                 'tokens.afterRejection',     boolean, 'required'],
  ['signed_in',                 'tokens.refreshInDoubt',     object,  'optional'],
  ['signed_in',                 'tokens.refreshInDoubt.since', number, 'required'],
  ['signed_in',                 'tokens.refreshInDoubt.askAgainRefused', boolean, 'required'],
  ['signed_in',                 'renewalStopped',            string,  'optional'],
  ['signed_in',                 'renewalPostponed',          object,  'optional'],
  ['signed_in',                 'renewalPostponed.failures', number,  'required'],
  ['signed_in',                 'renewalPostponed.retryAt',  number,  'required'],
  ['signed_in',                 'renewalPostponed.because',  oneOf,   'required'],
  ['reauthentication_required', 'reason',                    oneOf,   'required'],
]

const wrongValues = fields.flatMap(([status, path, { wrong, says }]) =>
  wrong.map((value) => ({ status, path, value, says })),
)

describe('parseState', () => {
  it.each(wrongValues)('refuses $value as $path of $status', ({ status, path, value, says }) => {
    expect(problemOf(damaged(status, path, value))).toContain(`${path} ${says}`)
  })

  it.each(fields.map(([status, path, { says }, need]) => ({ status, path, says, need })))(
    'treats $path of $status as $need',
    ({ status, path, says, need }) => {
      const problem = problemOf(damaged(status, path, undefined))

      expect(problem).toContain(need === 'optional' ? 'none' : `${path} ${says}`)
    },
  )

  it.each([0, 2, 1.5, -1])('refuses version %s and names its own', (version) => {
    expect(problemOf(damaged('signed_out', 'version', version))).toBe(
      `its version is ${version}, and this release reads version 1`,
    )
  })

  it.each([
    '',
    'x',
    '{',
    '{"version":1',
    '\u0000',
    '{"version":1}}',
    serializeState(states.signed_in).slice(0, -1),
  ])('refuses what is no JSON: %j', (text) => {
    expect(problemOf(text)).toBe('it is not JSON')
  })

  it.each(['null', '1', '"text"', 'true', '[]', '[{"version":1}]'])(
    'refuses JSON that is no object: %s',
    (text) => {
      expect(problemOf(text)).toBe('it is no JSON object')
    },
  )

  it.each(['requesting', 'renewing'])('refuses a state under way: %s', (status) => {
    expect(problemOf(damaged('signed_out', 'status', status))).toContain('status is none of')
  })

  it('refuses a number that is read as infinite', () => {
    const text = serializeState(states.mfa_required).replace(/"endsAt":\d+/, '"endsAt":1e999')

    expect(problemOf(text)).toBe('challenge.endsAt is no number')
  })

  it('drops fields that it does not know', () => {
    const text = damaged('signed_in', 'tokens.password', 'password-foreign')

    expect(revealed(parseState(text))).toStrictEqual(revealed(states.signed_in))
  })

  it('takes no field from a prototype that the text brings along', () => {
    const json = serializeState(states.signed_in)

    expect(problemOf(`{"__proto__":${json}}`)).toBe('version is no number')
    expect(problemOf(`{"constructor":{"prototype":${json}}}`)).toBe('version is no number')
  })

  it('lets the text change no prototype', () => {
    const text = serializeState(states.signed_out).replace('{', '{"__proto__":{"polluted":1},')

    expect(parseState(text)).toStrictEqual(states.signed_out)
    expect({}).not.toHaveProperty('polluted')
  })

  it('gives null the meaning of never for the end of a token, and for nothing else', () => {
    expect(parseState(damaged('signed_in', 'tokens.expiresAt', null))).toMatchObject({
      tokens: { expiresAt: null },
    })
  })

  it('answers any text with a state or with invalid_state', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(problemOf(text)).not.toBe('')
      }),
    )
  })

  it('answers any damage to a good text with a state or with invalid_state', () => {
    const text = serializeState(states.mfa_required)
    const position = fc.nat(text.length)

    fc.assert(
      fc.property(position, fc.nat(4), fc.string({ maxLength: 3 }), (start, length, insertion) => {
        expect(problemOf(text.slice(0, start) + insertion + text.slice(start + length))).not.toBe('')
      }),
      { numRuns: 1000 },
    )
  })

  it.each([-1, 0.5])('refuses %s tries', (triesLeft) => {
    expect(() => parseState(damaged('mfa_required', 'challenge.triesLeft', triesLeft))).toThrow(
      'triesLeft is no count',
    )
  })
})
