import { Agent } from 'node:http'
import { Readable } from 'node:stream'
import { inspect } from 'node:util'
import type { AxiosError, AxiosRequestConfig, AxiosResponse } from 'axios'
import { describe, expect, it, onTestFinished } from 'vitest'
import { recorder, refuse } from '../test/recorder.ts'
import { numberedTokens, tokenNumber } from '../test/tokens.ts'
import { until } from '../test/until.ts'
import { newest, versions } from '../test/versions.ts'

const planted = [tokenNumber(1), tokenNumber(2)]

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable('the call should fail'),
    (error: AxiosError) => error,
  )

/** Every string that can be reached, also by getters and prototypes' own names, and in sockets and streams. */
function reachable(value: unknown): string[] {
  const seen = new Set<unknown>()
  const found: string[] = []
  const pending: unknown[] = [value]
  while (pending.length > 0 && seen.size < 200_000) {
    const current = pending.pop()
    if (typeof current === 'string') found.push(current)
    if (typeof current !== 'object' || current === null || seen.has(current)) continue
    seen.add(current)
    if (Buffer.isBuffer(current)) found.push(current.toString('latin1'))
    if (current instanceof Map) pending.push(...current.keys(), ...current.values())
    for (const key of Reflect.ownKeys(current)) {
      try {
        pending.push(key, Reflect.get(current, key))
      } catch {
        // A getter for something else.
      }
    }
  }
  return found
}

/** Some versions of Axios can't write an error of a cancel token. */
function json(value: unknown): string {
  try {
    return `${JSON.stringify(value)}`
  } catch (error) {
    return String(error)
  }
}

function expectClean(error: unknown): void {
  const { config, request, response, cause } = error as AxiosError
  for (const part of [error, config, request, response, response?.config, response?.request, cause]) {
    const text = [
      inspect(part, {
        depth: Number.POSITIVE_INFINITY,
        showHidden: true,
        getters: true,
        maxStringLength: null,
      }),
      inspect(part),
      json(part),
      ...reachable(part),
    ].join('\n')
    expect(planted.filter((token) => text.includes(token))).toEqual([])
  }
}

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
  ['a time-out', { url: '/slow', timeout: 50 }],
  ['an answer that is too long', { url: '/500', maxContentLength: 3 }],
  [
    'JSON that is none',
    { url: '/not-json', responseType: 'json', transitional: { silentJSONParsing: false } },
  ],
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
  describe.each(['http', 'fetch'] as const)('by the %s adapter', (adapter) => {
    it.each(failures)('has no token in it: %s', async (_title, config) => {
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

    it('nor when it is aborted on the way, or by a cancel token', async () => {
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

    it('nor after a replay', async () => {
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

  it('says method, URL and status still, and keeps config and response', async () => {
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

  it('can be sent again by its config, agent and all', async () => {
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

  it('leaves the body of a failed call readable', async () => {
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

  it('is clean also where the stream of an answer breaks later', async () => {
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

describe('an error that is not of a request with a token', () => {
  it('is left as it is', async () => {
    const { axios, attachSession } = newest
    const server = await failing()
    const { session } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url })
    attachSession(instance, session)
    const error = await failure(instance.get('/500', { headers: { Authorization: 'Bearer theirs' } }))
    expect(error.config?.headers.Authorization).toBe('Bearer theirs')
    expect(error.request).toHaveProperty('socket')
  })

  it('that names the token says so no more', async () => {
    const { axios, attachSession } = newest
    const { session } = await numberedTokens('https://api.example')
    const instance = axios.create({ baseURL: 'https://api.example' })
    attachSession(instance, session)
    const adapter = async () => {
      throw new Error(`refused: ${tokenNumber(1)}`, { cause: new Error(`because of ${tokenNumber(1)}`) })
    }
    const error = await failure(instance.get('/', { adapter }))
    expect(error.message).toBe('refused: [redacted]')
    expectClean(error)
  })
})
