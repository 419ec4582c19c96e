import { describe, expect, it } from 'vitest'
import { everyNameIsHere } from '../test/loopback.ts'
import { type Recorded, recorder, refuse } from '../test/recorder.ts'
import { externalToken, numberedTokens, tokenNumber } from '../test/tokens.ts'
import { versions } from '../test/versions.ts'
import { createRedirectGuard } from './redirects.ts'

/** A server that redirects `/to?…` there, and remembers what reached anything else. */
async function redirecting(status = 302) {
  const server = await recorder(({ url }, response) => {
    if (url.startsWith('/to?')) response.writeHead(status, { location: decodeURIComponent(url.slice(4)) })
    response.end('{}')
  })
  const arrived = (): Recorded[] => server.requests.filter(({ url }) => !url.startsWith('/to?'))
  return { server, arrived, to: (location: string) => `/to?${encodeURIComponent(location)}` }
}

describe.each(versions)('a redirect, $name', ({ axios, attachSession }) => {
  it.each(['http', 'fetch'])('keeps the token only within the origin, with the %s adapter', async (adapter) => {
    const { server, arrived, to } = await redirecting()
    const { session } = await numberedTokens(server.of('localhost'))
    const other = await recorder()
    const instance = axios.create({ baseURL: server.of('localhost'), adapter, proxy: false })
    attachSession(instance, session, { allowedOrigins: [server.of('localhost'), server.of('127.0.0.1')] })
    await instance.get(to('/within'))
    for (const location of [server.of('127.0.0.1'), other.of('localhost'), other.of('127.0.0.1')]) {
      await instance.get(to(`${location}/across`))
      await instance.get(to(`${location}${to(`${server.of('localhost')}/back`)}`)).catch(() => {})
    }
    const seen = [...arrived(), ...other.requests].map(({ url, authorization }) => [url, authorization !== undefined])
    expect(seen.filter(([, hasToken]) => hasToken)).toEqual([['/within', true]])
    expect(seen.length).toBeGreaterThanOrEqual(4)
  })

  it.each(['http', 'fetch'])('takes cookies no further than the origin, with the %s adapter', async (adapter) => {
    const { server, arrived, to } = await redirecting()
    const { session } = await numberedTokens(server.of('localhost'))
    const instance = axios.create({ baseURL: server.of('localhost'), adapter, proxy: false })
    attachSession(instance, session)
    const headers = { Cookie: 'sid=1' }
    await instance.get(to('/within'), { headers })
    await instance.get(to(`${server.of('127.0.0.1')}/across`), { headers })
    expect(arrived().map(({ url, cookie }) => [url, cookie])).toEqual([
      ['/within', 'sid=1'],
      ['/across', undefined],
    ])
  })

  it.each(['http', 'fetch'])(
    'does not take the token to the token endpoint, or to a subdomain, with the %s adapter',
    async (adapter) => {
      everyNameIsHere()
      const { server, arrived, to } = await redirecting(307)
      const origin = server.of('localhost')
      const { session } = await numberedTokens(origin)
      const instance = axios.create({ baseURL: origin, adapter, proxy: false })
      attachSession(instance, session)
      const locations = [server.of('sub.localhost'), '/oauth/token', '/oauth%252Ftoken']
      for (const location of locations) await instance.get(to(location))
      expect(arrived().map(({ host, url, authorization }) => [host, url, authorization])).toEqual([
        [`sub.localhost:${server.port}`, '/', undefined],
        [`localhost:${server.port}`, '/oauth/token', undefined],
        [`localhost:${server.port}`, '/oauth%252Ftoken', undefined],
      ])
    },
  )

  it("calls the caller's beforeRedirect, which may set another token", async () => {
    const { server, arrived, to } = await redirecting()
    const { session } = await numberedTokens(server.of('localhost'))
    const instance = axios.create({ baseURL: server.of('localhost'), proxy: false })
    attachSession(instance, session)
    const seen: unknown[] = []
    const beforeRedirect = (options: Record<string, unknown>) => {
      const headers = options.headers as Record<string, string>
      seen.push(headers.Authorization)
      headers.authorization = 'Basic theirs'
    }
    const { config } = await instance.get(to(`${server.of('127.0.0.1')}/across`), { beforeRedirect })
    expect(seen).toEqual([undefined])
    expect(arrived()[0]?.authorization).toBe('Basic theirs')
    expect(config.beforeRedirect).toBe(beforeRedirect)
  })
})

