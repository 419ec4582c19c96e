import { createSession } from '@particle-grants/core'
import { isAllowedUrl } from '@particle-grants/core/protocol'
import type { AxiosRequestConfig, InternalAxiosRequestConfig } from 'axios'
import { describe, expect, it } from 'vitest'
import { hostileForms } from '../test/hostile-forms.ts'
import { everyNameIsHere } from '../test/loopback.ts'
import { recorder } from '../test/recorder.ts'
import { numberedTokens } from '../test/tokens.ts'
import { newest, versions } from '../test/versions.ts'
import { Destinations } from './destinations.ts'
import { resolveOrigins } from './options.ts'

const api = 'https://api.particle.io'
const of = (config: AxiosRequestConfig, origins: readonly string[] = [api]) =>
  new Destinations(origins).of(config as InternalAxiosRequestConfig)

describe('the token goes to an allowed origin', () => {
  it.each<[string, AxiosRequestConfig]>([
    ['as baseURL', { baseURL: api, url: '/v1/devices' }],
    ['as baseURL with slashes', { baseURL: `${api}//`, url: 'v1' }],
    ['as baseURL with a path', { baseURL: `${api}/v1/`, url: 'devices' }],
    ['as baseURL alone', { baseURL: api }],
    ['as an absolute URL', { url: `${api}/v1/devices` }],
    ['as an absolute URL without a path', { url: api }],
    ['as an absolute URL that baseURL does not touch', { baseURL: 'https://evil.example', url: `${api}/v1` }],
    ['in other letters', { url: 'HTTPS://API.Particle.IO/v1/devices' }],
    ['with its default port', { url: `${api}:443/v1/devices` }],
    ['with an empty port', { url: `${api}:/v1/devices` }],
    ['with a query and a fragment', { url: `${api}/v1/devices?a=@b#c@d` }],
    ['with backslashes for slashes', { url: 'https:\\\\api.particle.io\\v1' }],
    ['with a line break in it', { url: 'https://api.particle.io\n/v1' }],
    ['with percent signs', { url: 'https://%61pi.particle.io/v1' }],
    ['with full-width letters', { url: 'https://ａｐｉ.particle.io/v1' }],
    ['with an @ in the path', { baseURL: api, url: '@evil.example' }],
    ['with a URL in the path', { baseURL: `${api}/`, url: '/https://evil.example' }],
    [
      'as an absolute URL that stays what it is',
      { baseURL: 'https://evil.example', url: `${api}/v1`, allowAbsoluteUrls: true },
    ],
    ['where absolute URLs are not allowed', { baseURL: api, url: '/v1', allowAbsoluteUrls: false }],
    ['with tokens in the path', { baseURL: api, url: '/v1/access_tokens/current' }],
    ['with oauth in the path', { baseURL: api, url: '/v1/oauth/token' }],
  ])('%s', (_title, config) => {
    expect(of(config)).toBe(api)
  })

  it('of several, and says which', () => {
    const origins = [api, 'http://127.0.0.1:8765']
    expect(of({ url: 'http://127.0.0.1:8765/v1' }, origins)).toBe(origins[1])
    expect(of({ url: 'http://127.0.0.1:876/v1' }, origins)).toBeUndefined()
  })

  it.each([
    '/oauth/token',
    'oauth/token/',
    '//oauth/token?x=1',
    '/v1/../oauth/token',
    '/OAuth/Token',
    '/oauth//token',
    '/oau\tth/token',
    '\\oauth\\token',
    '/%6fauth/token',
    '/oauth%2Ftoken',
    '/oauth/token;x=1',
    '/v1%2f..%2foauth/token',
  ])('but not to its token endpoint: %s', (url) => {
    expect(of({ baseURL: api, url })).toBeUndefined()
    expect(of({ baseURL: `${api}/oauth`, url: 'token' })).toBeUndefined()
  })

  it('which is known here by every spelling by which core knows it', () => {
    const pieces = [
      'oauth',
      'TOKEN',
      'token',
      '/',
      '\\',
      '%6f',
      'auth',
      '%2F',
      '..',
      ';x',
      '?',
      '#',
      '\t',
      'v1',
    ]
    const paths = pieces.flatMap((a) =>
      pieces.flatMap((b) => pieces.flatMap((c) => pieces.map((d) => a + b + c + d))),
    )
    const urls = paths.map((path) => `${api}/${path}`)
    const getsToken = (url: string) => of({ url }) !== undefined
    expect(urls.filter((url) => getsToken(url) !== isAllowedUrl(url, [api]))).toEqual([])
    expect(urls.filter((url) => !getsToken(url)).length).toBeGreaterThan(100)
  })

  it("and in a page, where relative URLs are the page's own, to the page's origin", () => {
    const page = globalThis as { location?: object }
    expect(of({ url: '/v1/devices' })).toBeUndefined()
    page.location = { href: `${api}/app/` }
    try {
      expect(of({ url: '/v1/devices' })).toBe(api)
      expect(of({ url: '//evil.example/v1' })).toBeUndefined()
    } finally {
      Reflect.deleteProperty(page, 'location')
    }
  })
})

