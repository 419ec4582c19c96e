import { request } from 'node:http'
import { describe, expect, it } from 'vitest'
import { type RecordedRequest, type RecorderResponse, startRecorder } from '../test/recorder.ts'
import { dev, product, startSandbox } from '../test/sandboxed.ts'
import { developerClient, productClient } from './clients.ts'
import { createSession } from './create-session.ts'
import { withAccessToken } from './fetch.ts'
import { isInvalidTokenError } from './protocol/bearer.ts'

const client = productClient(product)
const invalid: RecorderResponse = { status: 401, body: { error: 'invalid_token' } }
const ok: RecorderResponse = { status: 200, body: { ok: true } }

interface Result {
  readonly status: number
  readonly body: string
}

/** Two ways to send a request: the platform's `fetch`, and Node's `http` as the clients of npm use it. */
const clients: Record<string, (url: string, token: string) => Promise<Result>> = {
  fetch: async (url, token) => {
    const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } })
    return { status: response.status, body: await response.text() }
  },
  'node:http': (url, token) =>
    new Promise((resolve, reject) => {
      const outgoing = request(url, { headers: { authorization: `Bearer ${token}` } }, async (incoming) => {
        const chunks: Buffer[] = []
        for await (const chunk of incoming) chunks.push(chunk)
        resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString() })
      })
      outgoing.on('error', reject).end()
    }),
}

const isRejected = ({ status, body }: Result) => status === 401 && isInvalidTokenError(body)

/** A session of the sandbox's product, and an API that responds as the test says. */
async function withApi(respond: (request: RecordedRequest, count: number) => RecorderResponse) {
  const world = await startSandbox()
  const api = await startRecorder((received) => respond(received, api.requests.length))
  const session = createSession({ client, baseUrl: world.baseUrl, clock: world.clock })
  const send = (token: string) => (clients.fetch as (typeof clients)[string])(`${api.url}/v1/devices`, token)
  return { ...world, api, session, send }
}

const sentTokens = ({ requests }: { requests: readonly RecordedRequest[] }) =>
  requests.map(({ headers }) => String(headers.authorization).replace('Bearer ', ''))

describe('withAccessToken', () => {
  it.each(Object.entries(clients))('sends once while the token is valid, with %s', async (_, call) => {
    const { api, session } = await withApi(() => ok)
    const result = await withAccessToken(session, (token) => call(api.url, token), isRejected)
    expect(result).toEqual({ status: 200, body: '{"ok":true}' })
    expect(sentTokens(api)).toEqual([session.peekAccessToken()])
  })

  it.each(Object.entries(clients))('replays once with a new token, with %s', async (_, call) => {
    const { baseUrl, clock, sandbox } = await startSandbox()
    const session = createSession({ client, baseUrl, clock })
    await session.getAccessToken()
    sandbox.revoke()
    const send = (token: string) => call(`${baseUrl}/v1/devices`, token)
    expect((await withAccessToken(session, send, isRejected)).status).toBe(200)
    expect(sandbox.requests().map(({ path, status }) => [path, status])).toEqual([
      ['/oauth/token', 200],
      ['/v1/devices', 401],
      ['/oauth/token', 200],
      ['/v1/devices', 200],
    ])
  })

  it('returns the second response as it is when the API rejects the new token as well', async () => {
    const { api, session, send, clock, tokenRequests } = await withApi((_, count) => ({
      status: 401,
      body: { error: 'invalid_token', count },
    }))
    const result = await withAccessToken(session, send, isRejected)
    expect(result).toEqual({ status: 401, body: '{"error":"invalid_token","count":2}' })
    expect(new Set(sentTokens(api)).size).toBe(2)

    // The second rejection is reported to the session, which backs off.
    await expect(withAccessToken(session, send, isRejected)).rejects.toMatchObject({
      code: 'renewal_backoff',
      retryAt: clock.now() + 1000,
    })
    expect(api.requests).toHaveLength(2)
    expect(tokenRequests()).toHaveLength(2)
  })

  it.each([
    ['a wrong current password', { ok: false, error: 'Current password is incorrect' }],
    ['a missing scope', { error: 'insufficient_scope' }],
    ['a proxy’s page', '<html>invalid_token</html>'],
    ['an empty body', ''],
  ])('neither replays nor renews after a 401 for %s', async (_, body) => {
    const { api, session, send, tokenRequests } = await withApi(() => ({ status: 401, body }))
    const result = await withAccessToken(session, send, isRejected)
    expect(result.status).toBe(401)
    expect(api.requests).toHaveLength(1)
    expect(tokenRequests()).toHaveLength(1)
    expect(session.peekAccessToken()).toBe(sentTokens(api)[0])
  })

  it('lets `isRejected` decide, with each result', async () => {
    const { session } = await withApi(() => ok)
    const seen: string[] = []
    const results = ['first', 'second']
    const result = await withAccessToken(
      session,
      async () => results.shift(),
      (given) => {
        seen.push(String(given))
        return given === 'first'
      },
    )
    expect(result).toBe('second')
    expect(seen).toEqual(['first', 'second'])
  })

  it('renews once for 25 concurrent calls', async () => {
    const { api, session, send, tokenRequests } = await withApi(({ headers }) =>
      headers.authorization === `Bearer ${first}` ? invalid : ok,
    )
    const first = await session.getAccessToken()
    const results = await Promise.all(Array.from({ length: 25 }, () => withAccessToken(session, send, isRejected)))
    expect(results.map(({ status }) => status)).toEqual(Array(25).fill(200))
    expect(tokenRequests()).toHaveLength(2)
    expect(api.requests).toHaveLength(50)
  })

  it('passes on what `send` throws, without a replay', async () => {
    const { session, tokenRequests } = await withApi(() => ok)
    let calls = 0
    const send = async (): Promise<Result> => {
      calls += 1
      throw new TypeError('socket hang up')
    }
    await expect(withAccessToken(session, send, isRejected)).rejects.toThrow(new TypeError('socket hang up'))
    expect(calls).toBe(1)
    expect(tokenRequests()).toHaveLength(1)
  })

  it('does not call `send` while the session is signed out', async () => {
    let calls = 0
    const send = async () => {
      calls += 1
    }
    const session = createSession({ client: developerClient() })
    await expect(withAccessToken(session, send, () => false)).rejects.toMatchObject({ code: 'not_signed_in' })
    expect(calls).toBe(0)
  })

  it.each([
    ['a developer’s token', (baseUrl: string) => createSession({ client: developerClient(), baseUrl })],
    ['a static token', (baseUrl: string) => createSession({ accessToken: 'a'.repeat(40), baseUrl })],
  ])('rejects with `reauthentication_required` when the API rejects %s', async (_, create) => {
    const { baseUrl, send, api, tokenRequests } = await withApi(() => invalid)
    const session = create(baseUrl)
    if ('login' in session) await session.login(dev)
    await expect(withAccessToken(session, send, isRejected)).rejects.toMatchObject({
      code: 'reauthentication_required',
      details: { reason: 'rejected' },
    })
    expect(session.state).toMatchObject({ status: 'reauthentication_required', reason: 'rejected' })
    expect(api.requests).toHaveLength(1)
    expect(tokenRequests()).toHaveLength(session.kind === 'static' ? 0 : 1)
  })
})
