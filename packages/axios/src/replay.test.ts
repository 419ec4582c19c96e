import { Readable } from 'node:stream'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { runInNewContext } from 'node:vm'
import { createSession, developerClient, GrantsError } from '@particle-grants/core'
import type { AxiosAdapter } from 'axios'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { recorder, refuse } from '../test/recorder.ts'
import { openScene } from '../test/scene.ts'
import { externalToken, numberedTokens, tokenNumber } from '../test/tokens.ts'
import { until } from '../test/until.ts'
import { versions } from '../test/versions.ts'

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

describe.each(versions)('a token that the API rejects, $name', ({ axios, attachSession }) => {
  it('is renewed once, and the request is replayed', async () => {
    const { baseUrl, session, sandbox, statuses, tokenRequests } = await openScene()
    const instance = axios.create({ baseURL: baseUrl })
    attachSession(instance, session)
    sandbox.revoke()
    expect((await instance.get('/v1/devices')).status).toBe(200)
    expect(statuses()).toEqual([401, 200])
    expect(tokenRequests()).toBe(1)
  })

  it('is not sent after it expired', async () => {
    const { baseUrl, session, clock, statuses, tokenRequests } = await openScene()
    const instance = axios.create({ baseURL: baseUrl })
    attachSession(instance, session)
    clock.advance('90d')
    await Promise.all([instance.get('/v1/devices'), instance.get('/v1/devices/garden')])
    expect(statuses()).toEqual([200, 200])
    expect(tokenRequests()).toBe(1)
  })

  it.each([
    ['expired_token', [401, 200]],
    ['invalid_token', [401, 200]],
    ['invalid_grant', [401]],
    ['Wrong password', [401]],
  ])('is recognized by the body of a 401: %s', async (error, expected) => {
    const { baseUrl, session, sandbox, statuses, tokenRequests } = await openScene()
    const instance = axios.create({ baseURL: baseUrl, validateStatus: () => true })
    attachSession(instance, session)
    sandbox.failNext({ status: 401, body: { ok: false, error } })
    await instance.get('/v1/devices')
    expect(statuses()).toEqual(expected)
    expect(tokenRequests()).toBe(expected.length - 1)
  })

  it.each([
    ['http', 'text'],
    ['http', 'json'],
    ['http', 'arraybuffer'],
    ['http', 'stream'],
    ['http', 'blob'],
    ['fetch', 'text'],
    ['fetch', 'json'],
    ['fetch', 'arraybuffer'],
    ['fetch', 'stream'],
    ['fetch', 'blob'],
  ] as const)('is recognized with the %s adapter and responseType %s', async (adapter, responseType) => {
    const { baseUrl, session, sandbox, statuses } = await openScene()
    const instance = axios.create({ baseURL: baseUrl, adapter, responseType })
    attachSession(instance, session)
    sandbox.revoke()
    const { data } = await instance.get('/v1/devices/garden')
    expect(statuses()).toEqual([401, 200])
    expect(JSON.parse(await textOf(data))).toMatchObject({ name: 'garden' })
  })

  it.each([
    ['http', 'text'],
    ['http', 'arraybuffer'],
    ['http', 'stream'],
    ['fetch', 'stream'],
    ['fetch', 'blob'],
  ] as const)(
    'is not recognized in another 401, whose body arrives complete: %s, %s',
    async (adapter, responseType) => {
      const body = JSON.stringify({ ok: false, error: 'Wrong password', filler: 'x'.repeat(40_000) })
      const server = await recorder((_, response) => {
        response.writeHead(401, { 'content-type': 'application/json' })
        response.write(body.slice(0, 10))
        setImmediate(() => response.end(body.slice(10)))
      })
      const { session, requested } = await numberedTokens(server.url)
      const instance = axios.create({ baseURL: server.url, adapter, responseType, transformResponse: [] })
      attachSession(instance, session)
      const error = (await failure(instance.get('/'))) as { response: { status: number; data: unknown } }
      expect(error.response.status).toBe(401)
      expect(await textOf(error.response.data)).toBe(body)
      expect(requested()).toBe(1)
    },
  )

  it.each(['http', 'fetch'])('is not searched for in a stream that is not JSON: %s', async (adapter) => {
    const server = await recorder((_, response) => {
      response.writeHead(401, { 'content-type': 'text/html' })
      response.end('{"error":"invalid_token"}'.padEnd(70_000))
    })
    const { session, requested } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url, adapter, responseType: 'stream' })
    attachSession(instance, session)
    const error = (await failure(instance.get('/'))) as { response: { data: unknown } }
    expect(await textOf(error.response.data)).toHaveLength(70_000)
    expect(requested()).toBe(1)
  })

  it.each(['http', 'fetch'])('is not searched for in a stream of 400 MB: %s', async (adapter) => {
    let megabytesSent = 0
    const bytes = function* () {
      yield '{"error":"invalid_token","filler":"'
      for (; megabytesSent < 400; megabytesSent += 1) yield 'x'.repeat(1_048_576)
      yield '"}'
    }
    const server = await recorder((_, response) => {
      response.writeHead(401, { 'content-type': 'application/json' })
      Readable.from(bytes(), { highWaterMark: 1 }).pipe(response)
    })
    const { session, requested } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url, adapter, responseType: 'stream' })
    attachSession(instance, session)
    const error = (await failure(instance.get('/'))) as { response: { data: AsyncIterable<Uint8Array> } }
    // What the sockets of both sides buffer was sent, too.
    expect(megabytesSent).toBeLessThan(100)
    expect(requested()).toBe(1)
    expect(await readFirst(error.response.data)).toMatch(/^\{"error":"invalid_token"/)
  })

  it.each(['http', 'fetch'])('is not waited for in a stream that does not end: %s', async (adapter) => {
    const server = await recorder((_, response) => {
      response.writeHead(401, { 'content-type': 'application/json' }).write('{"error":"invalid_token"}')
    })
    const { session, requested } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url, adapter, responseType: 'stream' })
    attachSession(instance, session)
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    let isPending = true
    const call = failure(instance.get('/')).finally(() => {
      isPending = false
    })
    while (isPending) {
      vi.advanceTimersByTime(2000)
      await nextTurn()
    }
    const error = (await call) as { response: { data: AsyncIterable<Uint8Array> } }
    expect(requested()).toBe(1)
    expect(await readFirst(error.response.data)).toBe('{"error":"invalid_token"}')
  })

  it('is replaced also if validateStatus accepts a 401', async () => {
    const { baseUrl, session, sandbox, statuses } = await openScene()
    const instance = axios.create({ baseURL: baseUrl, validateStatus: (status) => status < 500 })
    attachSession(instance, session)
    sandbox.revoke()
    expect((await instance.get('/v1/devices')).status).toBe(200)
    expect(statuses()).toEqual([401, 200])
  })

  it('costs one token request if the API rejects every token: after one replay the session backs off', async () => {
    const server = await recorder((_, response) => refuse(response))
    const { session, requested } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url })
    attachSession(instance, session)
    expect(await failure(instance.get('/'))).toMatchObject({ response: { status: 401 } })
    // At once, because each waits for a second, which the back-off outlasts.
    const others = await Promise.all(Array.from({ length: 20 }, () => failure(instance.get('/'))))
    for (const other of others) expect(other).toMatchObject({ code: 'renewal_backoff', retry: 'later' })
    expect(requested()).toBe(2)
    expect(server.requests).toHaveLength(2)
  })

  it('is renewed again after the back-off, and immediately once tokens live longer than a minute', async () => {
    let rejected = new Set([tokenNumber(1), tokenNumber(2)])
    const server = await recorder(({ authorization }, response) =>
      rejected.has(String(authorization).replace('Bearer ', '')) ? refuse(response) : response.end('{}'),
    )
    const { session, requested, advance } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url })
    attachSession(instance, session)
    expect(await failure(instance.get('/'))).toMatchObject({ response: { status: 401 } })
    expect(await failure(instance.get('/'))).toMatchObject({ code: 'renewal_backoff' })
    advance(1000)
    expect((await instance.get('/')).status).toBe(200)
    expect(requested()).toBe(3)

    advance(120_000)
    rejected = new Set([tokenNumber(3)])
    expect((await instance.get('/')).status).toBe(200)
    expect(requested()).toBe(4)
  })

  it('is not renewed for a request that carried an older one, which is only replayed', async () => {
    const held: (() => void)[] = []
    const server = await recorder((recorded, response) => {
      const isOld = recorded.authorization === `Bearer ${tokenNumber(1)}`
      const answer = () => (isOld ? refuse(response) : response.end('{}'))
      if (recorded.url === '/slow' && isOld) held.push(answer)
      else answer()
    })
    const { session, requested } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url })
    attachSession(instance, session)
    const slow = instance.get('/slow')
    await until(() => held.length === 1)
    await instance.get('/fast')
    for (const release of held) release()
    await slow
    expect(requested()).toBe(2)
    expect(server.requests).toHaveLength(4)
  })

  it.each([
    ['for the instance', { replay: false }, {}],
    ['for the request', {}, { particleGrants: { replay: false } }],
  ])(
    'causes no replay if that is switched off %s; the next request has a new token',
    async (_title, options, request) => {
      const { baseUrl, session, sandbox, statuses, tokenRequests } = await openScene()
      const instance = axios.create({ baseURL: baseUrl })
      attachSession(instance, session, options)
      sandbox.revoke()
      await expect(instance.get('/v1/devices', request)).rejects.toMatchObject({ response: { status: 401 } })
      await instance.get('/v1/devices', request)
      expect(statuses()).toEqual([401, 200])
      expect(tokenRequests()).toBe(1)
    },
  )

  it('causes a replay if the request asks for it and the instance does not', async () => {
    const { baseUrl, session, sandbox, statuses } = await openScene()
    const instance = axios.create({ baseURL: baseUrl })
    attachSession(instance, session, { replay: false })
    sandbox.revoke()
    await instance.get('/v1/devices', { particleGrants: { replay: true } })
    expect(statuses()).toEqual([401, 200])
  })

  it('rejects each request with a typed error if it cannot be renewed, and the state changes once', async () => {
    const server = await recorder((_, response) => refuse(response))
    const session = await externalToken(server.url, 'a'.repeat(40))
    const states: string[] = []
    session.subscribe(({ status }) => states.push(status))
    const [one, two] = [axios.create({ baseURL: server.url }), axios.create({ baseURL: server.url })]
    attachSession(one, session)
    attachSession(two, session)
    const errors = await Promise.all([one, two, one, two].map((instance) => failure(instance.get('/'))))
    for (const error of errors) {
      expect(GrantsError.isInstance(error)).toBe(true)
      expect(error).toMatchObject({ code: 'reauthentication_required', details: { reason: 'rejected' } })
    }
    expect(new Set(errors).size).toBe(4)
    expect(states).toEqual(['reauthentication_required'])

    await session.setToken({ accessToken: 'b'.repeat(40) })
    await failure(one.get('/'))
    expect(states).toEqual(['reauthentication_required', 'signed_in', 'reauthentication_required'])
  })

  it('changes the state once after it expired, and requests before the login reject', async () => {
    const { baseUrl, clock } = await openScene()
    const session = createSession({ client: developerClient(), baseUrl, clock })
    const instance = axios.create({ baseURL: baseUrl })
    attachSession(instance, session)
    expect(await failure(instance.get('/v1/devices'))).toMatchObject({ code: 'not_signed_in' })
    await session.login({ username: 'dev@example.com', password: 'correct horse', expiresIn: 60 })
    const states: string[] = []
    session.subscribe(({ status }) => states.push(status))
    clock.advance('61s')
    for (const _ of [1, 2]) {
      expect(await failure(instance.get('/v1/devices'))).toMatchObject({ code: 'reauthentication_required' })
    }
    expect(states).toEqual(['reauthentication_required'])
  })

  it('is sent again after setToken with the same token', async () => {
    let isDead = true
    const server = await recorder((_, response) => (isDead ? refuse(response) : response.end('{}')))
    const token = 'a'.repeat(40)
    const session = await externalToken(server.url, token)
    const instance = axios.create({ baseURL: server.url })
    const detach = attachSession(instance, session)
    attachSession(axios.create(), session)
    expect(await failure(instance.get('/'))).toMatchObject({ code: 'reauthentication_required' })
    isDead = false
    await session.setToken({ accessToken: token })
    expect((await instance.get('/')).status).toBe(200)

    isDead = true
    expect(await failure(instance.get('/'))).toMatchObject({ code: 'reauthentication_required' })
    detach()
    isDead = false
    await session.setToken({ accessToken: token })
    attachSession(instance, session)
    expect((await instance.get('/')).status).toBe(200)
    expect(server.requests).toHaveLength(4)
  })

  it('is recognized in bytes of another realm', async () => {
    const json = '{"error":"invalid_token"}'
    const bytes = runInNewContext(`Uint8Array.from(${JSON.stringify([...Buffer.from(json)])})`) as Uint8Array
    class Blob {
      readonly [Symbol.toStringTag] = 'Blob'
      readonly text = async () => json
    }
    for (const data of [bytes, bytes.buffer, new Blob()]) {
      const { session, requested } = await numberedTokens('https://api.example')
      const instance = axios.create({ baseURL: 'https://api.example' })
      attachSession(instance, session)
      const statuses = [401, 200]
      const adapter: AxiosAdapter = async (config) => {
        const status = statuses.shift() ?? 500
        return { data, status, statusText: '', headers: {}, config }
      }
      expect((await instance.get('/', { adapter, responseType: 'arraybuffer' })).status).toBe(200)
      expect(requested()).toBe(2)
    }
  })

  it.each(['GET', 'POST'])('passes on another error of the replayed %s', async (method) => {
    const { baseUrl, session, sandbox } = await openScene()
    const instance = axios.create({ baseURL: baseUrl })
    attachSession(instance, session)
    sandbox.failNext({ status: 401, body: { error: 'invalid_token' } })
    sandbox.failNext({ status: 500, body: { error: 'broken' }, match: { path: '/v1/devices' } })
    await expect(instance.request({ url: '/v1/devices', method })).rejects.toMatchObject({
      response: { status: 500, data: { error: 'broken' } },
    })
  })
})

/** Reads the first chunk only: the streams of old versions cannot be canceled while they wait for the next one. */
async function readFirst(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const { value } = await stream[Symbol.asyncIterator]().next()
  return new TextDecoder().decode(value)
}

async function textOf(data: unknown): Promise<string> {
  if (typeof data === 'string') return data
  if (data instanceof Blob) return data.text()
  if (data instanceof ArrayBuffer || ArrayBuffer.isView(data)) return new TextDecoder().decode(data as Uint8Array)
  if (typeof data === 'object' && data !== null && Symbol.asyncIterator in data) {
    const chunks: Uint8Array[] = []
    for await (const chunk of data as AsyncIterable<Uint8Array>) chunks.push(chunk)
    return Buffer.concat(chunks).toString()
  }
  return JSON.stringify(data)
}
