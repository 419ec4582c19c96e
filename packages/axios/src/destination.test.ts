import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createSession } from '@particle-grants/core'
import { isAllowedUrl } from '@particle-grants/core/protocol'
import { AxiosHeaders, type AxiosRequestConfig } from 'axios'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { failure } from '../test/expect-clean.ts'
import { hostileForms } from '../test/hostile-forms.ts'
import { everyNameIsHere } from '../test/loopback.ts'
import { recorder } from '../test/recorder.ts'
import { numberedTokens } from '../test/tokens.ts'
import { newest, versions } from '../test/versions.ts'
import { createUrlCheck } from './destination.ts'
import { hasOwnCredentials } from './own-credentials.ts'

const api = 'https://api.particle.io'
const isAllowed = (config: AxiosRequestConfig, origins = [api]) => createUrlCheck(origins)(config)

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
    expect(isAllowed(config)).toBe(true)
  })

  it('if that is one of several', () => {
    const origins = [api, 'http://127.0.0.1:8765']
    expect(isAllowed({ url: 'http://127.0.0.1:8765/v1' }, origins)).toBe(true)
    expect(isAllowed({ url: 'http://127.0.0.1:876/v1' }, origins)).toBe(false)
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
    '/oauth%252Ftoken',
    '/%256fauth/token',
    '/oauth/token;x=1',
    '/v1%2f..%2foauth/token',
  ])('but not to the token endpoint: %s', (url) => {
    expect(isAllowed({ baseURL: api, url })).toBe(false)
    expect(isAllowed({ baseURL: `${api}/oauth`, url: 'token' })).toBe(false)
  })

  it('and recognizes each spelling of the token endpoint that core recognizes', () => {
    const pieces = ['oauth', 'TOKEN', 'token', '/', '\\', '%6f', 'auth', '%2F', '..', ';x', '?', '#', '\t', 'v1']
    const paths = pieces.flatMap((a) => pieces.flatMap((b) => pieces.flatMap((c) => pieces.map((d) => a + b + c + d))))
    const urls = paths.filter((path) => !path.startsWith('/')).map((path) => `/${path}`)
    const getsToken = (url: string) => isAllowed({ baseURL: api, url })
    expect(urls.filter((url) => getsToken(url) !== isAllowedUrl(api + url, [api]))).toEqual([])
    expect(urls.filter((url) => !getsToken(url)).length).toBeGreaterThan(100)
  })

  it.each([
    { baseURL: api, url: '/v1?access_token=theirs' },
    { baseURL: api, url: '/v1?a=1&access%5Ftoken=theirs' },
    { baseURL: `${api}/v1?access_token=theirs&path=`, url: 'devices' },
    { url: 'https://me@api.particle.io/v1' },
    { baseURL: 'https://me:secret@api.particle.io', url: '/v1' },
  ])('but not with credentials in the URL: $baseURL $url', (config) => {
    expect(isAllowed(config)).toBe(false)
  })

  it("and in a page, relative URLs go to the page's origin", () => {
    const page = globalThis as { location?: object }
    expect(isAllowed({ url: '/v1/devices' })).toBe(false)
    page.location = { href: `${api}/app/` }
    try {
      expect(isAllowed({ url: '/v1/devices' })).toBe(true)
      expect(isAllowed({ url: '//evil.example/v1' })).toBe(false)
    } finally {
      Reflect.deleteProperty(page, 'location')
    }
  })
})

