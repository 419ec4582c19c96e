import { Agent } from 'node:http'
import { Readable } from 'node:stream'
import { format, inspect } from 'node:util'
import type { AxiosAdapter, AxiosRequestConfig, AxiosResponse } from 'axios'
import { describe, expect, it, onTestFinished } from 'vitest'
import { expectClean, failure } from '../test/expect-clean.ts'
import { recorder, refuse } from '../test/recorder.ts'
import { numberedTokens, tokenNumber } from '../test/tokens.ts'
import { until } from '../test/until.ts'
import { newest, versions } from '../test/versions.ts'

/** An API with a way for every failure. */
const failing = () =>
  recorder((recorded, response) => {
    if (recorded.url === '/refused') return refuse(response, 'Wrong password')
    if (recorded.url.startsWith('/500')) return response.writeHead(500).end('{"error":"broken"}')
    if (recorded.url === '/not-json') return response.end('<html>')
    if (recorded.url === '/gone') return response.destroy()
    if (recorded.url === '/half') {
      response.writeHead(200, { 'content-length': '100' }).write('half')
      return setImmediate(() => response.destroy())
    }
    if (recorded.url === '/loop') return response.writeHead(302, { location: '/loop' }).end()
    if (recorded.url === '/slow') return undefined
    return response.end('{}')
  })

const failures: [string, AxiosRequestConfig][] = [
  ['a 401 that is none of ours', { url: '/refused' }],
  ['a 500', { url: '/500' }],
  ['a 500 of an upload', { url: '/500', method: 'POST', data: { a: 1 } }],
  ['a 500 of a stream', { url: '/500', method: 'POST', data: Readable.from(['x'.repeat(300_000)]) }],
  ['a 500 that is read as a stream', { url: '/500', responseType: 'stream' }],
  ['a connection that ends', { url: '/gone' }],
  ['an answer that breaks off', { url: '/half' }],
  ['redirects without end', { url: '/loop', maxRedirects: 2 }],
  ['an answer that is too long', { url: '/500', maxContentLength: 3 }],
  [
    'a transform that throws',
    {
      url: '/ok',
      transformResponse: () => {
        throw new Error('thrown by a transform')
      },
    },
  ],
]

describe.each(versions)('an error that is passed on, $name', ({ axios, attachSession }) => {
  describe.each(['http', 'fetch'] as const)('with the %s adapter', (adapter) => {
    it.each(failures)('contains no token: %s', async (_title, config) => {
      const server = await failing()
      const { session } = await numberedTokens(server.url)
      const httpAgent = new Agent({ keepAlive: true, maxSockets: 2 })
      onTestFinished(() => httpAgent.destroy())
      const instance = axios.create({ baseURL: server.url, adapter, httpAgent })
      attachSession(instance, session)
      const busy = instance.get('/slow', { timeout: 20_000 }).catch(() => {})
      await until(() => server.requests.length > 0)
      const error = await failure(instance.request(config))
      expect(axios.isAxiosError(error) || String(error).includes('thrown by')).toBe(true)
      expectClean(error)
      expect(server.requests.at(-1)?.authorization).toContain(tokenNumber(1))
      void busy
    })

    it('contains no token after a time-out', async () => {
      const server = await failing()
      const { session } = await numberedTokens(server.url)
      const instance = axios.create({ baseURL: server.url, adapter })
      attachSession(instance, session)
      // On a busy machine the first time-outs may end before the request arrives.
      for (const timeout of [20, 100, 1000, 10_000]) {
        const error = await failure(instance.get('/slow', { timeout }))
        expect(error.code).toMatch(/ECONNABORTED|ETIMEDOUT/)
        expectClean(error)
        if (server.requests.length > 0) break
      }
      expect(server.requests.at(-1)?.authorization).toContain(tokenNumber(1))
    })

    it('contains no token after an abort or a cancellation', async () => {
      const server = await failing()
      const { session } = await numberedTokens(server.url)
      const instance = axios.create({ baseURL: server.url, adapter })
      attachSession(instance, session)
      const controller = new AbortController()
      const source = axios.CancelToken.source()
      const calls = [failure(instance.get('/slow', { signal: controller.signal }))]
      // The fetch adapter of 1.7.0 knows no cancel tokens.
      const knowsTokens = adapter === 'http' || axios.VERSION !== '1.7.0'
      if (knowsTokens) calls.push(failure(instance.get('/slow', { cancelToken: source.token })))
      await until(() => server.requests.length === calls.length)
      controller.abort()
      source.cancel('never mind')
      for (const error of await Promise.all(calls)) {
        expect(axios.isCancel(error)).toBe(true)
        expectClean(error)
      }
    })

    it('contains no token after a replay', async () => {
      const server = await recorder(({ authorization }, response) =>
        authorization === `Bearer ${tokenNumber(1)}` ? refuse(response) : response.writeHead(500).end('{}'),
      )
      const { session } = await numberedTokens(server.url)
      const instance = axios.create({ baseURL: server.url, adapter })
      attachSession(instance, session)
      expectClean(await failure(instance.get('/')))
      expect(server.requests).toHaveLength(2)
    })
  })

  it('keeps its config, its response, and method, URL and status of the request', async () => {
    const server = await failing()
    const { session } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url, headers: { 'x-mine': '1' } })
    attachSession(instance, session)
    const error = await failure(instance.post('/500', { a: 1 }, { params: { b: 2 } }))
    expect(error).toBeInstanceOf(axios.AxiosError)
    expect(error).toMatchObject({
      code: 'ERR_BAD_RESPONSE',
      message: 'Request failed with status code 500',
      request: { method: 'POST', status: 500 },
      response: { status: 500, data: { error: 'broken' }, request: { method: 'POST', status: 500 } },
      config: { method: 'post', url: '/500', baseURL: server.url, data: '{"a":1}', params: { b: 2 } },
    })
    expect((error.request as { url: string }).url).toContain('/500')
    expect(error.config?.headers['x-mine']).toBe('1')
    expect(error.config).toBe(error.response?.config)
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ config: { url: '/500' } })
    expect(inspect(error)).toContain('/500')
  })

  it('can be sent again by its config, with the same agent', async () => {
    const server = await recorder((_, response) =>
      server.requests.length === 1 ? response.writeHead(500).end('{}') : response.end('{}'),
    )
    const { session } = await numberedTokens(server.url)
    const httpAgent = new Agent({ keepAlive: true })
    onTestFinished(() => httpAgent.destroy())
    const instance = axios.create({ baseURL: server.url })
    attachSession(instance, session)
    const { config } = await failure(instance.get('/', { httpAgent }))
    expect(config?.httpAgent).toBeInstanceOf(Agent)
    await axios.create().request({ ...config, adapter: 'http' })
    expect(Object.keys(httpAgent.freeSockets)).toHaveLength(1)
    expect(server.requests[1]?.authorization).toBeUndefined()
    await instance.request({ ...config })
    expect(server.requests[2]?.authorization).toContain(tokenNumber(1))
  })

  it('keeps its body readable', async () => {
    const server = await failing()
    const { session } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url, responseType: 'stream' })
    attachSession(instance, session)
    const error = (await failure(instance.get('/500'))) as { response: AxiosResponse<AsyncIterable<Buffer>> }
    const chunks: Buffer[] = []
    for await (const chunk of error.response.data) chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toBe('{"error":"broken"}')
    const piped = await failure(instance.get('/500'))
    expect(piped.response?.data).toBeInstanceOf(Readable)
  })

  it('contains no token if the stream of a response breaks later', async () => {
    const server = await failing()
    const { session } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url, responseType: 'stream' })
    attachSession(instance, session)
    const controller = new AbortController()
    const { data } = await instance.get('/half', { signal: controller.signal })
    const broken = new Promise((resolve) => data.once('error', resolve))
    controller.abort()
    expectClean(await broken)
  })
})

