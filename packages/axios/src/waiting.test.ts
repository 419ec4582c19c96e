import { createSession, GrantsError, productClient } from '@particle-grants/core'
import type { AxiosAdapter } from 'axios'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { recorder, refuse } from '../test/recorder.ts'
import { product } from '../test/scene.ts'
import { externalToken, heldSession } from '../test/tokens.ts'
import { rejectionsAreReported, unhandledRejections } from '../test/unhandled.ts'
import { until } from '../test/until.ts'
import { versions } from '../test/versions.ts'

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  )

/** Replaces `setTimeout` until the test finishes. Sockets keep their own timers. */
function useFakeTimeouts(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => {
    vi.useRealTimers()
  })
}

/** An API that refuses `old`, and a session whose next token comes when the test lets it. */
async function waitingScene(token: 'none' | 'old') {
  const server = await recorder(({ authorization }, response) =>
    authorization === 'Bearer old' ? refuse(response) : response.end('{}'),
  )
  return { server, held: heldSession(server.url, token === 'old' ? 'old' : undefined) }
}

describe.each(versions)('a request that waits for a token, $name', ({ axios, attachSession }) => {
  describe.each([
    ['before it was sent', 'none'],
    ['after a 401', 'old'],
  ] as const)('%s', (_title, token) => {
    it('stops waiting when it is aborted, and others continue', async () => {
      const { server, held } = await waitingScene(token)
      const instance = axios.create({ baseURL: server.url })
      attachSession(instance, held.session)
      const controller = new AbortController()
      const aborted = failure(instance.get('/', { signal: controller.signal }))
      const other = instance.get('/')
      await until(() => held.waiting() === 2)
      controller.abort()
      const error = await aborted
      expect(axios.isCancel(error)).toBe(true)
      expect(error).toMatchObject({ code: 'ERR_CANCELED' })
      held.give('new')
      expect((await other).status).toBe(200)
      expect(server.requests.filter(({ authorization }) => authorization === 'Bearer new')).toHaveLength(1)
    })

    it('stops waiting when its cancel token is cancelled', async () => {
      const { server, held } = await waitingScene(token)
      const instance = axios.create({ baseURL: server.url })
      attachSession(instance, held.session)
      const source = axios.CancelToken.source()
      const cancelled = failure(instance.get('/', { cancelToken: source.token }))
      await until(() => held.waiting() === 1)
      source.cancel('never mind')
      const error = await cancelled
      expect(axios.isCancel(error)).toBe(true)
      expect(error).toMatchObject({ message: 'never mind' })
      held.give('new')
    })

    it.each([
      ['with the default code', {}, { code: 'ECONNABORTED', message: 'timeout of 20000ms exceeded' }],
      ['with ETIMEDOUT', { transitional: { clarifyTimeoutError: true } }, { code: 'ETIMEDOUT' }],
      ['with its own message', { timeoutErrorMessage: 'too late' }, { message: 'too late' }],
    ])("rejects with Axios' time-out error %s", async (_title, options, expected) => {
      useFakeTimeouts()
      const { server, held } = await waitingScene(token)
      const instance = axios.create({ baseURL: server.url })
      attachSession(instance, held.session)
      const call = failure(instance.get('/', { timeout: 20_000, ...options }))
      await until(() => held.waiting() === 1)
      vi.advanceTimersByTime(20_000)
      const error = await call
      expect(axios.isAxiosError(error)).toBe(true)
      expect(error).toMatchObject(expected)
      held.give('new')
    })

    it('has one time-out for waiting and sending', async () => {
      const { server, held } = await waitingScene(token)
      const instance = axios.create({ baseURL: server.url })
      const timeouts: (number | undefined)[] = []
      attachSession(instance, held.session)
      const http = axios.getAdapter('http')
      const spy: AxiosAdapter = async (config) => {
        timeouts.push(config.timeout)
        return http(config)
      }
      const call = instance.get('/', { timeout: 60_000, adapter: spy })
      await until(() => held.waiting() === 1)
      const waited = performance.now()
      await until(() => performance.now() - waited > 20)
      held.give('new')
      const { config } = await call
      expect(timeouts.at(-1)).toBeLessThanOrEqual(60_000 - 20)
      expect(config.timeout).toBe(60_000)
      expect(config.timeoutErrorMessage).toBeUndefined()
    })

    it('rejects with its own error if the session gets no token', async () => {
      const { server, held } = await waitingScene(token)
      const instance = axios.create({ baseURL: server.url })
      attachSession(instance, held.session)
      const errors = Promise.all(Array.from({ length: 5 }, () => failure(instance.get('/'))))
      await until(() => held.waiting() === 5 && server.requests.length === (token === 'none' ? 0 : 5))
      held.fail(
        new GrantsError('renewal_backoff', 'Call later.', {
          retryAt: 1,
          failures: 2,
          cause: 'network_error',
        }),
      )
      for (const error of await errors) expect(error).toMatchObject({ code: 'renewal_backoff' })
      expect(new Set(await errors).size).toBe(5)
    })
  })

  it('stops waiting for a token request that takes too long', async () => {
    const server = await recorder()
    const fetch = () => new Promise<never>(() => {})
    const session = createSession({ client: productClient(product), baseUrl: server.url, fetch })
    const instance = axios.create({ baseURL: server.url, timeout: 10 })
    attachSession(instance, session)
    const errors = await Promise.all([failure(instance.get('/')), failure(instance.get('/'))])
    for (const error of errors) {
      expect(error).toMatchObject({
        code: 'ECONNABORTED',
        message: 'timeout of 10ms exceeded',
        config: { timeout: 10 },
      })
    }
    expect(server.requests).toEqual([])
  })

  it('requests no token if it was aborted before', async () => {
    const { server, held } = await waitingScene('none')
    const instance = axios.create({ baseURL: server.url })
    attachSession(instance, held.session)
    const error = await failure(instance.get('/', { signal: AbortSignal.abort() }))
    expect(axios.isCancel(error)).toBe(true)
    expect(held.waiting()).toBe(0)
  })

  it('is not sent with a token that the API rejected, and shares one renewal', async () => {
    const { server, held } = await waitingScene('old')
    const instance = axios.create({ baseURL: server.url })
    attachSession(instance, held.session)
    const first = instance.get('/first')
    await until(() => held.waiting() === 1)
    const second = instance.get('/second')
    held.give('new')
    await Promise.all([first, second])
    expect(server.requests.map(({ url, authorization }) => [url, authorization])).toEqual(
      expect.arrayContaining([
        ['/first', 'Bearer old'],
        ['/first', 'Bearer new'],
        ['/second', 'Bearer new'],
      ]),
    )
    expect(server.requests).toHaveLength(3)
  })

  it.each([
    [401, true],
    [401, false],
    [200, true],
  ])('leaves no unhandled rejection after an abort that the adapter ignores: %s, replay %s', async (status, replay) => {
    const unhandled = unhandledRejections()
    const session = await externalToken('https://api.example', 'a'.repeat(40))
    const instance = axios.create({ baseURL: 'https://api.example', validateStatus: () => true })
    attachSession(instance, session, { replay })
    const controller = new AbortController()
    const adapter: AxiosAdapter = async (config) => {
      controller.abort()
      return { data: { error: 'invalid_token' }, status, statusText: '', headers: {}, config }
    }
    const error = await failure(instance.get('/', { signal: controller.signal, adapter }))
    expect(axios.isCancel(error)).toBe(true)
    await rejectionsAreReported()
    expect(unhandled).toEqual([])
  })

  it('keeps the time-out of its config', async () => {
    const server = await recorder()
    const instance = axios.create({ baseURL: server.url, timeout: 60_000 })
    attachSession(instance, heldSession(server.url, 'good').session)
    const { config } = await instance.get('/')
    expect(config.timeout).toBe(60_000)
    expect(config.timeoutErrorMessage).toBeUndefined()
  })
})
