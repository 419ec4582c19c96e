import { describe, expect, it } from 'vitest'
import { recorder } from '../../test/recorder.ts'
import { product, sandboxed } from '../../test/sandboxed.ts'
import { developerClient, productClient } from '../clients.ts'
import { createSession } from './create-session.ts'
import type { Fetch } from './http.ts'

const client = productClient(product)
const token = 'f'.repeat(40)
const bearer = `Bearer ${token}`

/** A signed-in session for a server that writes down what comes. */
async function signedIn(origins?: readonly string[]) {
  const api = await recorder()
  const session = createSession({ client, baseUrl: api.url, origins })
  await session.adopt({ accessToken: token })
  return { api, session }
}

/** A session whose requests go nowhere: each URL that is sent to, with the authorization that it gets. */
async function overheard(baseUrl = 'https://api.particle.io') {
  const sent: { url: string; authorization: string | null }[] = []
  const listen = (async (request: Request) => {
    sent.push({ url: request.url, authorization: request.headers.get('authorization') })
    return Response.json({})
  }) as unknown as Fetch
  const session = createSession({ client, baseUrl, fetch: listen })
  await session.adopt({ accessToken: token })
  return { session, sent }
}

describe('session.fetch attaches the token to', () => {
  it.each([
    ['a path', (_: string) => '/v1/devices'],
    ['a path without a slash', (_: string) => 'v1/devices'],
    ['a whole URL', (url: string) => `${url}/v1/devices`],
    ['a URL object', (url: string) => new URL('/v1/devices', url)],
    ['a Request', (url: string) => new Request(`${url}/v1/devices`)],
    [
      'only slashes for a scheme, to the same host',
      (url: string) => `${url.slice('http:'.length)}/v1/devices`,
    ],
  ])('%s', async (_, input) => {
    const { api, session } = await signedIn()
    const response = await session.fetch(input(api.url))
    expect(await response.json()).toEqual({})
    expect(api.requests).toMatchObject([
      { method: 'GET', url: '/v1/devices', headers: { authorization: bearer } },
    ])
  })

  it('a request with everything else that the caller gives it', async () => {
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

  it('a call of the function alone, handed on as a fetch', async () => {
    const { api, session } = await signedIn()
    const { fetch } = session
    await fetch('/v1/devices')
    expect(api.requests[0]?.headers.authorization).toBe(bearer)
  })

  it('other origins that were allowed, and then not to the base URL’s', async () => {
    const other = await recorder()
    const { api, session } = await signedIn([other.url])
    await session.fetch(`${other.url}/v1/devices`)
    await session.fetch('/v1/devices')
    expect(other.requests[0]?.headers.authorization).toBe(bearer)
    expect(api.requests[0]?.headers).not.toHaveProperty('authorization')
  })

  it('origins that are given with a slash at the end or in capitals only where that is the origin', () => {
    expect(createSession({ client, origins: ['https://api.particle.io/'] })).toBeDefined()
    for (const origin of [
      'https://api.particle.io/v1',
      'https://API.particle.io',
      'https://api.particle.io:443',
      'https://user@api.particle.io',
      'api.particle.io',
      '*',
      'https://*.particle.io/x',
    ]) {
      expect(() => createSession({ client, origins: [origin] }), origin).toThrow(
        expect.objectContaining({ code: 'invalid_argument' }),
      )
    }
  })
})

describe('session.fetch sends no token to', () => {
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
    'https://api.particle.io\\.evil.example/../../evil',
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
  ])('%j', async (input) => {
    const { session, sent } = await overheard()
    await session.fetch(input)
    expect(sent).toHaveLength(1)
    const away = sent.filter(({ url }) => new URL(url).origin !== 'https://api.particle.io')
    // One of them is a strange path of the right host, and no harm.
    expect(away.length === 1 || input.includes('\\.evil')).toBe(true)
    expect(away.filter(({ authorization }) => authorization !== null)).toEqual([])
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
  ])('%j: the platform refuses it, and nothing is sent', async (input) => {
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
    '\\oauth\\token',
  ])('the token endpoint: %j', async (input) => {
    const { session, sent } = await overheard()
    await session.fetch(input, { method: 'POST', body: 'grant_type=password' })
    expect(sent).toMatchObject([{ authorization: null }])
  })

  it('the token endpoint, over HTTP, where a second authorization would be a mistake', async () => {
    const { baseUrl, sandbox } = await sandboxed()
    const session = createSession({ client, baseUrl })
    await session.authorize()
    const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: product.id })
    body.set('client_secret', product.secret)
    expect((await session.fetch('/oauth/token', { method: 'POST', body })).status).toBe(200)
    expect(sandbox.requests()).toHaveLength(2)
  })

  it('other origins also when nobody is signed in: such a request goes as it is', async () => {
    const other = await recorder()
    const session = createSession({ client, baseUrl: 'http://127.0.0.1:9' })
    expect((await session.fetch(other.url)).status).toBe(200)
    expect(other.requests[0]?.headers).not.toHaveProperty('authorization')
  })

  it('anybody when nobody is signed in: nothing is sent to an allowed origin', async () => {
    const api = await recorder()
    const session = createSession({ client, baseUrl: api.url })
    await expect(session.fetch('/v1/devices')).rejects.toMatchObject({ code: 'not_signed_in' })
    expect(api.requests).toEqual([])
  })
})

