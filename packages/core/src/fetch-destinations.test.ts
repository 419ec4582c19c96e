import { describe, expect, it } from 'vitest'
import { startRecorder } from '../test/recorder.ts'
import { product, startSandbox } from '../test/sandboxed.ts'
import { developerClient, productClient } from './clients.ts'
import { createSession } from './create-session.ts'
import type { Fetch } from './protocol/http.ts'

const client = productClient(product)
const token = 'f'.repeat(40)
const bearer = `Bearer ${token}`

/** A session that holds a token, for a server that records its requests. */
async function signedIn(allowedOrigins?: readonly string[]) {
  const api = await startRecorder()
  const session = createSession({ client, baseUrl: api.url, allowedOrigins })
  await session.setToken({ accessToken: token })
  return { api, session }
}

/** A session without a network, and the URL and authorization of each request it sends. */
async function overheard(baseUrl = 'https://api.particle.io') {
  const sent: { url: string; authorization: string | null }[] = []
  const listen: Fetch = async (url, { headers: { authorization = null } }) => {
    sent.push({ url, authorization })
    return Response.json({})
  }
  const session = createSession({ client, baseUrl, fetch: listen })
  await session.setToken({ accessToken: token })
  return { session, sent }
}

describe('session.fetch: allowed origins', () => {
  it.each([
    ['a path', (_: string) => '/v1/devices'],
    ['a path without a leading slash', (_: string) => 'v1/devices'],
    ['a complete URL', (url: string) => `${url}/v1/devices`],
    ['a URL object', (url: string) => new URL('/v1/devices', url)],
    ['a Request', (url: string) => new Request(`${url}/v1/devices`)],
    ['a URL without a scheme', (url: string) => `${url.slice('http:'.length)}/v1/devices`],
  ])('attaches the token to %s', async (_, input) => {
    const { api, session } = await signedIn()
    const response = await session.fetch(input(api.url))
    expect(await response.json()).toEqual({})
    expect(api.requests).toMatchObject([{ method: 'GET', url: '/v1/devices', headers: { authorization: bearer } }])
  })

  it('keeps the method, headers and body of the caller', async () => {
    const { api, session } = await signedIn()
    await session.fetch('/v1/devices/1?name=kitchen', {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'x-trace': '7' },
      body: '{"name":"kitchen"}',
    })
    expect(api.requests).toMatchObject([
      {
        method: 'PUT',
        url: '/v1/devices/1?name=kitchen',
        headers: { authorization: bearer, 'content-type': 'application/json', 'x-trace': '7' },
        body: Buffer.from('{"name":"kitchen"}'),
      },
    ])
  })

  it('works as a plain function', async () => {
    const { api, session } = await signedIn()
    const { fetch } = session
    await fetch('/v1/devices')
    expect(api.requests[0]?.headers.authorization).toBe(bearer)
  })

  it('sends the token of a static session in the same way', async () => {
    const api = await startRecorder()
    const { fetch } = createSession({ accessToken: token, baseUrl: api.url })
    await fetch('/v1/devices')
    expect(api.requests).toMatchObject([{ url: '/v1/devices', headers: { authorization: bearer } }])
  })

  it('sends the token to the origins in `allowedOrigins`, and then not to the base URL', async () => {
    const other = await startRecorder()
    const { api, session } = await signedIn([other.url])
    await session.fetch(`${other.url}/v1/devices`)
    await session.fetch('/v1/devices')
    expect(other.requests[0]?.headers.authorization).toBe(bearer)
    expect(api.requests[0]?.headers).not.toHaveProperty('authorization')
  })

  it('accepts an origin with a slash at the end, and rejects everything that is not an origin', () => {
    expect(createSession({ client, allowedOrigins: ['https://api.particle.io/'] })).toBeDefined()
    for (const origin of [
      'https://api.particle.io/v1',
      'https://API.particle.io',
      'https://api.particle.io:443',
      'https://user@api.particle.io',
      'api.particle.io',
      '*',
      'https://*.particle.io/x',
    ]) {
      expect(() => createSession({ client, allowedOrigins: [origin] }), origin).toThrow(
        expect.objectContaining({ code: 'invalid_argument' }),
      )
    }
  })

  it('continues the path of the base URL, as token requests do', async () => {
    const api = await startRecorder(() => ({ status: 200, body: {} }))
    const session = createSession({ client: developerClient(), baseUrl: `${api.url}/particle` })
    await session.setToken({ accessToken: 'a'.repeat(40) })
    await session.fetch('/v1/devices')
    await session.fetch('v1/devices')
    expect(api.requests.map(({ url }) => url)).toEqual(['/particle/v1/devices', '/v1/devices'])
  })
})

