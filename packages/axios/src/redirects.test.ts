import { describe, expect, it } from 'vitest'
import { everyNameIsHere } from '../test/loopback.ts'
import { type Recorded, recorder } from '../test/recorder.ts'
import { numberedTokens } from '../test/tokens.ts'
import { versions } from '../test/versions.ts'
import { beforeRedirectFrom } from './redirects.ts'

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
  it.each(['http', 'fetch'])(
    'takes the token along only within its origin, by the %s adapter',
    async (adapter) => {
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
      const seen = [...arrived(), ...other.requests].map(({ url, authorization }) => [
        url,
        authorization !== undefined,
      ])
      expect(seen.filter(([, hasToken]) => hasToken)).toEqual([['/within', true]])
      expect(seen.length).toBeGreaterThanOrEqual(4)
    },
  )

  it.each(['http', 'fetch'])(
    'keeps no token to the token endpoint, nor to a subdomain: %s',
    async (adapter) => {
      everyNameIsHere()
      const { server, arrived, to } = await redirecting(307)
      const origin = server.of('localhost')
      const { session } = await numberedTokens(origin)
      const instance = axios.create({ baseURL: origin, adapter, proxy: false })
      attachSession(instance, session)
      await instance.get(to(server.of('sub.localhost')))
      if (adapter === 'http') await instance.get(to('/oauth/token'))
      const seen = arrived().map(({ host, url, authorization }) => ({ host, url, authorization }))
      expect(seen.filter(({ authorization }) => authorization !== undefined)).toEqual([])
      expect(seen.map(({ host, url }) => [host, url])).toEqual([
        [`sub.localhost:${server.port}`, '/'],
        ...(adapter === 'http' ? [[`localhost:${server.port}`, '/oauth/token']] : []),
      ])
    },
  )

  it("leaves the caller's own beforeRedirect and what it sets alone", async () => {
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

describe('beforeRedirectFrom', () => {
  it.each([
    ['https://api.particle.io/v1', true],
    ['http://api.particle.io/v1', false],
    ['https://sub.api.particle.io/v1', false],
    ['https://api.particle.io:8443/v1', false],
    ['https://api.particle.io/oauth/token', false],
    [undefined, false],
  ])('%s keeps the token: %s', (href, keeps) => {
    const options = { href, headers: { Accept: '*/*', aUTHORIZATION: 'Bearer x' } }
    beforeRedirectFrom('https://api.particle.io', undefined)(options, undefined as never, undefined as never)
    expect(options.headers).toEqual(keeps ? { Accept: '*/*', aUTHORIZATION: 'Bearer x' } : { Accept: '*/*' })
  })
})
