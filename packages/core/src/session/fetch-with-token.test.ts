import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { type Answer, type Recorded, recorder } from '../../test/recorder.ts'
import { product, sandboxed } from '../../test/sandboxed.ts'
import { gated } from '../../test/worlds.ts'
import { developerClient, productClient } from '../clients.ts'
import { createSession } from './create-session.ts'
import type { Fetch } from './http.ts'

const client = productClient(product)
const dead: Answer = { status: 401, body: { error: 'invalid_token', error_description: 'The token is dead' } }

/** A session of the sandbox's product, and an API that answers as the test says. */
async function withApi(answer: (request: Recorded, count: number) => Answer) {
  const world = await sandboxed()
  const { baseUrl, clock } = world
  let count = 0
  const api = await recorder((request) => {
    count += 1
    return answer(request, count)
  })
  const options = { client, baseUrl, clock, origins: [api.url] }
  const session = createSession(options)
  await session.authorize({ expiresIn: 3600 })
  return { ...world, api, session, options, token: String(session.peekToken()) }
}

/** An API that takes a token for dead until it gets another. */
const deadOnce = (_: Recorded, count: number): Answer =>
  count === 1 ? dead : { status: 200, body: { count } }

const authorizations = ({ requests }: { requests: readonly Recorded[] }) =>
  requests.map(({ headers }) => String(headers.authorization).replace('Bearer ', ''))

describe('a token that the API says is dead', () => {
  it.each(['invalid_token', 'expired_token'])(
    '(%s) is renewed, and the request sent once more',
    async (error) => {
      const { api, session, token, tokenRequests } = await withApi((_, count) =>
        count === 1 ? { status: 401, body: { error } } : { status: 200, body: { count } },
      )
      const response = await session.fetch(`${api.url}/v1/devices?name=kitchen`)
      expect(await response.json()).toEqual({ count: 2 })
      expect(authorizations(api)).toEqual([token, session.peekToken()])
      expect(api.requests.map(({ url }) => url)).toEqual(Array(2).fill('/v1/devices?name=kitchen'))
      expect(session.peekToken()).not.toBe(token)
      expect(tokenRequests()).toHaveLength(2)
    },
  )

  it('is what the sandbox’s API says of one that was revoked', async () => {
    const { baseUrl, clock, sandbox } = await sandboxed()
    const session = createSession({ client, baseUrl, clock })
    await session.authorize()
    sandbox.revoke()
    expect((await session.fetch('/v1/devices')).status).toBe(200)
    expect(sandbox.requests().map(({ path, status }) => [path, status])).toEqual([
      ['/oauth/token', 200],
      ['/v1/devices', 401],
      ['/oauth/token', 200],
      ['/v1/devices', 200],
    ])
  })

  it('is renewed once for a storm of calls, each of which is sent once more', async () => {
    const { api, session, token, tokenRequests } = await withApi(({ headers }) =>
      headers.authorization === `Bearer ${token}` ? dead : { status: 200, body: {} },
    )
    const responses = await Promise.all(
      Array.from({ length: 25 }, (_, index) => session.fetch(`${api.url}/v1/devices/${index}`)),
    )
    expect(responses.map(({ status }) => status)).toEqual(Array(25).fill(200))
    expect(tokenRequests()).toHaveLength(2)
    expect(api.requests).toHaveLength(50)
  })

  it('is passed on when the new one is dead as well; the request is not sent a third time', async () => {
    const { api, session, tokenRequests } = await withApi(() => dead)
    const response = await session.fetch(`${api.url}/v1/devices`)
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual(dead.body)
    await expect(session.fetch(`${api.url}/v1/devices`)).rejects.toMatchObject({
      code: 'reauthentication_required',
      details: { reason: 'rejected' },
    })
    await expect(session.fetch(`${api.url}/v1/devices`)).rejects.toMatchObject({
      code: 'reauthentication_required',
    })
    expect(api.requests).toHaveLength(3)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('that the API has taken before is renewed each time it dies', async () => {
    const { baseUrl, clock, sandbox, tokenRequests } = await sandboxed()
    const session = createSession({ client, baseUrl, clock })
    await session.authorize()
    for (let deaths = 0; deaths < 3; deaths += 1) {
      sandbox.revoke()
      for (let calls = 0; calls < 2; calls += 1) expect((await session.fetch('/v1/devices')).status).toBe(200)
    }
    expect(tokenRequests()).toHaveLength(4)
  })

  it('of a developer is told as such: nobody can renew it', async () => {
    const { baseUrl, sandbox, tokenRequests } = await sandboxed()
    const session = createSession({ client: developerClient(), baseUrl })
    await session.login({ username: 'dev@example.com', password: 'correct horse' })
    sandbox.revoke()
    await expect(session.fetch('/v1/devices')).rejects.toMatchObject({ code: 'reauthentication_required' })
    expect(tokenRequests()).toHaveLength(1)
  })

  it('is never sent again while its renewal is postponed', async () => {
    const { api, session, sandbox, token, clock } = await withApi(({ headers }) =>
      headers.authorization === `Bearer ${token}` ? dead : { status: 200, body: {} },
    )
    sandbox.failNext({ status: 503, error: 'server_error' })
    await expect(session.fetch(`${api.url}/v1`)).rejects.toMatchObject({ code: 'temporarily_unavailable' })
    await expect(session.fetch(`${api.url}/v1`)).rejects.toMatchObject({ code: 'renewal_postponed' })
    expect(api.requests).toHaveLength(1)
    clock.advance('1s')
    expect((await session.fetch(`${api.url}/v1`)).status).toBe(200)
    expect(authorizations(api)).toEqual([token, session.peekToken()])
  })
})

describe('an answer that says nothing of the token is passed on as it is', () => {
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
  ])('%s', async (_, status, body) => {
    const { api, session, token, tokenRequests } = await withApi(() => ({ status, body }))
    const response = await session.fetch(`${api.url}/v1/user/password`, { method: 'PUT', body: 'x' })
    expect(response.status).toBe(status)
    expect(await response.text()).toBe(typeof body === 'string' ? body : JSON.stringify(body))
    expect(api.requests).toHaveLength(1)
    expect(session.peekToken()).toBe(token)
    expect(tokenRequests()).toHaveLength(1)
  })
})