describe('the token does not go to another origin', () => {
  it('in at least 50 hostile forms', () => {
    expect(hostileForms('https://api.particle.io', 'evil.example').length).toBeGreaterThanOrEqual(50)
  })

  it.each(hostileForms('https://api.particle.io', 'evil.example'))('%s', (_title, config) => {
    const headers = new AxiosHeaders()
    expect(isAllowed(config) && !hasOwnCredentials({ ...config, headers })).toBe(false)
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
  'a space before',
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

describe.each(versions)('no other server receives the token, $name', ({ axios, attachSession }) => {
  it.each(['http', 'fetch'])('in any of the hostile forms, with the %s adapter', async (adapter) => {
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

  it('are those of the session’s `allowedOrigins`', async () => {
    const [api, other] = [await recorder(), await recorder()]
    const accessToken = 'a'.repeat(40)
    const session = createSession({ accessToken, baseUrl: api.url, allowedOrigins: [other.url] })
    const instance = axios.create()
    attachSession(instance, session)
    await instance.get(api.url)
    await instance.get(other.url)
    expect([api, other].map(({ requests }) => requests[0]?.authorization)).toEqual([undefined, `Bearer ${accessToken}`])
  })

  it.each(['https://evil.example', 'http://127.0.0.1:8766', 'https://api.particle.io.evil.example/v1', '/api'])(
    'must contain the baseURL of the instance: %s is an error',
    async (baseURL) => {
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
    },
  )

  it.each([
    'api.particle.io',
    'https://api.particle.io/v1',
    '*',
    'https://*.particle.io/',
    'https://u@api.particle.io',
    '',
  ])('must be origins: %j is an error', async (origin) => {
    const { session } = await numberedTokens('http://127.0.0.1:8765')
    const attach = () => attachSession(axios.create(), session, { allowedOrigins: [origin] })
    expect(attach).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
  })

  it('must use https, or lead to this machine', async () => {
    const { session } = await numberedTokens('http://127.0.0.1:8765')
    const attach = () => attachSession(axios.create(), session, { allowedOrigins: ['http://api.particle.io'] })
    expect(attach).toThrow(expect.objectContaining({ code: 'insecure_base_url' }))
  })
})

describe.each(versions)('a proxy that a request for https goes through, $name', ({ axios, attachSession }) => {
  const [, minor] = axios.VERSION.split('.').map(Number)
  const isUnencrypted = Number(minor) < 16
  const unencrypted = {
    code: 'insecure_base_url',
    message: expect.stringContaining('would send the token for https://api.example to a proxy unencrypted'),
  }

  /** A proxy that remembers the tokens that it can read, and refuses tunnels. */
  async function startProxy() {
    const read: (string | undefined)[] = []
    const server = createServer(({ headers }, response) => {
      read.push(headers.authorization)
      response.writeHead(502).end()
    })
    server.on('connect', ({ headers }, socket) => {
      read.push(headers.authorization)
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const { session } = await numberedTokens('https://api.example')
    const instance = axios.create({ baseURL: 'https://api.example', adapter: 'http' })
    attachSession(instance, session)
    return { read, port, url: `http://127.0.0.1:${port}`, instance }
  }

  /** What a request through the proxy must have shown to it: nothing, or a request for a tunnel. */
  const nothing = isUnencrypted ? [] : [undefined]

  const variables = ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY']
  if (isUnencrypted) variables.push('npm_config_https_proxy', 'npm_config_proxy')
  it.each(variables)('never sees the token, with %s', async (name) => {
    const { read, url, instance } = await startProxy()
    vi.stubEnv('NO_PROXY', '')
    vi.stubEnv('no_proxy', '')
    vi.stubEnv(name, url)
    onTestFinished(() => void vi.unstubAllEnvs())
    await expect(instance.get('/')).rejects.toMatchObject(isUnencrypted ? unencrypted : {})
    expect(read).toEqual(nothing)
  })

  it('never sees the token, with the option', async () => {
    const { read, port, instance } = await startProxy()
    const options = { proxy: { protocol: 'http', host: '127.0.0.1', port } }
    await expect(instance.get('/', options)).rejects.toMatchObject(isUnencrypted ? unencrypted : {})
    expect(read).toEqual(nothing)
  })

  it('is no error for proxy: false, a variable for http, or a request without the token', async () => {
    const { read, url, instance } = await startProxy()
    everyNameIsHere()
    onTestFinished(() => void vi.unstubAllEnvs())
    vi.stubEnv('HTTP_PROXY', url)
    const unconcerned = await failure(instance.get('/'))
    vi.stubEnv('HTTPS_PROXY', url)
    const direct = await failure(instance.get('/', { proxy: false }))
    for (const error of [unconcerned, direct]) expect(axios.isAxiosError(error)).toBe(true)
    expect(read).toEqual([])
    expect(await failure(instance.get('/', { particleGrants: false }))).not.toMatchObject(unencrypted)
  })

  it('is an error also for a host in NO_PROXY, which is not read', async () => {
    const { read, url, instance } = await startProxy()
    everyNameIsHere()
    onTestFinished(() => void vi.unstubAllEnvs())
    vi.stubEnv('HTTPS_PROXY', url)
    vi.stubEnv('NO_PROXY', 'api.example')
    await expect(instance.get('/')).rejects.toMatchObject(isUnencrypted ? unencrypted : {})
    expect(read).toEqual([])
  })
})
