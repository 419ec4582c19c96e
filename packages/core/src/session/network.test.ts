import { createServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer } from 'node:net'
import { httpAnswer, rawServer } from '@particle-grants/test-kit'
import { describe, expect, it, vi } from 'vitest'
import { dev } from '../../test/sandboxed.ts'
import { developerClient } from '../clients.ts'
import { createSession } from './create-session.ts'
import type { Fetch } from './http.ts'

const tokens = JSON.stringify({ token_type: 'bearer', access_token: 'f'.repeat(40), expires_in: 60 })

/** What a sign-in comes to when the server writes these bytes. */
async function loginAgainst(answer: Buffer) {
  const { url, requests } = await rawServer((socket) => socket.end(answer))
  const session = createSession({ client: developerClient(), baseUrl: url })
  const outcome = await session.login(dev).catch((error: unknown) => error)
  return { outcome, session, requests }
}

describe('whatever answers in the place of the token endpoint', () => {
  it.each([
    ['an HTML page', httpAnswer(200, '<!doctype html><title>Log in to the Wi-Fi</title>'), 200, 'html'],
    ["a proxy's error page", httpAnswer(502, '<html>'), 502, 'html'],
    ['a redirect', httpAnswer(302, '', { location: 'https://evil.example' }), 302, 'redirect'],
    ['JavaScript', httpAnswer(200, `/**/ typeof x === 'function' && x(${tokens});`), 200, 'jsonp'],
    ['an empty body', httpAnswer(200, ''), 200, 'empty'],
    ['truncated JSON', httpAnswer(200, tokens.slice(0, 40)), 200, 'not_json'],
    ['bytes that are no text', httpAnswer(200, Uint8Array.of(0xff, 0xfe, 0x00)), 200, 'not_utf8'],
    ['an error with a good status', httpAnswer(200, '{"error":"invalid_grant"}'), 200, 'wrong_status'],
    ['tokens with another status', httpAnswer(201, tokens), 201, 'wrong_status'],
    ['a page without end', httpAnswer(200, ' '.repeat(2_000_000)), 200, 'too_large'],
  ] as const)('%s is told apart, and leads nowhere', async (...[, answer, status, reason]) => {
    const { outcome, session, requests } = await loginAgainst(answer)
    expect(outcome).toMatchObject({
      code: 'unexpected_answer',
      details: { grant_type: 'password', status, reason },
      remedy: expect.stringContaining('base URL'),
    })
    expect(session.state.status).toBe('signed_out')
    expect(requests.filter((request) => request.startsWith('POST'))).toHaveLength(1)
  })

  it('tokens are taken from a right answer whatever its content type', async () => {
    const { session } = await loginAgainst(httpAnswer(200, tokens, { 'content-type': 'text/plain' }))
    expect(session.peekToken()).toBe('f'.repeat(40))
  })
})

describe('a connection that does not hold', () => {
  it.each([
    ['before the answer', Buffer.alloc(0)],
    ['in the middle of the body', httpAnswer(200, tokens).subarray(0, -20)],
    ['in the middle of the head', Buffer.from('HTTP/1.1 200 OK\r\nconte')],
  ])('%s: no answer, and nothing is sent again', async (_, answer) => {
    const { outcome, session, requests } = await loginAgainst(answer)
    expect(outcome).toMatchObject({ code: 'no_answer', details: { reason: 'network', spent: false } })
    expect(session.state.status).toBe('signed_out')
    expect(requests.filter((request) => request.startsWith('POST'))).toHaveLength(1)
  })

  it('is named with its address and reason when nobody listens there', async () => {
    const server = createTcpServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await new Promise((resolve) => server.close(resolve))
    const session = createSession({ client: developerClient(), baseUrl })
    await expect(session.login(dev)).rejects.toMatchObject({
      code: 'no_answer',
      details: { baseUrl, systemCode: 'ECONNREFUSED' },
      message: `No answer from ${baseUrl} to the password request (ECONNREFUSED). Check base URL and network, then try again.`,
    })
  })

  it('is refused a certificate that nobody vouches for', async () => {
    const server = createServer({}, () => {})
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const session = createSession({ client: developerClient(), baseUrl: `https://127.0.0.1:${port}` })
    await expect(session.login(dev)).rejects.toMatchObject({
      code: 'no_answer',
      details: { reason: 'network' },
    })
    server.close()
  })

  it('is given up after the time-out of the session', async () => {
    const { url } = await rawServer(() => {})
    const session = createSession({ client: developerClient(), baseUrl: url, timeout: 50 })
    await expect(session.login(dev)).rejects.toMatchObject({
      code: 'no_answer',
      details: { reason: 'timeout' },
      message: expect.stringContaining('in time'),
    })
    expect(session.state.status).toBe('signed_out')
  })

  it('is given up when the caller aborts, with the caller’s own reason', async () => {
    const aborter = new AbortController()
    const { url } = await rawServer(() => aborter.abort(new Error('closed the window')))
    const session = createSession({ client: developerClient(), baseUrl: url })
    await expect(session.login({ ...dev, signal: aborter.signal })).rejects.toThrow('closed the window')
    expect(session.state.status).toBe('signed_out')
    await expect(session.login({ ...dev, signal: aborter.signal })).rejects.toThrow('closed the window')
  })
})