describe('a base URL with a path', () => {
  it('is what paths are added to, as for token requests', async () => {
    const api = await recorder(() => ({ status: 200, body: {} }))
    const session = createSession({ client: developerClient(), baseUrl: `${api.url}/particle` })
    await session.adopt({ accessToken: 'a'.repeat(40) })
    await session.fetch('/v1/devices')
    await session.fetch('v1/devices')
    expect(api.requests.map(({ url }) => url)).toEqual(['/particle/v1/devices', '/v1/devices'])
  })
})

describe('a redirect', () => {
  const redirecting = (to: () => string, status = 302) =>
    recorder(({ url }) =>
      url === '/start' ? { status, headers: { location: to() } } : { status: 200, body: {} },
    )

  it.each([301, 302, 303, 307, 308])('(%i) within the origin keeps the token', async (status) => {
    const api = await redirecting(() => '/end', status)
    const session = createSession({ client, baseUrl: api.url })
    await session.adopt({ accessToken: token })
    expect((await session.fetch('/start', { method: 'POST', body: 'x' })).status).toBe(200)
    expect(api.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
      ['/start', bearer],
      ['/end', bearer],
    ])
  })

  it.each([301, 302, 303, 307, 308])('(%i) to another origin drops it', async (status) => {
    const elsewhere = await recorder()
    const api = await redirecting(() => `${elsewhere.url}/end`, status)
    const session = createSession({ client, baseUrl: api.url })
    await session.adopt({ accessToken: token })
    expect((await session.fetch('/start', { method: 'POST', body: 'x' })).status).toBe(200)
    expect(api.requests[0]?.headers.authorization).toBe(bearer)
    expect(elsewhere.requests).toHaveLength(1)
    expect(elsewhere.requests[0]?.headers).not.toHaveProperty('authorization')
  })

  it('to another name of the same machine drops it, and so does the way back', async () => {
    const elsewhere = await recorder(() => ({ status: 302, headers: { location: `${api.url}/end` } }))
    const api = await redirecting(() => `http://localhost:${elsewhere.port}/end`)
    const session = createSession({ client, baseUrl: api.url })
    await session.adopt({ accessToken: token })
    const fallback = await fetch(`http://localhost:${elsewhere.port}`, { redirect: 'manual' }).catch(
      () => undefined,
    )
    expect(fallback?.status).toBe(302)
    elsewhere.requests.length = 0
    await session.fetch('/start')
    expect(elsewhere.requests[0]?.headers).not.toHaveProperty('authorization')
    expect(api.requests.at(-1)).toMatchObject({ url: '/end' })
    expect(api.requests.at(-1)?.headers).not.toHaveProperty('authorization')
  })

  it('is left to the caller who wants it', async () => {
    const api = await redirecting(() => '/end')
    const session = createSession({ client, baseUrl: api.url })
    await session.adopt({ accessToken: token })
    expect((await session.fetch('/start', { redirect: 'manual' })).status).toBe(302)
    await expect(session.fetch('/start', { redirect: 'error' })).rejects.toBeInstanceOf(TypeError)
    expect(api.requests).toHaveLength(2)
  })
})

describe('what the caller brings is left alone', () => {
  it.each([
    ['an authorization', '/v1/devices', { authorization: 'Bearer mine' }, 'Bearer mine'],
    ['one of another kind', '/v1/devices', { Authorization: 'Basic bWU6bWU=' }, 'Basic bWU6bWU='],
    ['a token in the query', '/v1/devices?access_token=mine', {}, undefined],
    ['the same, further behind', '/v1/devices?name=kitchen&access_token=mine', {}, undefined],
  ])('%s', async (...[, url, headers, authorization]) => {
    const { api, session } = await signedIn()
    await session.fetch(url, { headers })
    expect(api.requests[0]?.url).toBe(url)
    expect(api.requests[0]?.headers.authorization).toBe(authorization)
  })

  it('also in a Request, and when it is refused: then it is the caller’s to renew', async () => {
    const api = await recorder(() => ({ status: 401, body: { error: 'invalid_token' } }))
    const session = createSession({ client, baseUrl: api.url })
    await session.adopt({ accessToken: token })
    const request = new Request(`${api.url}/v1/devices`, { headers: { authorization: 'Bearer mine' } })
    expect((await session.fetch(request)).status).toBe(401)
    expect(api.requests).toHaveLength(1)
    expect(session.peekToken()).toBe(token)
  })

  it('what only looks like a token in the query is none', async () => {
    const { api, session } = await signedIn()
    await session.fetch('/v1/devices?my_access_token=x&to=access_token')
    expect(api.requests[0]?.headers.authorization).toBe(bearer)
  })
})
