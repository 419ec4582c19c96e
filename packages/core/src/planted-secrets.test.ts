import { inspect } from 'node:util'
import { leaksIn } from '@particle-grants/test-kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { everyError } from '../test/errors.ts'
import { events, granted, refused } from '../test/events.ts'
import { secretsIn } from '../test/secrets.ts'
import {
  identityOf,
  mfaRequired,
  reauthenticationRequired,
  refreshable,
  renewing,
  requesting,
  requestingCode,
  signedIn,
  signedOut,
} from '../test/states.ts'
import { choices, identities, type Walked, walk } from '../test/walks.ts'
import { answered } from '../test/wire.ts'
import { developerClient, productClient } from './clients.ts'
import { GrantsError } from './errors/grants-error.ts'
import { sanitizeCause } from './errors/sanitize.ts'
import type { TokenRequest } from './grants/catalogue.ts'
import { parseState } from './machine/parse-state.ts'
import { serializeState } from './machine/serialize-state.ts'
import type { SettledState } from './machine/state.ts'
import { readBaseUrl } from './protocol/base-url.ts'
import { encodeTokenRequest } from './protocol/encode-token-request.ts'
import { judgeAnswer } from './protocol/judge-answer.ts'
import { Secret } from './secret.ts'

const product = identityOf('product')
const tokens = refreshable()

/** Whatever a value hides must show in none of its appearances. */
function expectHidden(value: unknown): void {
  const hidden = Object.values(secretsIn(value))
  expect(hidden.length).toBeGreaterThan(0)
  expect(leaksIn(value, hidden)).toEqual([])
}

/** What a call throws. */
function thrownBy(call: () => unknown): unknown {
  try {
    call()
  } catch (thrown) {
    return thrown
  }
  throw new Error('nothing was thrown')
}

