import { describe, expect, it, vi } from 'vitest'
import { brokenServers } from '../test/faults.ts'
import { encodeResponse, startRawServer } from '../test/raw-server.ts'
import { dev } from '../test/sandboxed.ts'
import { getErrorCode, toPlatformFetch } from '../test/worlds.ts'
import { developerClient, productClient } from './clients.ts'
import { createSession } from './create-session.ts'
import type { Fetch } from './protocol/http.ts'
import { Secret } from './secret.ts'

const tokens = JSON.stringify({ token_type: 'bearer', access_token: 'f'.repeat(40), expires_in: 60 })
const client = developerClient()
const ofProduct = productClient({ id: 'my-product', secret: 's' })

/** Logs in at a server that writes these bytes. */
async function loginAt(response: Buffer) {
  const { url, requests } = await startRawServer((socket) => socket.end(response))
  const session = createSession({ client, baseUrl: url })
  const result = await session.login(dev).catch((error: unknown) => error)
  return { result, session, requests }
}

describe('a login at a server that is not the token endpoint', () => {
  // biome-ignore format: one line per case, to be read as a table
  it.each([
    ['an HTML page', encodeResponse(200, '<!doctype html><title>Log in to the Wi-Fi</title>'), 200, 'html'],
    ["a proxy's error page", encodeResponse(501, '<html>'), 501, 'html'],
    ['a redirect', encodeResponse(302, '', { location: 'https://evil.example' }), 302, 'redirect'],
    ['JavaScript', encodeResponse(200, `/**/ typeof x === 'function' && x(${tokens});`), 200, 'not_json'],
    ['an empty body', encodeResponse(200, ''), 200, 'empty'],
    ['truncated JSON', encodeResponse(200, tokens.slice(0, 40)), 200, 'not_json'],
    ['bytes that are not text', encodeResponse(200, Uint8Array.of(0xff, 0xfe, 0x00)), 200, 'not_json'],
    ['an error with status 200', encodeResponse(200, '{"error":"invalid_grant"}'), 200, 'wrong_status'],
    ['tokens with another status', encodeResponse(201, tokens), 201, 'wrong_status'],
    ['an endless page', encodeResponse(200, `<html>${' '.repeat(2_000_000)}`), 200, 'html'],
  ] as const)('fails with the reason after %s, and is sent once', async (...[, response, status, reason]) => {
    const { result, session, requests } = await loginAt(response)
    expect(result).toMatchObject({
      code: 'unexpected_response',
      details: { status, reason },
      message: expect.stringContaining('base URL'),
    })
    expect(session.state.status).toBe('signed_out')
    expect(requests.filter((request) => request.startsWith('POST'))).toHaveLength(1)
  })

  it('accepts tokens whatever the content type', async () => {
    const { session } = await loginAt(encodeResponse(200, tokens, { 'content-type': 'text/plain' }))
    expect(session.peekAccessToken()).toBe('f'.repeat(40))
  })
})

describe('a login over a broken connection', () => {
  it.each([
    ['before the response', Buffer.alloc(0)],
    ['in the body', encodeResponse(200, tokens).subarray(0, -20)],
    ['in the headers', Buffer.from('HTTP/1.1 200 OK\r\nconte')],
  ])('fails as a network error when it ends %s, and is sent once', async (_, response) => {
    const { result, session, requests } = await loginAt(response)
    expect(result).toMatchObject({ code: 'network_error', details: { reason: 'network', mayBeSpent: false } })
    expect(session.state.status).toBe('signed_out')
    expect(requests.filter((request) => request.startsWith('POST'))).toHaveLength(1)
  })

  it('fails with the address and the system code when nothing listens', async () => {
    const baseUrl = await brokenServers.refused()
    await expect(createSession({ client, baseUrl }).login(dev)).rejects.toMatchObject({
      code: 'network_error',
      retry: 'later',
      details: { baseUrl, systemCode: 'ECONNREFUSED' },
      message: `${baseUrl} could not be reached (ECONNREFUSED). Check the base URL and the network.`,
    })
  })

  it('fails as a network error when the certificate is not trusted', async () => {
    const baseUrl = await brokenServers.untrusted()
    await expect(createSession({ client, baseUrl }).login(dev)).rejects.toMatchObject({
      code: 'network_error',
      details: { reason: 'network' },
    })
  })

  it('fails after the time-out of the session', async () => {
    const session = createSession({ client, baseUrl: await brokenServers.silent(), timeoutMs: 50 })
    await expect(session.login(dev)).rejects.toMatchObject({
      code: 'network_error',
      details: { reason: 'timeout' },
      message: expect.stringContaining('in time'),
    })
    expect(session.state.status).toBe('signed_out')
  })
})

const never = new Promise<never>(() => {})
/** Fetches that ignore their signal. */
const unresponsive: [string, Fetch][] = [
  ['that never responds', () => never],
  [
    'whose body never ends',
    async () => ({
      status: 200,
      headers: new Headers(),
      body: { getReader: () => ({ read: () => never, cancel: () => never }) },
    }),
  ],
]