describe('a body is sent once more as it was', () => {
  const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 31) % 256)
  const form = () => {
    const data = new FormData()
    data.set('name', 'Küche')
    data.set('firmware', new Blob([bytes], { type: 'application/octet-stream' }), 'firmware.bin')
    return data
  }

  it.each([
    ['a string', () => 'näme=kitchen', Buffer.from('näme=kitchen'), 'text/plain;charset=UTF-8'],
    [
      'a form',
      () => new URLSearchParams({ name: 'kitchen & hall' }),
      Buffer.from('name=kitchen+%26+hall'),
      'application/x-www-form-urlencoded;charset=UTF-8',
    ],
    ['a Blob', () => new Blob([bytes], { type: 'image/png' }), Buffer.from(bytes), 'image/png'],
    ['an ArrayBuffer', () => bytes.slice().buffer, Buffer.from(bytes), undefined],
    ['a view of one', () => bytes.subarray(7, 4096), Buffer.from(bytes.subarray(7, 4096)), undefined],
    ['nothing', () => undefined, Buffer.alloc(0), undefined],
  ])('%s', async (...[, body, expected, type]) => {
    const { api, session } = await withApi(deadOnce)
    const response = await session.fetch(`${api.url}/v1/x`, { method: 'POST', body: body() ?? null })
    expect(response.status).toBe(200)
    expect(api.requests).toHaveLength(2)
    for (const { method, body: sent, headers } of api.requests) {
      expect(method).toBe('POST')
      expect(sent.equals(expected)).toBe(true)
      expect(headers['content-type']).toBe(type)
      expect(headers['content-length']).toBe(String(expected.length))
    }
  })

  it('a form with a file, its boundary included', async () => {
    const { api, session } = await withApi(deadOnce)
    await session.fetch(`${api.url}/v1/x`, { method: 'POST', body: form() })
    const [first, second] = api.requests
    expect(first?.body.length).toBeGreaterThan(bytes.length)
    expect(first?.body.includes(Buffer.from(bytes))).toBe(true)
    expect(second?.body.equals(first?.body ?? Buffer.alloc(0))).toBe(true)
    expect(second?.headers['content-type']).toBe(first?.headers['content-type'])
    expect(first?.headers['content-type']).toMatch(/^multipart\/form-data; boundary=/)
  })

  it.each([
    ['a stream', () => new Blob(['abc']).stream()],
    ['a stream of Node’s', () => Readable.toWeb(Readable.from(['abc'])) as ReadableStream],
  ])('but %s is not: it is gone. The call rejects, the token is renewed', async (_, body) => {
    const { api, session, token, tokenRequests } = await withApi(deadOnce)
    const init = { method: 'POST', body: body(), duplex: 'half' } as RequestInit
    await expect(session.fetch(`${api.url}/v1/x?secret=1#part`, init)).rejects.toMatchObject({
      code: 'request_not_replayable',
      details: { method: 'POST', url: `${api.url}/v1/x` },
      remedy: expect.stringContaining('fresh stream'),
    })
    expect(api.requests.map(({ body }) => String(body))).toEqual(['abc'])
    expect(session.peekToken()).not.toBe(token)
    expect(tokenRequests()).toHaveLength(2)
    const again = { method: 'POST', body: body(), duplex: 'half' } as RequestInit
    expect((await session.fetch(`${api.url}/v1/x`, again)).status).toBe(200)
  })

  it('and a stream whose token is good goes through', async () => {
    const { api, session } = await withApi(() => ({ status: 200, body: {} }))
    const init = { method: 'POST', body: new Blob(['abc']).stream(), duplex: 'half' } as RequestInit
    expect((await session.fetch(`${api.url}/v1/x`, init)).status).toBe(200)
    expect(api.requests.map(({ body }) => String(body))).toEqual(['abc'])
  })

  it('the body of a Request is a stream to whoever gets it', async () => {
    const { api, session } = await withApi(deadOnce)
    const request = new Request(`${api.url}/v1/x`, { method: 'POST', body: 'abc' })
    await expect(session.fetch(request)).rejects.toMatchObject({ code: 'request_not_replayable' })
    expect(api.requests).toHaveLength(1)
    const plain = new Request(`${api.url}/v1/x`)
    expect((await session.fetch(plain, { method: 'PUT', body: 'def' })).status).toBe(200)
  })
})