describe('session.fetch: everywhere else', () => {
  it.each([
    'https://evil.example/v1/devices',
    'http://api.particle.io/v1/devices',
    'https://api.particle.io:8443/v1/devices',
    'https://evil.api.particle.io/v1/devices',
    'https://particle.io/v1/devices',
    'https://api.particle.io.evil.example/',
    'https://evil-api.particle.io/',
    'https://api.particle.io./v1/devices',
    'https://xapi.particle.io/',
    'https://api-particle.io/',
    'https://api.particle.io%2eevil.example/',
    'https://api。particle。io。evil.example/',
    'https://аpi.particle.io/v1/devices',
    'https://evil.example\\@api.particle.io/',
    'https://evil.example#@api.particle.io/',
    'https://evil.example?@api.particle.io/',
    'https://evil.example/@api.particle.io/',
    'https://evil.example:443/https://api.particle.io/',
    'https://evil.exa\tmple/',
    'https://evil.example\n/',
    'ht\ntps://evil.example/',
    ' https://evil.example/',
    '//evil.example/v1/devices',
    '///evil.example/v1/devices',
    '////evil.example/v1/devices',
    '\\\\evil.example/v1/devices',
    '/\\evil.example/v1/devices',
    '\\/evil.example/v1/devices',
    '/\t/evil.example/v1/devices',
    '\t//evil.example/v1/devices',
    'https:/\\evil.example/',
    'https://[::ffff:1.2.3.4]/',
    'http:evil.example',
    'HTTPS://EVIL.EXAMPLE/',
    'http://127.0.0.1/v1/devices',
    'http://localhost/v1/devices',
    'data:text/plain,https://api.particle.io/',
    'blob:https://api.evil.example/0a1b',
    'ftp://api.particle.io/v1/devices',
  ])('sends %j without the token', async (input) => {
    const { session, sent } = await overheard()
    await session.fetch(input)
    expect(sent.map(({ authorization }) => authorization)).toEqual([null])
    expect(new URL(sent[0]?.url ?? '').origin).not.toBe('https://api.particle.io')
  })

  it('resolves a backslash as the URL parser does: it starts the path of an allowed origin', async () => {
    const { session, sent } = await overheard()
    await session.fetch('https://api.particle.io\\.evil.example/../../evil')
    expect(sent).toEqual([{ url: 'https://api.particle.io/evil', authorization: bearer }])
  })

  it.each([
    'https://api.particle.io@evil.example/',
    'https://api.particle.io:443@evil.example/',
    'https://user:password@api.particle.io/',
    'https://api.particle.io%40evil.example/',
    'https://api.particle.io%2f@evil.example/',
    'https://api.particle.io\0.evil.example/',
    'https://api.particle.io .evil.example/',
    'https://api.particle.io:port/',
    'http://',
  ])('sends nothing for %j, which the platform rejects', async (input) => {
    const { session, sent } = await overheard()
    await expect(session.fetch(input)).rejects.toBeInstanceOf(TypeError)
    expect(sent).toEqual([])
  })

  it.each([
    '/oauth/token',
    'oauth/token',
    '/oauth/token/',
    '//api.particle.io//oauth//token',
    'https://api.particle.io/oauth/token?callback=x',
    '/OAUTH/TOKEN',
    '/v1/../oauth/token',
    '/v1/%2e%2e/oauth/token',
    '/oauth%2Ftoken',
    '/oauth%252Ftoken',
    '\\oauth\\token',
  ])('sends no token to the token endpoint: %j', async (input) => {
    const { session, sent } = await overheard()
    await session.fetch(input, { method: 'POST', body: 'grant_type=password' })
    expect(sent).toMatchObject([{ authorization: null }])
  })

  it('leaves token requests of the caller as they are', async () => {
    const { baseUrl, sandbox } = await startSandbox()
    const session = createSession({ client, baseUrl })
    await session.getAccessToken()
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: product.id })
    body.set('client_secret', product.secret)
    // The token endpoint refuses a request that authenticates in two ways.
    expect((await session.fetch('/oauth/token', { method: 'POST', body })).status).toBe(200)
    expect(sandbox.requests()).toHaveLength(2)
  })

  it('sends requests to other origins also while signed out', async () => {
    const other = await startRecorder()
    const session = createSession({ client: developerClient(), baseUrl: 'http://127.0.0.1:9' })
    expect((await session.fetch(other.url)).status).toBe(200)
    expect(other.requests[0]?.headers).not.toHaveProperty('authorization')
  })

  it('sends nothing to an allowed origin while signed out', async () => {
    const api = await startRecorder()
    const session = createSession({ client: developerClient(), baseUrl: api.url })
    await expect(session.fetch('/v1/devices')).rejects.toMatchObject({ code: 'not_signed_in' })
    expect(api.requests).toEqual([])
  })
})

