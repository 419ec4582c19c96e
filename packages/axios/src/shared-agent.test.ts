import { Agent, globalAgent } from 'node:http'
import { createRequire } from 'node:module'
import type { AxiosAdapter, AxiosRequestConfig, AxiosStatic } from 'axios'
import { describe, expect, it, onTestFinished } from 'vitest'
import { expectClean, failure, leadsToToken } from '../test/expect-clean.ts'
import { recorder } from '../test/recorder.ts'
import { heldSession, numberedTokens, tokenNumber } from '../test/tokens.ts'
import { until } from '../test/until.ts'
import { versions } from '../test/versions.ts'

/** An API that never answers `/slow`, and refuses the rest. */
const busyApi = () =>
  recorder(({ url }, response) =>
    url.startsWith('/slow') ? undefined : response.writeHead(500, { connection: 'close' }).end('{}'),
  )

function ownAgent(): Agent {
  const agent = new Agent({ keepAlive: true })
  onTestFinished(() => agent.destroy())
  return agent
}

describe.each(versions)('an agent that carries a token for others meanwhile, $name', (version) => {
  const { axios, attachSession } = version

  /** An instance whose agent has a request with a token under way. */
  async function busy(httpAgent: Agent | undefined) {
    const server = await busyApi()
    const { session } = await numberedTokens(server.url)
    const instance = axios.create({ baseURL: server.url, ...(httpAgent && { httpAgent }) })
    attachSession(instance, session)
    const ending = new AbortController()
    const slow = instance.get('/slow', { signal: ending.signal }).catch(() => {})
    await until(() => server.requests.length === 1)
    onTestFinished(async () => {
      ending.abort()
      await slow
    })
    expect(leadsToToken(httpAgent ?? globalAgent)).toBe(true)
    return { server, session, instance }
  }

  it.each<[string, AxiosRequestConfig]>([
    ['that wants none', { particleGrants: false }],
    ['to another host', { baseURL: 'other' }],
    ["with the caller's own", { auth: { username: 'me', password: 'secret' } }],
    ['whose body a function makes', { particleGrants: false, method: 'POST', data: () => 'text' }],
    [
      'whose answer can be no JSON',
      {
        particleGrants: false,
        validateStatus: () => true,
        transformResponse: () => {
          throw new Error('thrown by a transform')
        },
      },
    ],
  ])('is not reached by the error of a call without a token: %s', async (_title, config) => {
    for (const agent of [ownAgent(), undefined]) {
      const { server, instance } = await busy(agent)
      const baseURL = config.baseURL === undefined ? server.url : server.of('localhost')
      const error = await failure(instance.request({ url: '/broken', ...config, baseURL }))
      expect(server.requests.at(-1)?.authorization ?? '').not.toContain('Bearer')
      expectClean(error)
    }
  })

  it("leaves the caller's own token to the caller, and says which request it was", async () => {
    const { server, instance } = await busy(undefined)
    const error = await failure(instance.get('/broken', { headers: { Authorization: 'Bearer theirs' } }))
    expect(error.config?.headers.Authorization).toBe('Bearer theirs')
    expect(error.request).toEqual({ method: 'GET', url: `${server.url}/broken`, status: 500 })
    expectClean(error)
  })

  it('is not reached by a call that is aborted: before, on its way in, or ignored by the adapter', async () => {
    const httpAgent = ownAgent()
    const { instance } = await busy(httpAgent)
    expectClean(await failure(instance.get('/', { signal: AbortSignal.abort() })))
    for (const particleGrants of [undefined, false] as const) {
      const controller = new AbortController()
      const adapter: AxiosAdapter = async (config) => {
        controller.abort()
        return { data: '', status: 200, statusText: '', headers: {}, config }
      }
      const { signal } = controller
      const error = await failure(instance.get('/', { adapter, particleGrants, signal }))
      expect(axios.isCancel(error)).toBe(true)
      expectClean(error)
    }
  })

  it.each(['an abort', 'a time-out'])('is not reached by %s while a call waits', async (how) => {
    const httpAgent = ownAgent()
    const { server } = await busy(httpAgent)
    const held = heldSession(server.url, undefined)
    const waiting = axios.create({ baseURL: server.url, httpAgent })
    attachSession(waiting, held.session)
    const controller = new AbortController()
    const limits = how === 'an abort' ? { signal: controller.signal } : { timeout: 5 }
    const error = failure(waiting.get('/', limits))
    await until(() => held.waiting() === 1)
    controller.abort()
    expect((await error).config?.httpAgent).toBeInstanceOf(Agent)
    expectClean(await error)
  })

  it.each(['an abort', 'a time-out'])('is not reached by %s while a body is made', async (how) => {
    const httpAgent = ownAgent()
    const { instance } = await busy(httpAgent)
    for (const particleGrants of [undefined, false] as const) {
      const controller = new AbortController()
      const limits = how === 'an abort' ? { signal: controller.signal } : { timeout: 5 }
      const body = () => {
        controller.abort()
        return new Promise(() => {})
      }
      expectClean(await failure(instance.post('/', body, { ...limits, particleGrants })))
    }
  })
})

describe('the copy of a config that a CommonJS build sends by', () => {
  const require = createRequire(import.meta.url)

  it.each(versions)(
    'is not what the error of a broken stream shows, $name',
    async ({ axios, attachSession }) => {
      const name = { '1.7.0': 'axios-oldest', '1.9.0': 'axios-middle' }[axios.VERSION] ?? 'axios'
      const commonJs = require(name) as AxiosStatic
      const server = await recorder((_, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('half')
      })
      const { session } = await numberedTokens(server.url)
      const instance = commonJs.create({ baseURL: server.url, responseType: 'stream' })
      attachSession(instance, session)
      const controller = new AbortController()
      const { data, config } = await instance.get('/', { signal: controller.signal })
      expect(server.requests[0]?.authorization).toContain(tokenNumber(1))
      const broken = new Promise((resolve) => data.once('error', resolve))
      controller.abort()
      expect(await broken).toHaveProperty('config', config)
      expectClean(await broken)
    },
  )
})
