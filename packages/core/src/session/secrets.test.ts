import { leaksIn } from '@particle-grants/test-kit'
import { describe, expect, it } from 'vitest'
import { developerClient, productClient } from '../clients.ts'
import { customer } from '../subject.ts'
import { createSession } from './create-session.ts'
import type { Fetch } from './http.ts'

const planted = {
  password: 'pl4nted&p@ss word',
  otp: '735194',
  recoveryCode: 'pl4nted-recovery',
  mfaToken: 'pl4nted-mfa-token',
  accessToken: 'pl4nted-access-token',
  refreshToken: 'pl4nted-refresh-token',
  clientSecret: 'pl4nted-client-secret',
  unknown: 'pl4nted-unknown-field',
}
const all = Object.values(planted)
const jane = { username: 'jane@example.com', password: planted.password }

const json = (status: number, body: object) => async () => new Response(JSON.stringify(body), { status })
const tokens = json(200, {
  token_type: 'bearer',
  access_token: planted.accessToken,
  refresh_token: planted.refreshToken,
  id_token: planted.unknown,
  expires_in: 60,
})
const challenge = json(403, { error: 'mfa_required', mfa_token: planted.mfaToken, hint: planted.unknown })
/** A server that repeats everything it was sent, as some do when they are upset. */
const echo: Fetch = async (_, { headers, body }) =>
  new Response(
    JSON.stringify({ error: 'invalid_grant', error_description: `${body} ${headers.authorization}` }),
    { status: 400 },
  )
/** A fetch whose errors hang on to everything, as HTTP clients' do. */
const blab: Fetch = async (url, init) => {
  const error = new TypeError(`could not send ${init.body} to ${url}`, {
    cause: Object.assign(new Error(init.body), { init }),
  })
  throw Object.assign(error, { config: init, request: init, code: 'ECONNRESET' })
}

/** Runs a session against these answers, one after the other, and gives everything that came of it. */
async function everything(...answers: Fetch[]): Promise<unknown[]> {
  const found: unknown[] = []
  const session = createSession({
    client: productClient({ id: 'my-product-1234', secret: planted.clientSecret }),
    subject: customer(jane.username),
    fetch: (url, init) => (answers.shift() ?? blab)(url, init),
  })
  session.subscribe((state) => found.push(state))
  const note = (promise: Promise<unknown>) =>
    promise.then(
      (value) => found.push(value),
      (error) => found.push(error),
    )
  await note(session.login(jane))
  await note(session.submitOtp(planted.otp))
  await note(session.submitRecoveryCode(planted.recoveryCode))
  await note(session.renew())
  await note(session.authorize())
  await note(session.adopt({ accessToken: planted.accessToken }))
  await note(session.logout())
  return [session, session.state, ...found]
}

describe('no secret shows in anything that a session gives out', () => {
  it.each([
    ['all goes well', [challenge, tokens, tokens, tokens]],
    ['the server echoes what it got', [echo, echo, echo]],
    ['codes are refused with echoes', [challenge, echo, echo, echo]],
    ['renewals are refused with echoes', [tokens, echo, echo, echo]],
    ['the network fails and its errors tell all', [challenge, blab, blab, blab]],
    ['an answer has the wrong form', [json(200, { access_token: planted.accessToken, expires_in: 'soon' })]],
    ['an answer is no JSON', [async () => new Response(`<p>${planted.accessToken}`)]],
    [
      'an unknown error carries more',
      [json(418, { error: planted.mfaToken.slice(8), extra: planted.unknown })],
    ],
  ] as [string, Fetch[]][])('when %s', async (_, answers) => {
    for (const value of await everything(...answers)) expect(leaksIn(value, all)).toEqual([])
  })

  it('not even when what was passed in was unusable', async () => {
    const session = createSession({ client: developerClient() })
    const errors = await Promise.all([
      session.login({ ...jane, expiresIn: -1 }).catch((error: unknown) => error),
      session.submitOtp(`${planted.otp}7`).catch((error: unknown) => error),
      session.adopt({ accessToken: `Bearer ${planted.accessToken}` }).catch((error: unknown) => error),
    ])
    for (const error of errors) expect(leaksIn(error, all)).toEqual([])
  })

  it('and the test would see one', () => {
    expect(leaksIn({ deep: { inside: [planted.otp] } }, all)).toEqual([planted.otp])
    expect(leaksIn(new Error('x', { cause: new Error(planted.accessToken) }), all)).toEqual([
      planted.accessToken,
    ])
    expect(leaksIn({ url: encodeURIComponent(planted.password) }, all)).toEqual([planted.password])
  })
})