describe('session.fetch: redirects', () => {
  const redirecting = (to: () => string, status = 302) =>
    startRecorder(({ url }) => (url === '/start' ? { status, headers: { location: to() } } : { status: 200, body: {} }))

  const signedInTo = async (api: { url: string }) => {
    const session = createSession({ client, baseUrl: api.url })
    await session.setToken({ accessToken: token })
    return session
  }

  it.each([301, 302, 303, 307, 308])('keeps the token when a %i stays on the origin', async (status) => {
    const api = await redirecting(() => '/end', status)
    const session = await signedInTo(api)
    expect((await session.fetch('/start', { method: 'POST', body: 'x' })).status).toBe(200)
    expect(api.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/start', bearer],
      ['/end', bearer],
    ])
  })

  it.each([301, 302, 303, 307, 308])('drops the token when a %i leads to another origin', async (status) => {
    const elsewhere = await startRecorder()
    const api = await redirecting(() => `${elsewhere.url}/end`, status)
    const session = await signedInTo(api)
    expect((await session.fetch('/start', { method: 'POST', body: 'x' })).status).toBe(200)
    expect(api.requests[0]?.headers.authorization).toBe(bearer)
    expect(elsewhere.requests).toHaveLength(1)
    expect(elsewhere.requests[0]?.headers).not.toHaveProperty('authorization')
  })

  it('drops cookies and the credentials of a proxy when it leads to another origin, as the platform does', async () => {
    const elsewhere = await startRecorder()
    const api = await redirecting(() => `${elsewhere.url}/end`)
    const session = await signedInTo(api)
    const headers = { cookie: 'sid=1', 'proxy-authorization': 'Basic eDp5', 'x-trace': '7' }
    await session.fetch('/start', { headers })
    expect(api.requests[0]?.headers).toMatchObject(headers)
    expect(elsewhere.requests[0]?.headers).toMatchObject({ 'x-trace': '7' })
    expect(elsewhere.requests[0]?.headers).not.toHaveProperty('cookie')
    expect(elsewhere.requests[0]?.headers).not.toHaveProperty('proxy-authorization')
  })

  it('drops the token on the way to another name of the same machine, and on the way back', async () => {
    const elsewhere = await startRecorder(() => ({ status: 302, headers: { location: `${api.url}/end` } }))
    const api = await redirecting(() => `http://localhost:${elsewhere.port}/end`)
    const session = await signedInTo(api)
    await session.fetch('/start')
    expect(elsewhere.requests).toHaveLength(1)
    expect(elsewhere.requests[0]?.headers).not.toHaveProperty('authorization')
    expect(api.requests.at(-1)).toMatchObject({ url: '/end' })
    expect(api.requests.at(-1)?.headers).not.toHaveProperty('authorization')
  })

  it.each(['/oauth/token', '/oauth%252Ftoken'])(
    'drops the token on the way to the token endpoint (%s)',
    async (path) => {
      const api = await redirecting(() => path, 307)
      const session = await signedInTo(api)
      await session.fetch('/start')
      expect(api.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
        ['/start', bearer],
        [path, undefined],
      ])
    },
  )

  it.each([
    [301, 'GET', ''],
    [302, 'GET', ''],
    [303, 'GET', ''],
    [307, 'POST', '{"on":true}'],
    [308, 'POST', '{"on":true}'],
  ])('follows a %i of a POST as the platform does: %s', async (status, method, body) => {
    const api = await redirecting(() => '/end', status)
    const session = await signedInTo(api)
    const headers = { 'content-type': 'application/json', 'x-trace': '7' }
    const response = await session.fetch('/start', { method: 'POST', headers, body: '{"on":true}' })
    expect([response.redirected, response.url]).toEqual([true, `${api.url}/end`])
    expect(api.requests[1]).toMatchObject({ method, body: Buffer.from(body), headers: { 'x-trace': '7' } })
    expect(api.requests[1]?.headers['content-type']).toBe(method === 'POST' ? 'application/json' : undefined)
  })

  it('returns a redirect of a stream, which can be sent only once', async () => {
    const api = await redirecting(() => '/end', 307)
    const session = await signedInTo(api)
    const init = { method: 'POST', body: new Blob(['x']).stream(), duplex: 'half' } as RequestInit
    expect((await session.fetch('/start', init)).status).toBe(307)
    expect(api.requests).toHaveLength(1)
  })

  it('ends after 20 redirects', async () => {
    const api = await startRecorder(() => ({ status: 302, headers: { location: '/again' } }))
    const session = await signedInTo(api)
    expect((await session.fetch('/start')).status).toBe(302)
    expect(api.requests).toHaveLength(21)
  })

  it('leaves a redirect to a caller who asks for it', async () => {
    const api = await redirecting(() => '/end')
    const session = await signedInTo(api)
    expect((await session.fetch('/start', { redirect: 'manual' })).status).toBe(302)
    await expect(session.fetch('/start', { redirect: 'error' })).rejects.toBeInstanceOf(TypeError)
    expect(api.requests).toHaveLength(2)
  })
})

