import { setImmediate } from 'node:timers/promises'
import { inspect } from 'node:util'
import { createClock } from '@particle-grants/sandbox'
import { findLeaks } from '@particle-grants/test-kit'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createError, everyError } from '../test/errors.ts'
import { events, granted } from '../test/events.ts'
import { httpResponse } from '../test/responses.ts'
import { findSecrets, findStrings } from '../test/secrets.ts'
import {
  createIdentity,
  createRefreshableTokens,
  mfaRequired,
  reauthenticationRequired,
  renewing,
  requesting,
  requestingCode,
  signedIn,
  signedOut,
} from '../test/states.ts'
import { firstStates, type Taken, walk, walks } from '../test/walks.ts'
import { toPlatformFetch } from '../test/worlds.ts'
import { developerClient, productClient, userClient } from './clients.ts'
import { createSession, sessionFromEnv } from './create-session.ts'
import type { TokenRequest } from './grants/catalogue.ts'
import { parseState, serializeState } from './machine/serialize.ts'
import type { SettledState } from './machine/state.ts'
import { parseBaseUrl } from './protocol/base-url.ts'
import type { Fetch } from './protocol/http.ts'
import { encodeCustomerRequest, encodeTokenRequest } from './protocol/token-request.ts'
import { parseTokenResponse } from './protocol/token-response.ts'
import { redactError } from './redact.ts'
import { Secret } from './secret.ts'
import type { SessionEvent, SessionEventType } from './session-events.ts'
import { createSessionPool } from './session-pool.ts'
import { newSignInId } from './session-record.ts'
import { memoryStore, type Store } from './store.ts'

const identity = createIdentity('product')
const tokens = createRefreshableTokens()
const earlier = signedIn({ identity, tokens })

/** Every secret inside a value must be absent from everything that a log, a file or a terminal could show of it. */
function expectHidden(value: unknown): void {
  const secrets = Object.values(findSecrets(value))
  expect(secrets.length).toBeGreaterThan(0)
  expect(findLeaks(value, secrets)).toEqual([])
}

function getThrown(call: () => unknown): unknown {
  try {
    call()
  } catch (thrown) {
    return thrown
  }
  throw new Error('nothing was thrown')
}

describe('the state machine shows no secret', () => {
  it.each([
    requesting('password', earlier),
    requestingCode({ identity, earlier }),
    mfaRequired({ identity, earlier }),
    earlier,
    renewing({ tokens }),
  ])('in a state that is $status', (state) => {
    expectHidden(state)
  })

  it.each([...Object.values(events).filter((event) => Object.keys(findSecrets(event)).length > 0), granted()])(
    'in the event $type',
    (event) => {
      expectHidden(event)
    },
  )

  it('in any state, event, effect or error of any walk', () => {
    const show = (taken: Taken) => `${inspect(taken, { depth: Number.POSITIVE_INFINITY })} ${JSON.stringify(taken)}`
    let count = 0
    fc.assert(
      fc.property(firstStates, walks, (first, steps) =>
        walk(first, steps, (taken) => {
          const secrets = Object.values(findSecrets(taken))
          count += secrets.length
          const shown = show(taken)
          expect(secrets.filter((secret) => shown.includes(`'${secret}'`) || shown.includes(`"${secret}"`))).toEqual([])
        }),
      ),
      { numRuns: 30 },
    )
    expect(count).toBeGreaterThan(100)
  })

  it('in the error for a record that cannot be read', () => {
    const texts = [earlier, mfaRequired({ identity, earlier })]
      .map((state) => serializeState(state))
      .flatMap((text) => [
        text.slice(1),
        text.replace('"version":1', '"version":2'),
        text.replaceAll(/"(accessToken|mfaToken)":/g, '"x":'),
        text.replaceAll(/"(status|grantType)":"\w+"/g, '"$1":"access-held"'),
      ])
    for (const text of texts) {
      const thrown = getThrown(() => parseState(text, identity))
      expect(findLeaks(thrown, ['access-held', 'refresh-held', 'mfa-held'])).toEqual([])
    }
  })

  it('in the error for a state that cannot be saved', () => {
    const thrown = getThrown(() => serializeState(renewing({ tokens }) as unknown as SettledState))
    expect(findLeaks(thrown, Object.values(findSecrets(tokens)))).toEqual([])
  })

  it('in a state that has none', () => {
    expect(findSecrets([signedOut(), reauthenticationRequired()])).toEqual({})
  })
})

