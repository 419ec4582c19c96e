import { createRequire } from 'node:module'
import type { AxiosAdapter, AxiosError, AxiosStatic, InternalAxiosRequestConfig } from 'axios'
import { describe, expect, it } from 'vitest'
import { recorder, refuse } from '../test/recorder.ts'
import { openScene } from '../test/scene.ts'
import { numberedTokens, tokenNumber } from '../test/tokens.ts'
import { versions } from '../test/versions.ts'

const bearer = (number: number) => `Bearer ${tokenNumber(number)}`

describe.each(versions)('attachSession, $name', ({ axios, attachSession }) => {
  it('adds the token to requests and leaves their config as it was', async () => {
    const { baseUrl, session, statuses } = await openScene()
    const instance = axios.create({ baseURL: baseUrl })
    attachSession(instance, session)
    const { data, config } = await instance.get('/v1/devices')
    expect(data).toHaveLength(2)
    expect(statuses()).toEqual([200])
    expect(config.adapter).toEqual(instance.defaults.adapter)
    expect(config.headers.has('Authorization')).toBe(false)
    expect(config.beforeRedirect).toBeUndefined()
  })

  it('leaves no trace after detaching', async () => {
    const server = await recorder()
    const { session } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url })
    const before = { ...instance.defaults }
    const detach = attachSession(instance, session)
    await instance.get('/')
    detach()
    detach()
    await instance.get('/')
    expect(server.requests.map(({ authorization }) => authorization)).toEqual([bearer(1), undefined])
    expect(instance.defaults).toEqual(before)
  })

  it.each([
    ['the first one first', [0, 1], [bearer(1), 'second', undefined]],
    ['the second one first', [1, 0], [bearer(1), bearer(1), undefined]],
  ] as const)('can be detached in any order if two sessions are attached: %s', async (_title, order, expected) => {
    const server = await recorder()
    const { session } = await numberedTokens(server.url)
    const other = fake('second', server.url)
    const instance = axios.create({ baseURL: server.url })
    const detach = [attachSession(instance, session), attachSession(instance, other)]
    await instance.get('/')
    for (const index of order) {
      detach[index]?.()
      await instance.get('/')
    }
    const seen = server.requests.map(({ authorization }) => authorization)
    expect(seen).toEqual(expected.map((value) => (value === 'second' ? 'Bearer second' : value)))
  })

  it('works on the global instance, and not on instances created from it', async () => {
    const server = await recorder()
    const { session } = await numberedTokens(server.url)
    const detach = attachSession(axios, session)
    try {
      await axios.get(`${server.url}/global`)
      await axios.create().get(`${server.url}/made`)
    } finally {
      detach()
    }
    await axios.get(`${server.url}/detached`)
    expect(server.requests.map(({ authorization }) => authorization)).toEqual([bearer(1), undefined, undefined])
  })

  it.each([
    ['synchronous', { synchronous: true }],
    ['asynchronous', { synchronous: false }],
  ])('runs each %s interceptor once, also if a request is replayed', async (_title, options) => {
    const { baseUrl, session, sandbox, statuses } = await openScene()
    const instance = axios.create({ baseURL: baseUrl })
    const ran: string[] = []
    const use = (name: string) => {
      instance.interceptors.request.use(
        (config) => {
          ran.push(`${name} request`)
          return config
        },
        null,
        options,
      )
      instance.interceptors.response.use((response) => {
        ran.push(`${name} response`)
        return response
      })
    }
    use('before')
    attachSession(instance, session)
    use('after')
    // biome-ignore lint/suspicious/noExplicitAny: what people do
    instance.interceptors.response.use((response): any => response.data)
    sandbox.revoke()
    expect(await instance.get('/v1/devices/garden')).toMatchObject({ name: 'garden' })
    expect(statuses()).toEqual([401, 200])
    expect(ran).toEqual(['after request', 'before request', 'before response', 'after response'])
  })

  it('keeps the token that an interceptor sets, wherever it is registered', async () => {
    const server = await recorder()
    const { session } = await numberedTokens(server.url)
    const add = (config: { headers: { set(name: string, value: string): unknown } }) => {
      config.headers.set('authorization', 'Bearer theirs')
      return config as never
    }
    for (const register of [-1, 1]) {
      const instance = axios.create({ baseURL: server.url })
      if (register < 0) instance.interceptors.request.use(add)
      attachSession(instance, session)
      if (register > 0) instance.interceptors.request.use(add)
      await instance.get('/')
    }
    expect(server.requests.map(({ authorization }) => authorization)).toEqual(['Bearer theirs', 'Bearer theirs'])
  })

  it.each(['http', 'fetch'])('works with the %s adapter of the instance or the request', async (adapter) => {
    for (const [ofInstance, ofRequest] of [
      [adapter, undefined],
      [undefined, adapter],
      [undefined, ['xhr', adapter]],
    ]) {
      const { baseUrl, session, sandbox, statuses } = await openScene()
      const instance = axios.create({
        baseURL: baseUrl,
        ...(ofInstance && { adapter: ofInstance as string }),
      })
      attachSession(instance, session)
      sandbox.revoke()
      const named = ofRequest === undefined ? {} : { adapter: ofRequest }
      const { data } = await instance.post('/v1/devices/garden/blink', { times: 3 }, named)
      expect(data.received).toEqual({ times: 3 })
      expect(statuses()).toEqual([401, 200])
    }
  })

  it('works with a custom adapter of the instance, the request or an interceptor', async () => {
    const { session } = await numberedTokens('https://api.example')
    const seen: unknown[] = []
    const custom: AxiosAdapter = async (config) => {
      const { adapter } = config
      seen.push(config.headers.get('Authorization'), (Array.isArray(adapter) ? adapter[0] : adapter) === custom)
      return { data: 'ok', status: 200, statusText: 'OK', headers: {}, config }
    }
    const ofInstance = axios.create({ baseURL: 'https://api.example', adapter: custom })
    attachSession(ofInstance, session)
    await ofInstance.get('/')
    const other = axios.create({ baseURL: 'https://api.example' })
    attachSession(other, session)
    await other.get('/', { adapter: custom })
    await other.get('/', { adapter: [custom, 'http'] })
    other.interceptors.request.use((config) => ({ ...config, adapter: custom }) as never)
    await other.get('/')
    expect(seen).toEqual(Array.from({ length: 4 }, () => [bearer(1), true]).flat())
  })

  it('sees what interceptors that were registered later change', async () => {
    const server = await recorder()
    const { session } = await numberedTokens(server.url)
    const custom: AxiosAdapter = (config) => {
      expect(config.headers.get('Authorization')).toBe(bearer(1))
      return axios.getAdapter('http')(config)
    }
    type Interceptor = (config: InternalAxiosRequestConfig) => object
    const changes: Interceptor[] = [
      (config) => Object.assign(config, { adapter: custom }),
      (config) => ({ ...config, adapter: custom }),
      (config) => Object.assign(config, { data: 'late', method: 'post' }),
      async (config) => Object.assign(config, { url: '/late' }),
    ]
    for (const change of changes) {
      const headers = { 'content-type': 'application/json' }
      const instance = axios.create({ baseURL: server.url, headers })
      attachSession(instance, session)
      instance.interceptors.request.use(change as never)
      await instance.get('/')
      expect(server.requests.at(-1)?.authorization).toBe(bearer(1))
    }
    expect(server.requests.map(({ method, url, body }) => [method, url, body.toString()])).toEqual([
      ['GET', '/', ''],
      ['GET', '/', ''],
      ['POST', '/', '"late"'],
      ['GET', '/late', ''],
    ])
  })

  it('adds no token to a config that was kept until after detaching', async () => {
    const server = await recorder()
    const { session } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url })
    const kept: InternalAxiosRequestConfig[] = []
    const detach = attachSession(instance, session)
    const adapter: AxiosAdapter = async (config) => {
      kept.push(config)
      throw new axios.AxiosError('broken', 'ERR_NETWORK', config)
    }
    await instance.get('/').catch(() => {})
    const aborted = await instance.get('/aborted', { signal: AbortSignal.abort() }).catch((error: AxiosError) => error)
    await instance.get('/broken', { adapter }).catch(() => {})
    detach()
    const { signal: _, ...again } = (aborted as AxiosError).config as InternalAxiosRequestConfig
    await axios.create().request({ ...again, data: undefined })
    await axios.create().request({ ...kept[0], adapter: 'http' })
    expect(server.requests.map(({ url, authorization }) => [url, authorization])).toEqual([
      ['/', bearer(1)],
      ['/aborted', undefined],
      ['/broken', undefined],
    ])
  })

  it('rejects other values with an error that names the parameter', async () => {
    const { session } = await numberedTokens('https://api.example')
    const instance = axios.create()
    const wrong = [
      [session, instance, 'instance'],
      [undefined, session, 'instance'],
      [{ interceptors: {} }, session, 'instance'],
      [instance, instance, 'session'],
      [instance, undefined, 'session'],
    ] as const
    for (const [first, second, parameter] of wrong) {
      expect(() => attachSession(first as never, second as never)).toThrow(
        expect.objectContaining({
          code: 'invalid_argument',
          details: expect.objectContaining({ parameter }),
        }),
      )
    }
  })

  it('rejects an unknown option, and that of a request before it is sent', async () => {
    const server = await recorder()
    const { session } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url })
    expect(() => attachSession(instance, session, { replays: false } as object)).toThrow(
      'replays is not an option here. Known: allowedOrigins, replay.',
    )
    attachSession(instance, session)
    await expect(instance.get('/', { particleGrants: { replays: false } as object })).rejects.toMatchObject({
      code: 'invalid_argument',
      message: 'replays is not an option here. Known: replay.',
    })
    expect(server.requests).toEqual([])
  })

  it('replays with an adapter that was installed later, as mock adapters are', async () => {
    const { session } = await numberedTokens('https://api.example')
    const instance = axios.create({ baseURL: 'https://api.example' })
    attachSession(instance, session)
    const seen: unknown[] = []
    instance.defaults.adapter = async (config) => {
      seen.push(config.headers.get('Authorization'))
      const response = { status: seen.length === 1 ? 401 : 200, statusText: '', headers: {}, config }
      if (response.status === 200) return { ...response, data: { ok: true } }
      throw Object.assign(new Error('401'), {
        response: { ...response, data: { error: 'invalid_token' } },
        config,
      })
    }
    expect((await instance.get('/')).data).toEqual({ ok: true })
    expect(seen).toEqual([bearer(1), bearer(2)])
  })

  it('sends a request with particleGrants: false as it is', async () => {
    const server = await recorder((_, response) => refuse(response))
    const { session, requested } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url })
    attachSession(instance, session)
    await expect(instance.get('/', { particleGrants: false })).rejects.toMatchObject({
      response: { status: 401 },
    })
    expect(server.requests.map(({ authorization }) => authorization)).toEqual([undefined])
    expect(requested()).toBe(1)
  })

  it('passes on errors of the adapter', async () => {
    const { session } = await numberedTokens('https://api.example')
    const instance = axios.create({ baseURL: 'https://api.example' })
    attachSession(instance, session)
    const thrower = () => {
      throw new TypeError('broken adapter')
    }
    await expect(instance.get('/', { adapter: thrower })).rejects.toThrow('broken adapter')
    await expect(instance.get('/', { adapter: 'nonsense' })).rejects.toThrow("Unknown adapter 'nonsense'")
    await expect(instance.get('/', { adapter: [] })).rejects.toThrow('no suitable adapter')
  })

  it('works with interceptors that send a request again by its config', async () => {
    const server = await recorder((_, response) => {
      response.statusCode = server.requests.length === 1 ? 503 : 200
      response.end('{}')
    })
    const { session } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url })
    attachSession(instance, session)
    instance.interceptors.response.use(undefined, async (error) => {
      await session.getAccessToken({ forceRefresh: true })
      return instance(error.config)
    })
    const { config } = await instance.get('/')
    await session.getAccessToken({ forceRefresh: true })
    await instance(config)
    expect(server.requests.map(({ authorization }) => authorization)).toEqual([bearer(1), bearer(2), bearer(3)])
  })
})

