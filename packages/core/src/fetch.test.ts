import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { type RecordedRequest, type RecorderResponse, startRecorder } from '../test/recorder.ts'
import { dev, product, startSandbox } from '../test/sandboxed.ts'
import { holdTokenRequests } from '../test/worlds.ts'
import { developerClient, productClient } from './clients.ts'
import { createSession } from './create-session.ts'
import { memoryStore } from './store.ts'

const client = productClient(product)
const invalid: RecorderResponse = { status: 401, body: { error: 'invalid_token' } }
const ok: RecorderResponse = { status: 200, body: {} }

/** A session of the sandbox's product, and an API that responds as the test says. */
async function withApi(respond: (request: RecordedRequest, count: number) => RecorderResponse) {
  const world = await startSandbox()
  const { baseUrl, clock } = world
  let count = 0
  const api = await startRecorder((request) => {
    count += 1
    return respond(request, count)
  })
  const options = { client, baseUrl, clock, allowedOrigins: [api.url] }
  const session = createSession(options)
  await session.requestClientToken({ expiresIn: 3600 })
  return { ...world, api, session, options, token: String(session.peekAccessToken()) }
}

/** Rejects the first token that it sees. */
const invalidOnce = (_: RecordedRequest, count: number): RecorderResponse =>
  count === 1 ? invalid : { status: 200, body: { count } }

const sentTokens = ({ requests }: { requests: readonly RecordedRequest[] }) =>
  requests.map(({ headers }) => String(headers.authorization).replace('Bearer ', ''))