describe('the token goes nowhere else', () => {
  it('by at least 50 hostile forms', () => {
    expect(hostileForms('https://api.particle.io', 'evil.example').length).toBeGreaterThanOrEqual(50)
  })

  it.each(hostileForms('https://api.particle.io', 'evil.example'))('%s', (_title, config) => {
    expect(of(config)).toBeUndefined()
  })
})

/** The hostile forms that no version of Axios refuses to send. */
const sentByAll = [
  'another host',
  'another host, with baseURL',
  'another host in capitals, with baseURL',
  'three slashes after the scheme',
  'user-info after a backslash',
  'user-info after a fragment sign',
  'user-info after a question mark',
  'a line break before the host',
  'a line break in the scheme',
  'a tab between the slashes',
  'a blank before',
  'a control character before',
  'a subdomain of the host',
  'a dot after the host',
  'two dots after the host',
  'an ideographic full stop after the host',
  'a soft hyphen and another host',
  'baseURL of another host',
  'an absolute URL that only some versions append',
  'an absolute URL of the host, appended elsewhere',
  'an absolute URL, where 0 counts as false',
]

describe.each(versions)('nobody else sees the token on the wire, $name', ({ axios, attachSession }) => {
  it.each(['http', 'fetch'])('by any of the hostile forms, sent by the %s adapter', async (adapter) => {
    const server = await recorder()
    const allowed = server.of('localhost')
    const { session } = await numberedTokens(allowed)
    everyNameIsHere()
    const instance = axios.create({ adapter, timeout: 20_000, proxy: false })
    attachSession(instance, session)
    const forms = hostileForms(allowed, '127.0.0.1')
    const arrived: string[] = []
    for (const [title, config] of forms) {
      const before = server.requests.length
      await instance.request(config).catch(() => {})
      if (server.requests.length > before) arrived.push(title)
    }
    const carried = server.requests.filter(({ authorization }) => authorization?.startsWith('Bearer'))
    expect(carried.map(({ host, url }) => [host, url])).toEqual([])
    expect(arrived).toEqual(expect.arrayContaining(sentByAll))

    await instance.get('/', { baseURL: allowed })
    expect(server.requests.at(-1)?.authorization).toMatch(/^Bearer/)
  })
})

describe('the allowed origins', () => {
  const { axios, attachSession } = newest

  it("are the session's own where none are named", async () => {
    const { session } = await numberedTokens('http://127.0.0.1:8765')
    expect(resolveOrigins(session, undefined)).toEqual(['http://127.0.0.1:8765'])
    expect(resolveOrigins(session, [`${api}/`, 'http://localhost:1'])).toEqual([api, 'http://localhost:1'])
    expect(resolveOrigins(session, [])).toEqual([])
  })

  it('are those of the session’s `allowedOrigins`', async () => {
    const [api, other] = [await recorder(), await recorder()]
    const accessToken = 'a'.repeat(40)
    const session = createSession({ accessToken, baseUrl: api.url, allowedOrigins: [other.url] })
    const instance = axios.create()
    attachSession(instance, session)
    await instance.get(api.url)
    await instance.get(other.url)
    expect([api, other].map(({ requests }) => requests[0]?.authorization)).toEqual([
      undefined,
      `Bearer ${accessToken}`,
    ])
  })

  it.each([
    'https://evil.example',
    'http://127.0.0.1:8766',
    'https://api.particle.io.evil.example/v1',
    '/api',
  ])('contain the baseURL of the instance: %s is an error', async (baseURL) => {
    const { session } = await numberedTokens('http://127.0.0.1:8765')
    const allowedOrigins = ['https://api.particle.io', 'http://127.0.0.1:8765']
    expect(() => attachSession(axios.create({ baseURL }), session, { allowedOrigins })).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message:
          'instance must have a baseURL in the allowed origins (https://api.particle.io, http://127.0.0.1:8765), or none at all.',
      }),
    )
    attachSession(axios.create({ baseURL: 'https://api.particle.io/v1' }), session, { allowedOrigins })
  })

  it.each([
    'api.particle.io',
    'https://api.particle.io/v1',
    '*',
    'https://*.particle.io/',
    'https://u@api.particle.io',
    '',
  ])('are origins and nothing else: %s', async (origin) => {
    const { session } = await numberedTokens('http://127.0.0.1:8765')
    const attach = () => attachSession(axios.create(), session, { allowedOrigins: [origin] })
    expect(attach).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
  })

  it('are https, or this machine', async () => {
    const { session } = await numberedTokens('http://127.0.0.1:8765')
    const attach = () =>
      attachSession(axios.create(), session, { allowedOrigins: ['http://api.particle.io'] })
    expect(attach).toThrow(expect.objectContaining({ code: 'insecure_base_url' }))
  })
})