describe('the protocol shows no secret', () => {
  const secrets = ['client-s3cret', 'p4ssword']
  const client = productClient({ id: 'my-product-1234', secret: 'client-s3cret' })

  it.each(['client_secret_basic', 'client_secret_post'] as const)('in a request with %s', (authentication) => {
    const request = { grant_type: 'password', username: 'u', password: new Secret('p4ssword') } as const
    const encoded = encodeTokenRequest(request, client, authentication)
    expect(findLeaks([request, client, encoded], secrets)).toEqual([])
    expectHidden(encoded)
  })

  it('in a request that creates a customer', () => {
    const encoded = encodeCustomerRequest({ product: 1, email: 'a@b.c', password: 'p4ssword' }, client)
    expect(findLeaks(encoded, secrets)).toEqual([])
    expectHidden(encoded)
  })

  it('in a parsed response, unknown fields included', () => {
    const body = {
      access_token: 'acc3ss',
      refresh_token: 'r3fresh',
      token_type: 'bearer',
      id_token: 'unkn0wn',
    }
    const responses = [
      [200, body],
      [403, { error: 'mfa_required', mfa_token: 'mf4-token', hint: 'unkn0wn' }],
      [400, { error: 'invalid_grant', hint: 'unkn0wn' }],
      [500, { ...body, error: 'x' }],
      [200, { ...body, expires_in: 'acc3ss' }],
      [200, `cb(${JSON.stringify(body)})`],
    ] as const
    for (const [status, given] of responses) {
      const parsed = parseTokenResponse(httpResponse(status, given))
      expect(findLeaks(parsed, ['acc3ss', 'r3fresh', 'unkn0wn', 'mf4-token'])).toEqual([])
    }
  })

  it('in the error for a malformed field', () => {
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
      const thrown = getThrown(() => encodeTokenRequest(request as TokenRequest, developerClient()))
      expect(findLeaks(thrown, [bad, 's3cret'])).toEqual([])
    }
  })

  it('in the error for a malformed client', () => {
    for (const create of [productClient, userClient]) {
      expect(
        findLeaks(
          getThrown(() => create({ id: 'particle', secret: 'client-s3cret' })),
          secrets,
        ),
      ).toEqual([])
      expect(
        findLeaks(
          getThrown(() => create({ id: '?', secret: 'client-s3cret' })),
          secrets,
        ),
      ).toEqual([])
    }
  })

  it('in the error for a base URL with a password', () => {
    const thrown = getThrown(() => parseBaseUrl('https://user:p4ssword@example.com', false))
    expect(findLeaks(thrown, secrets)).toEqual([])
  })
})

describe('an error shows no secret of its cause', () => {
  it.each(everyError.map(({ code }) => code))('with the code %s', (code) => {
    const config = { headers: { authorization: 'Basic pl4nted' } }
    const inner = Object.assign(new Error('pl4nted'), { config })
    const thrown = Object.assign(new Error('pl4nted', { cause: inner }), { config })
    const cause = redactError(thrown, [new Secret('pl4nted')])
    expect(findLeaks(createError(code, { cause }), ['pl4nted'])).toEqual([])
  })
})

// ─── Sessions ───────────────────────────────────────────────────────────────────────────────────────────────────────

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
const client = productClient({ id: 'my-product-1234', secret: planted.clientSecret })

const respond =
  (status: number, body: object): Fetch =>
  async () =>
    Response.json(body, { status })
const grant = respond(200, {
  token_type: 'bearer',
  access_token: planted.accessToken,
  refresh_token: planted.refreshToken,
  id_token: planted.unknown,
  expires_in: 60,
})
const challenge = respond(403, {
  error: 'mfa_required',
  mfa_token: planted.mfaToken,
  hint: planted.unknown,
})
/** A server that repeats what it received. */
const echo: Fetch = async (_, { headers, body }) =>
  Response.json({ error: 'invalid_grant', error_description: `${body} ${headers.authorization}` }, { status: 400 })
/** A fetch whose errors keep the whole request, as those of HTTP clients do. */
const failWithRequest: Fetch = async (url, init) => {
  const error = new TypeError(`could not send ${init.body} to ${url}`, {
    cause: Object.assign(new Error(init.body), { init }),
  })
  throw Object.assign(error, { config: init, request: init, code: 'ECONNRESET' })
}