describe('an error of a custom adapter', () => {
  const { axios, attachSession } = newest

  /** A call that such an adapter serves. */
  async function served(adapter: AxiosAdapter, config: AxiosRequestConfig = {}) {
    const { session } = await numberedTokens('https://api.example')
    const instance = axios.create({ baseURL: 'https://api.example' })
    attachSession(instance, session)
    return failure(instance.get('/', { ...config, adapter }))
  }

  it('is redacted if it names the token', async () => {
    const error = await served(async () => {
      throw new Error(`refused: ${tokenNumber(1)}`, { cause: new Error(`because of ${tokenNumber(1)}`) })
    })
    expect(error.message).toBe('refused: [redacted]')
    expectClean(error)
  })

  it('is redacted if its message is a getter', async () => {
    const error = await served(async () => {
      throw new DOMException(`no such thing as ${tokenNumber(1)}`, 'NotFoundError')
    })
    expect(error).toBeInstanceOf(DOMException)
    expect(error.message).toBe('no such thing as [redacted]')
  })

  it('contains no token if it comes from JSON that cannot be parsed', async () => {
    const server = await failing()
    const { session } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url, responseType: 'json' })
    attachSession(instance, session)
    const transitional = { silentJSONParsing: undefined as never }
    const error = await failure(instance.get('/not-json', { transitional }))
    expect(error.code).toBe('ERR_BAD_RESPONSE')
    expectClean(error)
  })
})

describe('a successful response', () => {
  const { axios, attachSession } = newest

  it.each(['http', 'fetch'])('shows no token when it is printed, by the %s adapter', async (adapter) => {
    const server = await recorder()
    const { session } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url, adapter })
    attachSession(instance, session)
    const response = await instance.get('/')
    expect(server.requests[0]?.authorization).toContain(tokenNumber(1))
    expect(inspect(response, { depth: Number.POSITIVE_INFINITY })).not.toContain(tokenNumber(1))
    expect(inspect(response, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain(tokenNumber(1))
    expect(format('%o %O', response, response)).not.toContain(tokenNumber(1))
    // The request is that of Axios, and can be replaced.
    expect(inspect(response.request, { depth: Number.POSITIVE_INFINITY, showHidden: true })).toContain(tokenNumber(1))
    response.request = 'replaced'
    expect(response.request).toBe('replaced')
  })
})

describe('JSON of an error', () => {
  const { axios, attachSession } = newest

  it('leaves out an agent and an uploaded stream, which lead to requests in progress', async () => {
    const server = await failing()
    const { session } = await numberedTokens(server.url)
    const httpAgent = new Agent({ keepAlive: true })
    onTestFinished(() => httpAgent.destroy())
    const instance = axios.create({ baseURL: server.url, httpAgent })
    attachSession(instance, session)
    const controller = new AbortController()
    const slow = instance.get('/slow', { signal: controller.signal }).catch(() => {})
    await until(() => server.requests.length === 1)
    const error = await failure(instance.post('/500', Readable.from(['x'])))
    expect(JSON.stringify({ sockets: inspect(httpAgent, { depth: 5 }) })).toContain(tokenNumber(1))
    expect(JSON.stringify(error)).not.toContain(tokenNumber(1))
    expect(JSON.parse(JSON.stringify(error))).toMatchObject({ config: { url: '/500' }, status: 500 })
    expect(error.config?.httpAgent).toBe(httpAgent)
    controller.abort()
    await slow
  })
})
