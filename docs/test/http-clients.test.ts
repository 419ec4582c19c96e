import { attachSession } from '@particle-grants/axios'
import { createSession, isInvalidTokenError, productClient, type Session, withAccessToken } from '@particle-grants/core'
import { createSandbox } from '@particle-grants/sandbox'
import { listen, type SandboxServer } from '@particle-grants/sandbox/node'
import axios, { type AxiosInstance } from 'axios'
import axiosRetry from 'axios-retry'
import got from 'got'
import ky from 'ky'
import { request, fetch as undiciFetch } from 'undici'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'

// The programs of the guide replay a GET. This is about requests with a body, of which ky makes a stream.
const sandbox = createSandbox()
let server: SandboxServer
let session: Session
beforeAll(async () => {
  server = await listen(sandbox)
})
afterAll(() => server.close())
beforeEach(async () => {
  sandbox.reset()
  const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
  session = createSession({ client, baseUrl: server.url })
  await session.getAccessToken()
  sandbox.revoke()
})

const path = '/v1/devices/garden/brew'
const fields = { arg: 'coffee' }
const received = expect.objectContaining({ received: fields })
const isRejected = ({ status, text }: { status: number; text: string }) => status === 401 && isInvalidTokenError(text)

const clients = {
  ky: async () => {
    const response = await ky.post(path.slice(1), {
      prefixUrl: server.url,
      fetch: session.fetch,
      json: fields,
    })
    return { status: response.status, text: await response.text() }
  },
  fetch: async () => {
    const response = await session.fetch(path, { method: 'POST', body: new URLSearchParams(fields) })
    return { status: response.status, text: await response.text() }
  },
  got: () =>
    withAccessToken(
      session,
      async (token) => {
        const headers = { authorization: `Bearer ${token}` }
        const url = `${server.url}${path}`
        const response = await got.post(url, { headers, json: fields, throwHttpErrors: false })
        return { status: response.statusCode, text: response.body }
      },
      isRejected,
    ),
  undici: () =>
    withAccessToken(
      session,
      async (token) => {
        const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
        const options = { method: 'POST', headers, body: JSON.stringify(fields) } as const
        const { statusCode, body } = await request(`${server.url}${path}`, options)
        return { status: statusCode, text: await body.text() }
      },
      isRejected,
    ),
}

describe('axios-retry', () => {
  const attach = (api: AxiosInstance) => attachSession(api, session)
  const retry = (api: AxiosInstance) => axiosRetry(api, { retries: 2, retryDelay: () => 0 })

  describe.each([
    ['attached after the session', [attach, retry]],
    ['attached before the session', [retry, attach]],
  ])('%s', (_, steps) => {
    const open = () => {
      const api = axios.create({ baseURL: server.url })
      for (const step of steps) step(api)
      return api
    }
    const statuses = () => sandbox.requests().map(({ status }) => status)

    it('repeats a 503 of the API, and counts no replay after a revocation', async () => {
      sandbox.failNext({ status: 503, body: 'down', match: { path: '/v1/devices' }, times: 2 })
      expect((await open().get('/v1/devices')).data).toHaveLength(2)
      // The first token; two attempts; the revoked token, a new one, and the replay.
      expect(statuses()).toEqual([200, 503, 503, 401, 200, 200])
    })

    it('repeats no error of the session', async () => {
      sandbox.failNext({ status: 503, body: 'down', match: { path: '/oauth/token' } })
      await expect(open().get('/v1/devices')).rejects.toMatchObject({ code: 'temporarily_unavailable', retry: 'later' })
      expect(statuses()).toEqual([200, 401, 503])
    })
  })
})

describe('a session with the fetch of undici', () => {
  const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
  const bodies: Readonly<Record<string, RequestInit>> = {
    'a form': { body: new URLSearchParams(fields) },
    bytes: {
      body: new TextEncoder().encode('arg=coffee'),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
    JSON: { body: JSON.stringify(fields), headers: { 'content-type': 'application/json' } },
  }

  it.each(Object.entries(bodies))('sends %s again after a revocation', async (_, init) => {
    const own = createSession({ client, baseUrl: server.url, fetch: undiciFetch })
    await own.getAccessToken()
    sandbox.revoke()
    const response = await own.fetch(path, { method: 'POST', ...init })
    expect([response.status, await response.json()]).toEqual([200, received])
    expect(response).not.toBeInstanceOf(Response)
  })

  it('takes a Request of the platform, and one with a body that is a stream', async () => {
    const own = createSession({ client, baseUrl: server.url, fetch: undiciFetch })
    const post = new Request(server.url + path, { method: 'POST', body: new URLSearchParams(fields) })
    expect(await (await own.fetch(post)).json()).toEqual(received)
    const headers = { 'content-type': 'application/json' }
    const body = new Blob([JSON.stringify(fields)]).stream()
    const streamed = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
    expect(await (await own.fetch(path, streamed)).json()).toEqual(received)
  })
})

describe('a POST whose token was revoked', () => {
  it.each(Object.entries(clients))('is sent again with its body by %s', async (_, send) => {
    const { status, text } = await send()
    expect([status, JSON.parse(text)]).toEqual([200, received])
    expect(sandbox.requests().map(({ status: sent }) => sent)).toEqual([200, 401, 200, 200])
  })
})

// The last one: its request is in the journal when the connection has ended.
describe('a call that is aborted', () => {
  it('ends, with the fetch of undici', async () => {
    const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
    const own = createSession({ client, baseUrl: server.url, fetch: undiciFetch })
    await own.getAccessToken()
    sandbox.failNext({ delay: 60_000 })
    const controller = new AbortController()
    const call = own.fetch('/v1/devices', { signal: controller.signal })
    setTimeout(() => controller.abort(new Error('enough')), 50)
    await expect(call).rejects.toThrow('enough')
  })
})