describe('an instance of the CommonJS build', () => {
  const require = createRequire(import.meta.url)
  const builds = versions.map((version, index) => ({
    ...version,
    commonJs: require(['axios-oldest', 'axios-middle', 'axios'][index] as string) as AxiosStatic,
  }))

  it.each(builds)('works as well, $name', async ({ commonJs, axios, attachSession }) => {
    expect(commonJs.AxiosError).not.toBe(axios.AxiosError)
    for (const made of [true, false]) {
      const { baseUrl, session, sandbox, statuses } = await openScene()
      const instance = made ? commonJs.create({ baseURL: baseUrl, headers: { 'x-mine': '1' } }) : commonJs
      const detach = attachSession(instance, session)
      sandbox.revoke()
      const { data, config } = await instance.post(`${baseUrl}/v1/devices/garden/blink`, { times: 3 })
      expect(data.received).toEqual({ times: 3 })
      expect(statuses()).toEqual([401, 200])
      expect(config.url).toBe(`${baseUrl}/v1/devices/garden/blink`)
      const error = await instance.get(`${baseUrl}/v1/devices/nowhere`).catch((thrown: unknown) => thrown)
      expect(commonJs.isAxiosError(error)).toBe(true)
      expect(error).toMatchObject({ response: { status: 404, config: { method: 'get' } } })
      detach()
    }
  })
})

/** A session whose token never changes. */
function fake(token: string, baseUrl: string) {
  return {
    allowedOrigins: [new URL(baseUrl).origin],
    peekAccessToken: () => token,
    getAccessToken: async () => token,
    invalidateToken: () => {},
    subscribe: () => () => {},
  } as never
}