describe.each(versions)('a redirect of the fetch adapter, $name', ({ axios, attachSession }) => {
  async function attached(status: number) {
    const { server, arrived, to } = await redirecting(status)
    const { session } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url, adapter: 'fetch' })
    attachSession(instance, session)
    return { instance, arrived, to }
  }

  it.each([
    [301, 'GET', ''],
    [302, 'GET', ''],
    [303, 'GET', ''],
    [307, 'POST', '{"on":true}'],
    [308, 'POST', '{"on":true}'],
  ])('follows a %i of a POST as the platform does: %s', async (status, method, body) => {
    const { instance, arrived, to } = await attached(status)
    const { config, data } = await instance.post(to('/there?a=1'), { on: true }, { params: { b: 2 } })
    expect(data).toEqual({})
    expect(config).toMatchObject({ method: 'post', params: { b: 2 }, data: '{"on":true}' })
    const [request] = arrived()
    expect([request?.method, request?.url, request?.body.toString()]).toEqual([method, '/there?a=1&b=2', body])
    expect(request?.authorization).toBe(`Bearer ${tokenNumber(1)}`)
    expect(request?.contentType).toBe(method === 'POST' ? 'application/json' : undefined)
  })

  it('keeps the method of a HEAD request', async () => {
    const { instance, arrived, to } = await attached(303)
    await instance.head(to('/there'))
    expect(arrived()[0]?.method).toBe('HEAD')
  })

  it.each([
    ['a stream', 307, '/there', () => new Blob(['x']).stream()],
    ['another scheme', 302, 'data:text/plain,x', () => undefined],
  ])('is not followed with %s', async (...[, status, location, body]) => {
    const { instance, arrived, to } = await attached(status)
    await expect(instance.post(to(location), body())).rejects.toMatchObject({ response: { status } })
    expect(arrived()).toEqual([])
  })

  it('ends after 20 redirects', async () => {
    const server = await recorder((_, response) => response.writeHead(302, { location: '/again' }).end())
    const { session } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url, adapter: 'fetch' })
    attachSession(instance, session)
    await expect(instance.get('/')).rejects.toMatchObject({ response: { status: 302 } })
    expect(server.requests).toHaveLength(21)
  })

  it.each([{ fetchOptions: { redirect: 'manual' } }, { maxRedirects: 0, fetchOptions: { redirect: 'manual' } }])(
    'is left to a caller who asks for it: %j',
    async (options) => {
      const { instance, arrived, to } = await attached(302)
      await expect(instance.get(to('/there'), options)).rejects.toMatchObject({ response: { status: 302 } })
      expect(arrived()).toEqual([])
    },
  )
})

describe.each(versions)('a 401 after a redirect, $name', ({ axios, attachSession }) => {
  /** An API that redirects `/to?…` there, and another host whose responses reject every token. */
  async function twoHosts(error: string) {
    const api = await recorder(({ url }, response) =>
      response.writeHead(302, { location: decodeURIComponent(url.slice(4)) }).end(),
    )
    const other = await recorder((_, response) => refuse(response, error))
    const origin = api.of('localhost')
    return { origin, other, away: `${origin}/to?${encodeURIComponent(`${other.url}/elsewhere`)}` }
  }

  it.each(['http', 'fetch'])('of another host does not end the session, with the %s adapter', async (adapter) => {
    const { origin, other, away } = await twoHosts('invalid_token')
    const token = 'a'.repeat(40)
    const session = await externalToken(origin, token)
    const instance = axios.create({ adapter, proxy: false })
    attachSession(instance, session)
    await expect(instance.get(away)).rejects.toMatchObject({ response: { status: 401 } })
    expect(other.requests.map(({ authorization }) => authorization)).toEqual([undefined])
    expect(session.peekAccessToken()).toBe(token)
  })

  it.each(['http', 'fetch'])('of another host renews nothing, with the %s adapter', async (adapter) => {
    const { origin, away } = await twoHosts('expired_token')
    const { session, requested } = await numberedTokens(origin)
    const instance = axios.create({ adapter, proxy: false, validateStatus: () => true })
    attachSession(instance, session)
    expect((await instance.get(away)).data).toMatchObject({ error: 'expired_token' })
    expect(requested()).toBe(1)
  })

  it.each(['http', 'fetch'])('is about another request if the redirects come back: %s', async (adapter) => {
    const api = await recorder(({ url, authorization }, response) => {
      if (url === '/') response.writeHead(302, { location: other.of('127.0.0.1') }).end()
      else if (authorization === undefined) refuse(response)
      else response.end('{}')
    })
    const other = await recorder((_, response) =>
      response.writeHead(302, { location: `${api.of('localhost')}/back` }).end(),
    )
    const { session, requested } = await numberedTokens(api.of('localhost'))
    const instance = axios.create({ baseURL: api.of('localhost'), adapter, proxy: false })
    attachSession(instance, session)
    await expect(instance.get('/')).rejects.toMatchObject({ response: { status: 401 } })
    expect(api.requests.at(-1)).toMatchObject({ url: '/back', authorization: undefined })
    expect(requested()).toBe(1)
  })

  it('counts as the API’s if an adapter does not tell who responded', async () => {
    for (const request of [undefined, { responseURL: '/relative' }, { responseURL: '' }, {}]) {
      const { session, requested } = await numberedTokens('https://api.example')
      const instance = axios.create({ baseURL: 'https://api.example' })
      attachSession(instance, session)
      const statuses = [401, 200]
      const { status } = await instance.get('/', {
        adapter: async (config) => {
          const data = { error: 'invalid_token' }
          return { data, status: statuses.shift() ?? 500, statusText: '', headers: {}, config, request }
        },
      })
      expect([status, requested()]).toEqual([200, 2])
    }
  })
})

describe('createRedirectGuard', () => {
  it.each([
    ['https://api.particle.io/v1', true],
    ['http://api.particle.io/v1', false],
    ['https://sub.api.particle.io/v1', false],
    ['https://api.particle.io:8443/v1', false],
    ['https://api.particle.io/oauth/token', false],
    [undefined, false],
  ])('keeps the token on a redirect to %s: %s', (href, isKept) => {
    const options = { href, headers: { Accept: '*/*', Authorization: 'Bearer x' } }
    createRedirectGuard(['https://api.particle.io'], undefined)(options, undefined as never, undefined as never)
    expect(options.headers).toEqual(isKept ? { Accept: '*/*', Authorization: 'Bearer x' } : { Accept: '*/*' })
  })
})