/** A store whose `save` fails, with an error that quotes the record. */
function createFailingStore(): Store {
  const save: Store['save'] = async (_, record) => {
    throw Object.assign(new Error(record, { cause: Object.values(findStrings(JSON.parse(record))) }), { record })
  }
  return { ...memoryStore(), save }
}

/** Makes every call of a session, with these responses one after the other. Returns everything that came of it. */
async function callEverything(responses: Fetch[], store = memoryStore()): Promise<unknown[]> {
  const results: unknown[] = []
  const events: SessionEvent[] = []
  const collect = (promise: Promise<unknown>) =>
    promise.then(
      // The token itself is what the caller asked for.
      (value) => results.push(typeof value === 'string' ? 'a token' : value),
      (error) => results.push(error),
    )
  const remaining = [...responses]
  const fetch = toPlatformFetch((url, init) => (remaining.shift() ?? failWithRequest)(url, init))
  const onEvent = (event: SessionEvent) => events.push(event)
  const options = { client, profile: 'jane', fetch, store, onEvent, includeSubject: true }
  const session = createSession(options)
  session.subscribe((state) => results.push(state))
  await collect(session.login(jane))
  await collect(session.submitOtp(planted.otp))
  await collect(session.submitRecoveryCode(planted.recoveryCode))
  await collect(session.getAccessToken({ forceRefresh: true }))
  await collect(session.requestClientToken())
  await collect(session.fetch('/v1/devices'))
  await collect(session.load())
  session.invalidateToken(planted.accessToken)
  await collect(session.getAccessToken())
  await collect(session.setToken({ accessToken: planted.accessToken, refreshToken: planted.refreshToken }))
  await collect(session.idle())
  await collect(session.logout({ revoke: true }))
  const pool = createSessionPool({ client, fetch, store })
  const newCustomer = { product: 1234, email: 'bob@example.com', password: planted.password }
  await collect(pool.createCustomer(newCustomer))
  await setImmediate()
  expect(events.length).toBeGreaterThan(1)
  return [session, session.state, pool, options.client, ...results, ...events]
}