describe('a planted secret shows nowhere', () => {
  it.each([
    requesting('password', signedIn({ identity: product, tokens })),
    requestingCode({ identity: product, held: tokens }),
    mfaRequired({ identity: product, held: tokens }),
    signedIn({ identity: product, tokens }),
    renewing({ tokens }),
  ])('in a session that is $status', (state) => {
    expectHidden(state)
  })

  it.each([
    ...Object.values(events).filter((event) => Object.keys(secretsIn(event)).length > 0),
    granted(),
    refused('invalid_grant'),
  ])('in the event $type', (event) => {
    expectHidden(event)
  })

  it('in any state, event or effect of any walk', () => {
    const show = ({ before, event, after, effects }: Walked) => inspect([before, event, after, effects])
    let hidden = 0

    fc.assert(
      fc.property(identities, choices, (identity, steps) =>
        walk(identity, steps, (walked) => {
          const values = Object.values(secretsIn([walked.before, walked.event, walked.after, walked.effects]))
          hidden += values.length
          const shown = `${show(walked)} ${JSON.stringify(walked)}`
          expect(
            values.filter((value) => shown.includes(`'${value}'`) || shown.includes(`"${value}"`)),
          ).toEqual([])
        }),
      ),
      { numRuns: 30 },
    )
    expect(hidden).toBeGreaterThan(100)
  })

  it.each(['basic', 'body'] as const)(
    'in an encoded request, with the client in the %s',
    (authentication) => {
      const client = productClient({ id: 'my-product-1234', secret: 'client-s3cret' })
      const request = { grant_type: 'password', username: 'u', password: new Secret('p4ssword') } as const
      const encoded = encodeTokenRequest(request, client, authentication)

      expect(leaksIn([request, client, encoded], ['client-s3cret', 'p4ssword'])).toEqual([])
      expectHidden(encoded)
    },
  )

  it('in a judged answer, unknown fields included', () => {
    const body = {
      access_token: 'acc3ss',
      refresh_token: 'r3fresh',
      token_type: 'bearer',
      id_token: 'unkn0wn',
    }
    const answers = [
      judgeAnswer(answered(200, body)),
      judgeAnswer(answered(403, { error: 'mfa_required', mfa_token: 'mf4-token', hint: 'unkn0wn' })),
      judgeAnswer(answered(400, { error: 'invalid_grant', hint: 'unkn0wn' })),
      judgeAnswer(answered(500, { ...body, error: 'x' })),
      judgeAnswer(answered(200, { ...body, expires_in: 'acc3ss' })),
      judgeAnswer(answered(200, `cb(${JSON.stringify(body)})`)),
    ]

    expect(leaksIn(answers, ['acc3ss', 'r3fresh', 'unkn0wn', 'mf4-token'])).toEqual([])
  })

  it('in what an answer says, when it repeats what was sent', () => {
    const client = productClient({ id: 'my-product-1234', secret: 'client-s3cret' })
    const password = new Secret('p4ss wörd')
    const sent = encodeTokenRequest({ grant_type: 'password', username: 'u', password }, client)
    const echo = `${sent.body.reveal()} ${sent.headers.reveal().authorization} p4ss wörd client-s3cret`
    const answer = judgeAnswer(
      answered(400, { error: 'invalid_grant', error_description: echo }),
      sent.secrets,
    )

    expect(leaksIn(answer, ['p4ss wörd', 'client-s3cret'])).toEqual([])
  })

  it('in what an answer says, when its echo is cut or made printable: no part of it either', () => {
    const client = productClient({ id: 'my-product-1234', secret: 'kl1ent-s3cret' })
    const password = new Secret('begin\u200bmiddle\tend')
    const sent = encodeTokenRequest({ grant_type: 'password', username: 'u', password }, client)
    const authorization = String(sent.headers.reveal().authorization)
    const parts = ['beg', 'middle', 'end', 'kl1', 's3cret', authorization.slice(6, 10)]
    const echoes = [
      password.reveal(),
      'begin middle end',
      sent.body.reveal(),
      authorization,
      JSON.stringify({ password: password.reveal(), client_secret: 'kl1ent-s3cret' }),
    ]

    for (const echo of echoes) {
      for (let before = 150; before <= 201; before += 1) {
        const error_description = `${'x'.repeat(before)}${echo}`
        const answer = judgeAnswer(answered(400, { error: 'out_of_cheese', error_description }), sent.secrets)
        const shown = String(answer.type === 'error' && answer.description)
        expect(parts.filter((part) => shown.includes(part))).toEqual([])
      }
    }
  })

  it('in what is said of a field that is malformed', () => {
    const bad = 's3cret\u0000value'
    const requests: readonly object[] = [
      { grant_type: 'password', username: 'u', password: new Secret({ bad }) },
      { grant_type: 'urn:custom:mfa-otp', mfa_token: new Secret('m'), otp: new Secret(bad) },
      { grant_type: 'password', username: 'u', password: new Secret('p'), expires_in: bad },
      { grant_type: 'password', username: 'u', password: new Secret('p'), expires_at: bad },
      { grant_type: 'password', username: 'u', password: new Secret('p'), scope: bad },
      { grant_type: bad },
    ]

    for (const request of requests) {
      const thrown = thrownBy(() => encodeTokenRequest(request as TokenRequest, developerClient()))
      expect(leaksIn(thrown, [bad, 's3cret'])).toEqual([])
    }
  })

  it('in what is said of a client that is malformed', () => {
    const thrown = thrownBy(() => productClient({ id: 'particle', secret: 'client-s3cret' }))

    expect(leaksIn(thrown, ['client-s3cret'])).toEqual([])
  })

  it('in what is said of a base URL with a password', () => {
    const thrown = thrownBy(() => readBaseUrl('https://user:p4ssword@example.com', false))

    expect(leaksIn(thrown, ['p4ssword'])).toEqual([])
  })

  it('in what is said of a state that can’t be read', () => {
    const texts = [signedIn({ identity: product, tokens }), mfaRequired({ held: tokens })]
      .map(serializeState)
      .flatMap((text) => [
        text.slice(1),
        text.replace('"version":1', '"version":2'),
        text.replaceAll(/"(accessToken|mfaToken)":/g, '"x":'),
        text.replace('"password"', '"access-held"'),
      ])

    for (const text of texts) {
      expect(
        leaksIn(
          thrownBy(() => parseState(text)),
          ['access-held', 'refresh-held', 'mfa-held'],
        ),
      ).toEqual([])
    }
  })

  it('in what is said of a state that can’t be written', () => {
    const thrown = thrownBy(() => serializeState(renewing({ tokens }) as unknown as SettledState))

    expect(leaksIn(thrown, ['access-held', 'refresh-held'])).toEqual([])
  })

  it.each(everyError.map((error) => ({ error, code: error.code })))(
    'in $code, whatever caused it',
    ({ error: { code, details } }) => {
      const config = { headers: { authorization: 'Basic pl4nted' } }
      const thrown = Object.assign(
        new Error('pl4nted', { cause: Object.assign(new Error('pl4nted'), { config }) }),
        {
          config,
        },
      )
      const cause = sanitizeCause(thrown, [new Secret('pl4nted')])

      expect(leaksIn(new GrantsError(code, details, { cause }), ['pl4nted'])).toEqual([])
    },
  )

  it('and what has nothing to hide hides nothing', () => {
    expect(secretsIn([signedOut(), reauthenticationRequired()])).toEqual({})
  })
})