describe('an abort', () => {
  const reasons = [
    ['an error', new Error('closed the window')],
    ['a string', 'closed'],
    ['an object', { by: 'user' }],
    ['the default', undefined],
  ] as const

  /** Every call that takes a signal and sends a request, in a session that may make it. */
  const calls = {
    login: (fetch: typeof globalThis.fetch, signal: AbortSignal) =>
      createSession({ client, fetch }).login({ ...dev, signal }),
    requestClientToken: (fetch: typeof globalThis.fetch, signal: AbortSignal) =>
      createSession({ client: ofProduct, fetch }).requestClientToken({ signal }),
    getAccessToken: (fetch: typeof globalThis.fetch, signal: AbortSignal) =>
      createSession({ client: ofProduct, fetch }).getAccessToken({ signal }),
  } as const
  const names = Object.keys(calls) as (keyof typeof calls)[]

  it.each(names.flatMap((name) => reasons.map(([what, reason]) => ({ name, what, reason }))))(
    "of $name rejects with the signal's own reason: $what",
    async ({ name, reason }) => {
      const aborter = new AbortController()
      const fetch = vi.fn<Fetch>(() => never)
      const call = calls[name](toPlatformFetch(fetch), aborter.signal).catch((thrown: unknown) => ({
        thrown,
      }))
      await expect.poll(() => fetch.mock.calls.length).toBe(1)
      aborter.abort(reason)
      expect(await call).toEqual({ thrown: aborter.signal.reason })
    },
  )

  it.each(names)('before the call of %s sends nothing', async (name) => {
    const fetch = vi.fn<Fetch>(() => never)
    const reason = new Error('closed the window')
    await expect(calls[name](toPlatformFetch(fetch), AbortSignal.abort(reason))).rejects.toBe(reason)
    expect(fetch).not.toHaveBeenCalled()
  })

  it.each(unresponsive)('ends a login with a fetch %s, though it ignores the signal', async (_, fetch) => {
    const aborter = new AbortController()
    const send = vi.fn(fetch)
    const session = createSession({ client, fetch: toPlatformFetch(send) })
    const login = session.login({ ...dev, signal: aborter.signal })
    await expect.poll(() => send.mock.calls.length).toBe(1)
    aborter.abort(new Error('closed the window'))
    await expect(login).rejects.toThrow('closed the window')
    expect(session.state.status).toBe('signed_out')
  })

  it('of a login that waits for another one leaves the other one alone', async () => {
    const aborter = new AbortController()
    let respond = (_: Response) => {}
    const fetch = vi.fn<Fetch>(() => new Promise<Response>((resolve) => (respond = resolve)))
    const session = createSession({ client, fetch: toPlatformFetch(fetch) })
    const first = session.login(dev)
    const second = session.login({ ...dev, signal: aborter.signal })
    await expect.poll(() => fetch.mock.calls.length).toBe(1)
    const reason = new Error('closed the window')
    aborter.abort(reason)
    await expect(second).rejects.toBe(reason)
    respond(new Response(tokens))
    expect(await first).toMatchObject({ status: 'signed_in' })
    expect(fetch).toHaveBeenCalledTimes(1)
  })
})

describe("an application's own fetch", () => {
  const cases: [string, Fetch, object][] = [
    [
      'throws at once',
      () => {
        throw new Error('no network here')
      },
      { code: 'network_error', cause: { message: 'no network here' } },
    ],
    [
      'rejects with something that is not an error',
      () => Promise.reject('nonsense'),
      { code: 'network_error', cause: { message: expect.stringContaining('string') } },
    ],
    [
      'returns no body',
      async () => ({ status: 200, headers: new Headers(), body: null }),
      { code: 'unexpected_response', details: { reason: 'empty' } },
    ],
    [
      'returns an opaque redirect',
      async () => ({ status: 0, headers: new Headers(), body: null }),
      { code: 'unexpected_response', details: { reason: 'redirect' } },
    ],
    [
      'returns a body that is too long and whose cancellation never ends',
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
      { code: 'unexpected_response', details: { reason: 'not_json' } },
    ],
  ]
  it.each(cases)('may be one that %s', async (_, fetch, expected) => {
    await expect(createSession({ client, fetch: toPlatformFetch(fetch) }).login(dev)).rejects.toMatchObject(expected)
  })

  it.each(unresponsive)('%s is given up after the time-out', async (_, fetch) => {
    const session = createSession({ client, fetch: toPlatformFetch(fetch), timeoutMs: 20 })
    await expect(session.login(dev)).rejects.toMatchObject({
      code: 'network_error',
      details: { reason: 'timeout' },
    })
    expect(session.state.status).toBe('signed_out')
    await session.setToken({ accessToken: 'held' })
    expect(await session.logout({ revoke: true })).toMatchObject({ accessToken: 'still_valid' })
  })

  it('receives a form, and is told not to follow redirects', async () => {
    const calls: Parameters<Fetch>[] = []
    const fetch: Fetch = async (url, init) => {
      calls.push([url, init])
      return new Response(tokens)
    }
    await createSession({ client, fetch: toPlatformFetch(fetch) }).login({
      ...dev,
      password: new Secret(dev.password),
    })
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

  it('is looked up at each call where the session has no fetch option', async () => {
    const session = createSession({ client })
    const fetch = vi.fn(async () => new Response('<html>'))
    vi.stubGlobal('fetch', fetch)
    try {
      expect(await getErrorCode(session.login(dev))).toBe('unexpected_response')
    } finally {
      vi.unstubAllGlobals()
    }
    expect(fetch).toHaveBeenCalledTimes(1)
  })
})