describe('a session shows no secret', () => {
  it.each([
    ['if everything succeeds', [challenge, grant, grant, grant, grant, grant, grant, grant]],
    ['if the server echoes what it received', [echo, echo, echo, echo, echo, echo, echo, echo]],
    ['if the codes are refused with echoes', [challenge, echo, echo, echo, echo]],
    ['if the renewals are refused with echoes', [grant, echo, echo, echo, echo]],
    ['if the network fails and its errors quote the request', [challenge]],
    ['if a response has a malformed field', [respond(200, { access_token: planted.accessToken, expires_in: 'soon' })]],
    ['if a response is not JSON', [async () => new Response(`<p>${planted.accessToken}`)]],
    [
      'if an unknown error has more fields',
      [respond(418, { error: planted.mfaToken.slice(8), extra: planted.unknown })],
    ],
    ['if a challenge is malformed', [respond(403, { error: 'mfa_required', mfa_token: [planted.mfaToken] })]],
  ] as [string, Fetch[]][])('%s', async (_, responses) => {
    for (const value of await callEverything(responses)) expect(findLeaks(value, all)).toEqual([])
  })

  it.each(['load', 'save'] as const)(
    'if the store fails at %s() with errors that quote the record, whole and in parts',
    async (method) => {
      const store = memoryStore()
      /** What the store was given last. */
      let record = '{}'
      const save = store.save.bind(store)
      const fail = () => {
        const parts = Object.values(findStrings(JSON.parse(record))).join(' ')
        const cause = Object.assign(new Error(parts), { record })
        return Promise.reject(Object.assign(new Error(`the store failed at ${record}`, { cause }), { record }))
      }
      store.save = (key, value, version) => {
        record = value
        return method === 'save' ? fail() : save(key, value, version)
      }
      let loads = 0
      const load = store.load.bind(store)
      store.load = (key) => {
        loads += 1
        return method === 'load' && loads > 6 ? fail() : load(key)
      }
      const values = await callEverything([challenge, grant, grant, grant, grant], store)
      expect(values.filter((value) => value instanceof Error).length).toBeGreaterThan(2)
      for (const value of values) expect(findLeaks(value, all)).toEqual([])
    },
  )

  it('in an event of any type', async () => {
    const clock = createClock({ start: Date.UTC(2026, 0, 1), frozen: true })
    const events: SessionEvent[] = []
    const ids = [newSignInId(), newSignInId()] as const
    const open = (fetch: Fetch, store: Store = memoryStore()) => {
      const options = { client, store, clock, fetch: toPlatformFetch(fetch), includeSubject: true }
      return createSession({ ...options, signInId: ids[0], onEvent: (event) => events.push(event) })
    }
    const ignoreRefusal = () => {}

    // Each code is refused, and another call waits for the last request.
    const codes = open(async (url, init) => {
      clock.advance('1s')
      return /password=/.test(String(init.body)) ? challenge(url, init) : echo(url, init)
    })
    await codes.login(jane)
    const { otp, recoveryCode } = planted
    const calls = [codes.submitOtp(otp), codes.submitRecoveryCode(recoveryCode), codes.logout()]
    await Promise.allSettled(calls)
    // A token is rejected, and its renewal is refused.
    let hasToken = false
    const renewing = open((url, init) => {
      if (hasToken) return failWithRequest(url, init)
      hasToken = true
      return grant(url, init)
    })
    await renewing.login(jane)
    renewing.invalidateToken(planted.accessToken)
    await renewing.getAccessToken().catch(ignoreRefusal)
    await open(grant, createFailingStore()).login(jane).catch(ignoreRefusal)
    // The account is refused three times, and held back at the fourth.
    const store = memoryStore()
    for (let count = 0; count < 4; count += 1) await open(echo, store).login(jane).catch(ignoreRefusal)
    await setImmediate()

    const types: Record<SessionEventType, true> = {
      token_request: true,
      renewal_failed: true,
      held_back: true,
      lock_wait: true,
      token_rejected: true,
      store_failure: true,
    }
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(Object.keys(types)))
    for (const event of events) expect(findLeaks(event, [...all, ...ids])).toEqual([])
  })

  it('if an argument is invalid', async () => {
    const session = createSession({ client: developerClient() })
    const calls = [
      session.login({ ...jane, expiresIn: -1 }),
      session.login({ ...jane, username: '' }),
      session.submitOtp(`${planted.otp}7`),
      session.setToken({ accessToken: `Bearer ${planted.accessToken}` }),
      session.setToken({ accessToken: planted.accessToken, refreshToken: `${planted.refreshToken}\n` }),
    ]
    const thrown: unknown[] = await Promise.all(calls.map((call) => call.catch((error: unknown) => error)))
    thrown.push(
      getThrown(() => createSession({ accessToken: `Bearer ${planted.accessToken}` })),
      getThrown(() =>
        sessionFromEnv({
          PARTICLE_ACCESS_TOKEN: planted.accessToken,
          PARTICLE_CLIENT_SECRET: planted.clientSecret,
        }),
      ),
      getThrown(() => sessionFromEnv({ PARTICLE_CLIENT_ID: 'particle', PARTICLE_CLIENT_SECRET: planted.clientSecret })),
    )
    for (const error of thrown) {
      expect(error).toBeInstanceOf(Error)
      expect(findLeaks(error, all)).toEqual([])
    }
  })

  it('if it was created for an access token', async () => {
    const session = createSession({
      accessToken: planted.accessToken,
      fetch: toPlatformFetch(failWithRequest),
    })
    const values = [session, session.state, await session.logout({ revoke: true }), session.state]
    for (const value of values) expect(findLeaks(value, all)).toEqual([])
  })

  it('and these tests would see one', () => {
    expect(findLeaks({ deep: { inside: [planted.otp] } }, all)).toEqual([planted.otp])
    expect(findLeaks(new Error('x', { cause: new Error(planted.accessToken) }), all)).toEqual([planted.accessToken])
    for (const form of [
      encodeURIComponent(planted.password),
      `${new URLSearchParams({ password: planted.password })}`,
    ]) {
      expect(findLeaks({ url: form }, all)).toEqual([planted.password])
    }
    for (const id of ['p', 'pr', 'pro']) {
      const basic = `Basic ${Buffer.from(`${id}:${planted.clientSecret}`).toString('base64')}`
      expect(findLeaks({ headers: { authorization: basic } }, all)).toEqual([planted.clientSecret])
    }
  })
})