describe('a caller who gives up', () => {
  /** A session whose token has run out, and whose renewal waits at a gate. */
  async function waiting() {
    const { session: first, options, clock, api } = await withApi(() => ({ status: 200, body: {} }))
    const gate = gated((url, init) => fetch(url as never, init as never) as ReturnType<Fetch>)
    const state = first.state
    clock.advance('1h')
    const session = createSession({ ...options, fetch: gate.fetch, state: state as never })
    return { session, gate, api }
  }

  it('while waiting for a token is let go with his own reason; nothing is sent for him', async () => {
    const { session, gate, api } = await waiting()
    const aborter = new AbortController()
    const gone = session.fetch(`${api.url}/gone`, { signal: aborter.signal })
    const stays = session.fetch(`${api.url}/stays`)
    await expect.poll(gate.waiting).toBe(1)
    aborter.abort(new Error('closed the page'))
    await expect(gone).rejects.toThrow('closed the page')
    gate.open()
    expect((await stays).status).toBe(200)
    expect(api.requests.map(({ url }) => url)).toEqual(['/stays'])
  })

  it('with the signal of a Request as well', async () => {
    const { session, gate, api } = await waiting()
    const aborter = new AbortController()
    const gone = session.fetch(new Request(`${api.url}/gone`, { signal: aborter.signal }))
    await expect.poll(gate.waiting).toBe(1)
    aborter.abort(new Error('closed the page'))
    await expect(gone).rejects.toThrow('closed the page')
    gate.open()
    await session.settled()
    expect(api.requests).toEqual([])
  })

  it('before the request, or while it is under way, ends it', async () => {
    const { api, session } = await withApi(() => ({ status: 200, body: {} }))
    const signal = AbortSignal.abort(new Error('gone before'))
    await expect(session.fetch(`${api.url}/v1`, { signal })).rejects.toThrow('gone before')
    expect(api.requests).toEqual([])
    const aborter = new AbortController()
    const slow = await recorder(() => {
      aborter.abort(new Error('gone meanwhile'))
      return { status: 200, body: {} }
    })
    await expect(session.fetch(slow.url, { signal: aborter.signal })).rejects.toThrow('gone meanwhile')
  })

  it('gets what the network says, as from the platform’s own fetch', async () => {
    const { session } = await withApi(() => ({ status: 200, body: {} }))
    await expect(session.fetch('http://127.0.0.1:1/')).rejects.toBeInstanceOf(TypeError)
  })
})