describe('session.fetch: a rejected token', () => {
  it.each(['invalid_token', 'expired_token'])('renews after %s and replays the request', async (error) => {
    const { api, session, token, tokenRequests } = await withApi((_, count) =>
      count === 1 ? { status: 401, body: { error } } : { status: 200, body: { count } },
    )
    const response = await session.fetch(`${api.url}/v1/devices?name=kitchen`)
    expect(await response.json()).toEqual({ count: 2 })
    expect(sentTokens(api)).toEqual([token, session.peekAccessToken()])
    expect(api.requests.map(({ url }) => url)).toEqual(Array(2).fill('/v1/devices?name=kitchen'))
    expect(session.peekAccessToken()).not.toBe(token)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('replays a request whose token was revoked at the sandbox', async () => {
    const { baseUrl, clock, sandbox } = await startSandbox()
    const session = createSession({ client, baseUrl, clock })
    await session.getAccessToken()
    sandbox.revoke()
    expect((await session.fetch('/v1/devices')).status).toBe(200)
    expect(sandbox.requests().map(({ path, status }) => [path, status])).toEqual([
      ['/oauth/token', 200],
      ['/v1/devices', 401],
      ['/oauth/token', 200],
      ['/v1/devices', 200],
    ])
  })

  it('renews once for 25 concurrent calls and replays each of them', async () => {
    const { api, session, token, tokenRequests } = await withApi(({ headers }) =>
      headers.authorization === `Bearer ${token}` ? invalid : ok,
    )
    const responses = await Promise.all(
      Array.from({ length: 25 }, (_, index) => session.fetch(`${api.url}/v1/devices/${index}`)),
    )
    expect(responses.map(({ status }) => status)).toEqual(Array(25).fill(200))
    expect(tokenRequests()).toHaveLength(2)
    expect(api.requests).toHaveLength(50)
  })

  it('returns the second 401 and then backs off, longer each time', async () => {
    const { api, session, clock, tokenRequests } = await withApi(() => invalid)
    const get = () => session.fetch(`${api.url}/v1/devices`)
    const response = await get()
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual(invalid.body)
    expect(api.requests).toHaveLength(2)
    expect(tokenRequests()).toHaveLength(2)

    const retryAt = clock.now() + 1000
    await expect(get()).rejects.toMatchObject({ code: 'renewal_backoff', retry: 'later', retryAt })
    await expect(get()).rejects.toMatchObject({ code: 'renewal_backoff' })
    expect(api.requests).toHaveLength(2)
    expect(tokenRequests()).toHaveLength(2)

    clock.advance('1s')
    await expect(get()).rejects.toMatchObject({ code: 'renewal_backoff', retryAt: clock.now() + 2000 })
    expect(api.requests).toHaveLength(3)
    expect(tokenRequests()).toHaveLength(3)
  })

  it('costs few token requests when an API rejects every token', async () => {
    const { api, session, clock, tokenRequests } = await withApi(() => invalid)
    for (let seconds = 0; seconds < 60; seconds += 1) {
      await session.fetch(`${api.url}/v1/devices`).catch(() => {})
      clock.advance('1s')
    }
    // The first, its replacement, and one each after 1, 2, 4, 8 and 16 seconds.
    expect(tokenRequests()).toHaveLength(7)
    expect(session.state.status).toBe('signed_in')
  })

  it('renews immediately each time when the rejected token was older than a minute', async () => {
    const { baseUrl, clock, sandbox, tokenRequests } = await startSandbox()
    const session = createSession({ client, baseUrl, clock })
    await session.getAccessToken()
    for (let times = 0; times < 3; times += 1) {
      clock.advance('2m')
      sandbox.revoke()
      for (let calls = 0; calls < 2; calls += 1) expect((await session.fetch('/v1/devices')).status).toBe(200)
    }
    expect(tokenRequests()).toHaveLength(4)
  })

  it('replays again a day after two early rejections', async () => {
    const { baseUrl, clock, tokenRequests } = await startSandbox()
    const api = await startRecorder((request) => respond(request))
    const session = createSession({ client, baseUrl, clock, allowedOrigins: [api.url] })
    let respond = (_: RecordedRequest): RecorderResponse => invalid
    expect((await session.fetch(api.url)).status).toBe(401)
    clock.advance('1d')
    respond = () => ok
    expect((await session.fetch(api.url)).status).toBe(200)
    clock.advance('1d')
    const old = session.peekAccessToken()
    respond = ({ headers }) => (headers.authorization === `Bearer ${old}` ? invalid : ok)
    expect((await session.fetch(api.url)).status).toBe(200)
    expect(tokenRequests()).toHaveLength(4)
  })

  it('asks the person who owns a developer token to sign in again', async () => {
    const { baseUrl, clock, sandbox, tokenRequests } = await startSandbox()
    const session = createSession({ client: developerClient(), baseUrl, clock })
    await session.login(dev)
    sandbox.revoke()
    await expect(session.fetch('/v1/devices')).rejects.toMatchObject({
      code: 'reauthentication_required',
      details: { reason: 'rejected' },
      retry: 'after_sign_in',
    })
    expect(tokenRequests()).toHaveLength(1)
  })

  it('never sends a rejected token again while its renewal backs off', async () => {
    const { api, session, sandbox, token, clock } = await withApi(({ headers }) =>
      headers.authorization === `Bearer ${token}` ? invalid : ok,
    )
    sandbox.failNext({ status: 503, error: 'server_error' })
    await expect(session.fetch(`${api.url}/v1`)).rejects.toMatchObject({ code: 'temporarily_unavailable' })
    await expect(session.fetch(`${api.url}/v1`)).rejects.toMatchObject({ code: 'renewal_backoff' })
    expect(api.requests).toHaveLength(1)
    clock.advance('1s')
    expect((await session.fetch(`${api.url}/v1`)).status).toBe(200)
    expect(sentTokens(api)).toEqual([token, session.peekAccessToken()])
  })
})

describe('session.fetch: responses that say nothing about the token', () => {
  it.each([
    ['401 for a wrong current password', 401, { ok: false, error: 'Current password is incorrect' }],
    ['401 with an empty body', 401, ''],
    ['401 with a page', 401, '<html>'],
    ['401 with another error', 401, { error: 'insufficient_scope' }],
    ['401 with a list', 401, ['invalid_token']],
    ['400 with invalid_token', 400, { error: 'invalid_token' }],
    ['403 with invalid_token', 403, { error: 'invalid_token' }],
    ['200 with invalid_token', 200, { error: 'invalid_token' }],
    ['429', 429, { error: 'rate_limit_exceeded' }],
    ['500', 500, { error: 'server_error' }],
  ])('returns a %s unchanged', async (_, status, body) => {
    const { api, session, token, tokenRequests } = await withApi(() => ({ status, body }))
    const response = await session.fetch(`${api.url}/v1/user/password`, { method: 'PUT', body: 'x' })
    expect(response.status).toBe(status)
    expect(await response.text()).toBe(typeof body === 'string' ? body : JSON.stringify(body))
    expect(api.requests).toHaveLength(1)
    expect(session.peekAccessToken()).toBe(token)
    expect(tokenRequests()).toHaveLength(1)
  })

  it.each([
    ['a product’s token', true],
    ['a developer’s token', false],
  ])('keeps %s after a 401 from another origin that a redirect led to', async (_, isProduct) => {
    const elsewhere = await startRecorder(({ headers }) => (headers.authorization === undefined ? invalid : ok))
    const headers = { location: `${elsewhere.url}/v1/devices` }
    const { api, session: productSession, options } = await withApi(() => ({ status: 302, headers }))
    const session = isProduct ? productSession : createSession({ ...options, client: developerClient() })
    if (!isProduct) await session.setToken({ accessToken: 'a'.repeat(40) })
    const token = session.peekAccessToken()
    expect((await session.fetch(`${api.url}/v1/devices`)).status).toBe(401)
    expect(elsewhere.requests[0]?.headers.authorization).toBeUndefined()
    expect(session.peekAccessToken()).toBe(token)
    expect(session.state.status).toBe('signed_in')
  })
})

describe('session.fetch: replaying a body', () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 31) % 256)

  it.each([
    ['a string', () => 'näme=kitchen', Buffer.from('näme=kitchen'), 'text/plain;charset=UTF-8'],
    [
      'URL search parameters',
      () => new URLSearchParams({ name: 'kitchen & hall' }),
      Buffer.from('name=kitchen+%26+hall'),
      'application/x-www-form-urlencoded;charset=UTF-8',
    ],
    ['a Blob', () => new Blob([bytes], { type: 'image/png' }), Buffer.from(bytes), 'image/png'],
    ['an ArrayBuffer', () => bytes.slice().buffer, Buffer.from(bytes), undefined],
    ['a view of an ArrayBuffer', () => bytes.subarray(7, 4096), Buffer.from(bytes.subarray(7, 4096)), undefined],
    ['no body', () => null, Buffer.alloc(0), undefined],
  ])('sends %s twice, byte for byte', async (...[, body, expected, type]) => {
    const { api, session } = await withApi(invalidOnce)
    const response = await session.fetch(`${api.url}/v1/x`, { method: 'POST', body: body() })
    expect(response.status).toBe(200)
    expect(api.requests).toHaveLength(2)
    for (const { method, body: sent, headers } of api.requests) {
      expect(method).toBe('POST')
      expect(sent.equals(expected)).toBe(true)
      expect(headers['content-type']).toBe(type)
      expect(headers['content-length']).toBe(String(expected.length))
    }
  })

  it('sends a form with a file twice, with the same boundary', async () => {
    const { api, session } = await withApi(invalidOnce)
    const form = new FormData()
    form.set('name', 'Küche')
    form.set('firmware', new Blob([bytes], { type: 'application/octet-stream' }), 'firmware.bin')
    await session.fetch(`${api.url}/v1/x`, { method: 'POST', body: form })
    const [first, second] = api.requests
    expect(first?.body.length).toBeGreaterThan(bytes.length)
    expect(first?.body.includes(Buffer.from(bytes))).toBe(true)
    expect(second?.body.equals(first?.body ?? Buffer.alloc(0))).toBe(true)
    expect(second?.headers['content-type']).toBe(first?.headers['content-type'])
    expect(first?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
  })

  it.each([
    ['a web stream', () => new Blob(['abc']).stream()],
    ['a Node stream', () => Readable.toWeb(Readable.from(['abc'])) as ReadableStream],
  ])('renews the token but never replays %s, which was read already', async (_, body) => {
    const { api, session, tokenRequests } = await withApi(invalidOnce)
    const init = { method: 'POST', body: body(), duplex: 'half' } as RequestInit
    await expect(session.fetch(`${api.url}/v1/x?secret=1#part`, init)).rejects.toMatchObject({
      code: 'request_not_replayable',
      details: { method: 'POST', url: `${api.url}/v1/x` },
      message: expect.stringContaining('Repeat the call with a new stream'),
    })
    expect(api.requests.map(({ body: sent }) => String(sent))).toEqual(['abc'])
    const again = { method: 'POST', body: body(), duplex: 'half' } as RequestInit
    expect((await session.fetch(`${api.url}/v1/x`, again)).status).toBe(200)
    expect(new Set(sentTokens(api)).size).toBe(2)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('sends a stream while the token is valid', async () => {
    const { api, session } = await withApi(() => ok)
    const init = { method: 'POST', body: new Blob(['abc']).stream(), duplex: 'half' } as RequestInit
    expect((await session.fetch(`${api.url}/v1/x`, init)).status).toBe(200)
    expect(api.requests.map(({ body }) => String(body))).toEqual(['abc'])
  })

  it.each([
    ['a text', () => 'x'.repeat(200_000)],
    ['a stream', () => new Blob(['x'.repeat(200_000)]).stream()],
  ])('sends the body of a Request twice: %s', async (_, body) => {
    const { api, session } = await withApi(invalidOnce)
    const init = { method: 'POST', body: body(), duplex: 'half' } as RequestInit
    expect((await session.fetch(new Request(`${api.url}/v1/x`, init))).status).toBe(200)
    expect(api.requests.map(({ body }) => body.length)).toEqual([200_000, 200_000])
  })

  it('sends the body of the call instead of the body of its Request', async () => {
    const { api, session } = await withApi(invalidOnce)
    const request = new Request(`${api.url}/v1/x`, { method: 'PUT', body: 'abc' })
    expect((await session.fetch(request, { body: 'def' })).status).toBe(200)
    expect(api.requests.map(({ body }) => String(body))).toEqual(['def', 'def'])
  })
})

describe('session.fetch: aborting a call', () => {
  /** A session whose first token request is held back. */
  async function withHeldTokenRequest() {
    const { options, api } = await withApi(() => ok)
    const held = holdTokenRequests(fetch)
    return { session: createSession({ ...options, fetch: held.fetch }), held, api }
  }

  it('rejects with the signal’s reason while it waits for a token, and others keep waiting', async () => {
    const { session, held, api } = await withHeldTokenRequest()
    const aborter = new AbortController()
    const aborted = session.fetch(`${api.url}/aborted`, { signal: aborter.signal })
    const other = session.fetch(`${api.url}/other`)
    await expect.poll(held.countWaiting).toBe(1)
    aborter.abort(new Error('closed the page'))
    await expect(aborted).rejects.toThrow('closed the page')
    held.release()
    expect((await other).status).toBe(200)
    expect(api.requests.map(({ url }) => url)).toEqual(['/other'])
  })

  it('respects the signal of a Request', async () => {
    const { session, held, api } = await withHeldTokenRequest()
    const aborter = new AbortController()
    const aborted = session.fetch(new Request(`${api.url}/aborted`, { signal: aborter.signal }))
    await expect.poll(held.countWaiting).toBe(1)
    aborter.abort(new Error('closed the page'))
    await expect(aborted).rejects.toThrow('closed the page')
    held.release()
    await session.idle()
    expect(api.requests).toEqual([])
  })

  it('rejects while it waits for a new token after a rejection, and the renewal continues', async () => {
    const { baseUrl, clock, tokenRequests } = await startSandbox()
    const api = await startRecorder(() => invalid)
    const options = { client, baseUrl, clock, allowedOrigins: [api.url], store: memoryStore() }
    await createSession(options).getAccessToken()
    const held = holdTokenRequests(fetch)
    const session = createSession({ ...options, fetch: held.fetch })
    await session.load()
    const rejected = session.peekAccessToken()
    const aborter = new AbortController()
    const call = session.fetch(`${api.url}/v1/devices`, { signal: aborter.signal })
    await expect.poll(held.countWaiting).toBe(1)
    aborter.abort(new Error('closed the page'))
    await expect(call).rejects.toThrow('closed the page')
    held.release()
    await session.idle()
    expect(sentTokens(api)).toEqual([rejected])
    expect(session.peekAccessToken()).not.toBe(rejected)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('sends nothing for a signal that was aborted before the call', async () => {
    const { api, session } = await withApi(() => ok)
    const signal = AbortSignal.abort(new Error('aborted before'))
    await expect(session.fetch(`${api.url}/v1`, { signal })).rejects.toThrow('aborted before')
    expect(api.requests).toEqual([])
  })

  it('aborts a request that is being sent', async () => {
    const aborter = new AbortController()
    const { api, session } = await withApi(() => {
      aborter.abort(new Error('aborted meanwhile'))
      return ok
    })
    await expect(session.fetch(api.url, { signal: aborter.signal })).rejects.toThrow('aborted meanwhile')
  })

  it('rejects with the platform’s own error when the network fails', async () => {
    const { session } = await withApi(() => ok)
    await expect(session.fetch('http://127.0.0.1:1/')).rejects.toBeInstanceOf(TypeError)
  })
})