describe('a fetch of one’s own', () => {
  it('may throw at once, throw what is no error, or give no body', async () => {
    const fetches: [Fetch, object][] = [
      [
        () => {
          throw new Error('no network here')
        },
        { code: 'no_answer', cause: { message: 'no network here' } },
      ],
      [
        () => Promise.reject('nonsense'),
        { code: 'no_answer', cause: { message: expect.stringContaining('string') } },
      ],
      [
        async () => ({ status: 200, headers: new Headers(), body: null }),
        { code: 'unexpected_answer', details: { reason: 'empty' } },
      ],
      [
        async () => ({ status: 0, headers: new Headers(), body: null }),
        { code: 'unexpected_answer', details: { reason: 'redirect' } },
      ],
    ]
    for (const [fetch, expected] of fetches) {
      await expect(createSession({ client: developerClient(), fetch }).login(dev)).rejects.toMatchObject(
        expected,
      )
    }
  })

  const never = new Promise<never>(() => {})
  const deaf: [string, Fetch][] = [
    ['that never answers', () => never],
    [
      'whose answer never ends',
      async () => ({
        status: 200,
        headers: new Headers(),
        body: { getReader: () => ({ read: () => never, cancel: () => never }) },
      }),
    ],
    [
      'whose answer is too long and can’t be stopped',
      async () => ({
        status: 200,
        headers: new Headers(),
        body: {
          getReader: () => ({
            read: async () => ({ done: false, value: new Uint8Array(2 ** 20 + 1) }),
            cancel: () => never,
          }),
        },
      }),
    ],
  ]

  it.each(deaf)('%s is given up after the time-out, though it heeds no signal', async (_, fetch) => {
    const session = createSession({ client: developerClient(), fetch, timeout: 20 })
    await expect(session.login(dev)).rejects.toMatchObject({
      code: 'no_answer',
      details: { reason: 'timeout' },
    })
    expect(session.state.status).toBe('signed_out')
    await session.adopt({ accessToken: 'held' })
    expect(await session.logout()).toMatchObject({ accessToken: 'still_valid' })
  })

  it.each(deaf)('%s is given up when the caller aborts, though it heeds no signal', async (_, fetch) => {
    const aborter = new AbortController()
    const asked = vi.fn(fetch)
    const session = createSession({ client: developerClient(), fetch: asked })
    const login = session.login({ ...dev, signal: aborter.signal })
    await expect.poll(() => asked.mock.calls.length).toBe(1)
    aborter.abort(new Error('closed the window'))
    await expect(login).rejects.toThrow('closed the window')
    expect(session.state.status).toBe('signed_out')
  })

  it('is asked for no redirects, for JSON, and with a form', async () => {
    const calls: Parameters<Fetch>[] = []
    const fetch: Fetch = async (url, init) => {
      calls.push([url, init])
      return new Response(tokens)
    }
    await createSession({ client: developerClient(), fetch }).login(dev)
    expect(calls).toMatchObject([
      [
        'https://api.particle.io/oauth/token',
        {
          method: 'POST',
          redirect: 'manual',
          headers: {
            authorization: 'Basic cGFydGljbGU6cGFydGljbGU=',
            'content-type': 'application/x-www-form-urlencoded',
            accept: 'application/json',
          },
          body: 'grant_type=password&username=dev%40example.com&password=correct+horse',
        },
      ],
    ])
  })
})