describe('session.fetch: credentials of the caller', () => {
  it.each([
    ['a bearer token', '/v1/devices', { authorization: 'Bearer mine' }, 'Bearer mine'],
    ['another scheme', '/v1/devices', { Authorization: 'Basic bWU6bWU=' }, 'Basic bWU6bWU='],
    ['a token in the query', '/v1/devices?access_token=mine', {}, undefined],
    ['a token later in the query', '/v1/devices?name=kitchen&access_token=mine', {}, undefined],
  ])('sends a request with %s as it is', async (...[, url, headers, authorization]) => {
    const { api, session } = await signedIn()
    await session.fetch(url, { headers })
    expect(api.requests[0]?.url).toBe(url)
    expect(api.requests[0]?.headers.authorization).toBe(authorization)
  })

  it('neither replays nor renews when the token of a Request is rejected', async () => {
    const api = await startRecorder(() => ({ status: 401, body: { error: 'invalid_token' } }))
    const session = createSession({ client, baseUrl: api.url })
    await session.setToken({ accessToken: token })
    const request = new Request(`${api.url}/v1/devices`, { headers: { authorization: 'Bearer mine' } })
    expect((await session.fetch(request)).status).toBe(401)
    expect(api.requests).toHaveLength(1)
    expect(session.peekAccessToken()).toBe(token)
  })

  it('attaches the token when a query only resembles one with a token', async () => {
    const { api, session } = await signedIn()
    await session.fetch('/v1/devices?my_access_token=x&to=access_token')
    expect(api.requests[0]?.headers.authorization).toBe(bearer)
  })
})
