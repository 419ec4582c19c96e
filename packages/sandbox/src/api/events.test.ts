import type { Sandbox, SandboxOptions } from '@particle-grants/sandbox'
import { createClock, createSandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import Particle from 'particle-api-js'
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { call, clients, requestToken, signIn } from '../../test/token-requests.ts'

const start = Date.UTC(2026, 0, 1)
let sandbox: Sandbox
let token: string

async function restart(options: SandboxOptions = {}): Promise<void> {
  sandbox = createSandbox({ clock: createClock({ start, frozen: true }), ...options })
  token = await signIn(sandbox)
}
beforeEach(() => restart())

/** An open stream. `read(end)` returns what it sent, once it ends with `end`. */
interface Stream {
  readonly response: Response
  read(end: string): Promise<string>
  /** Returns what the stream sent until its end. */
  rest(): Promise<string>
}

async function open(path: string, init: RequestInit & { token?: string } = {}): Promise<Stream> {
  const gone = new AbortController()
  onTestFinished(() => gone.abort())
  const headers = { authorization: `Bearer ${init.token ?? token}`, ...init.headers }
  const response = await sandbox.fetch(`http://sandbox.test${path}`, {
    signal: gone.signal,
    ...init,
    headers,
  })
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader()
  const readUntil = async (isDone: (text: string) => boolean) => {
    let text = ''
    while (!isDone(text)) {
      const { value, done } = await reader.read()
      if (done) return text
      text += value
    }
    return text
  }
  return {
    response,
    read: (end) => readUntil((text) => text.endsWith(end)),
    rest: () => readUntil(() => false),
  }
}

const publish = (json: object, path = '/v1/devices/events', by = token) =>
  call(sandbox, { token: by, path, method: 'POST', json })

async function ownerToken(): Promise<string> {
  return (await requestToken(sandbox, clients.product, { grant_type: 'client_credentials' })).body.access_token
}
async function janesToken(): Promise<string> {
  const form = { grant_type: 'client_credentials', scope: 'customer=jane@example.com' }
  return (await requestToken(sandbox, clients.product, form)).body.access_token
}

const event = (name: string, data: string | null, id = '') =>
  `${id}event: ${name}\ndata: ${JSON.stringify({ data, ttl: 60, published_at: '2026-01-01T00:00:00.000Z', coreid: 'api' })}\n\n`

describe('an event stream', () => {
  it('starts with :ok and shows what the account publishes, in the format of recorded streams', async () => {
    const stream = await open('/v1/devices/events')
    expect(stream.response.headers.get('content-type')).toBe('text/event-stream')
    expect(await stream.read('\n\n')).toBe(':ok\n\n')
    expect(await publish({ name: 'temperature', data: '21.5' })).toEqual({ status: 200, body: { ok: true } })
    expect(await stream.read('\n\n')).toBe(event('temperature', '21.5'))
  })

  it('shows only the events whose name starts with the prefix', async () => {
    const stream = await open('/v1/devices/events/garden%2F')
    await publish({ name: 'cellar/door', data: 'open' })
    await publish({ name: 'garden/gate' })
    expect(await stream.read('}\n\n')).toBe(`:ok\n\n${event('garden/gate', null)}`)
  })

  it('does not show the events of another account', async () => {
    const other = await signIn(sandbox, { username: 'owner@example.com', password: 'owner of products' })
    const stream = await open('/v1/devices/events')
    await publish({ name: 'secret', data: '1' }, '/v1/devices/events', other)
    await publish({ name: 'mine', data: '2' })
    expect(await stream.read('}\n\n')).toBe(`:ok\n\n${event('mine', '2')}`)
  })

  it("of a product shows its customers' events and its own, to its owner only", async () => {
    const owner = await ownerToken()
    const path = '/v1/products/my-product/events'
    const stream = await open(path, { token: owner })
    await publish({ name: 'from-jane', data: '1' }, '/v1/devices/events', await janesToken())
    await publish({ name: 'from-product', data: '2' }, path, owner)
    const last = event('from-product', '2')
    expect(await stream.read(last)).toBe(`:ok\n\n${event('from-jane', '1')}${last}`)
    for (const [path, status] of [
      ['/v1/products/1234/events', 403],
      ['/v1/products/99/events', 404],
    ] as const) {
      expect((await call(sandbox, { token, path })).status).toBe(status)
      expect((await publish({ name: 'x' }, path)).status).toBe(status)
    }
  })

  it('needs a valid token', async () => {
    sandbox.expire()
    const response = await call(sandbox, { token, path: '/v1/devices/events' })
    expect(response).toMatchObject({ status: 401, body: { error: 'invalid_token' } })
  })

  it.each([
    ['expires', () => sandbox.clock.advance('91d')],
    ['is revoked', () => sandbox.revoke()],
    ['is gone after a reset', () => sandbox.reset()],
  ])('ends when its token %s', async (_, endToken) => {
    const stream = await open('/v1/devices/events')
    endToken()
    expect(await stream.rest()).toBe(':ok\n\n')
  })

  it('does not show an event that is published after its token was revoked', async () => {
    const stream = await open('/v1/devices/events')
    const later = await signIn(sandbox)
    await call(sandbox, { token, path: '/v1/access_tokens/current', method: 'DELETE' })
    await publish({ name: 'late' }, '/v1/devices/events', later)
    expect(await stream.rest()).toBe(':ok\n\n')
  })

  it('sends an empty line every 10 s of silence, as the recorded ones do', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const stream = await open('/v1/devices/events')
    vi.advanceTimersByTime(21_000)
    expect(await stream.read('\n\n\n\n')).toBe(':ok\n\n\n\n')
  })

  it('rejects when its client aborts', async () => {
    const gone = new AbortController()
    const stream = await open('/v1/devices/events', { signal: gone.signal })
    gone.abort(new Error('enough'))
    await expect(stream.rest()).rejects.toThrow('enough')
  })

  it('breaks off if a fault says so', async () => {
    sandbox.failNext({ drop: 'during', after: true })
    await expect((await open('/v1/devices/events')).rest()).rejects.toThrow()
  })
})

describe('event ids', () => {
  it('are not sent and ignored: recorded streams of the service have none', async () => {
    await publish({ name: 'missed', data: '1' })
    const stream = await open('/v1/devices/events', { headers: { 'last-event-id': '0' } })
    await publish({ name: 'seen', data: '2' })
    expect(await stream.read('}\n\n')).toBe(`:ok\n\n${event('seen', '2')}`)
  })

  it('let a client continue after the last one, if the setting is on', async () => {
    await restart({ eventIds: true })
    await publish({ name: 'seen', data: '1' })
    await publish({ name: 'missed', data: '2' })
    const stream = await open('/v1/devices/events', { headers: { 'last-event-id': '1' } })
    expect(await stream.read('}\n\n')).toBe(`:ok\n\n${event('missed', '2', 'id: 2\n')}`)
  })
})

describe('publishing', () => {
  it.each([[{}], [{ name: '' }], [{ name: 'a\nb' }], [{ name: 'x'.repeat(65) }], [{ name: 'x', ttl: 'soon' }]])(
    'rejects %j',
    async (json) => {
      expect(await publish(json)).toMatchObject({ status: 400, body: { ok: false } })
    },
  )
})

describe('over HTTP', () => {
  it('serves particle-api-js, which reads its events', async () => {
    const server = await listen(sandbox)
    onTestFinished(() => server.close())
    const particle = new Particle({ baseUrl: server.url, auth: token })
    const stream = await particle.getEventStream({ deviceId: 'mine', name: 'temperature' })
    onTestFinished(() => stream.abort())
    const received = new Promise((resolve) => stream.once('event', resolve))
    await particle.publishEvent({ name: 'temperature', data: '21.5', isPrivate: true })
    expect(await received).toMatchObject({ name: 'temperature', data: '21.5', coreid: 'api' })
  })

  it('ends the connection with the token', async () => {
    const server = await listen(sandbox)
    onTestFinished(() => server.close())
    const headers = { authorization: `Bearer ${token}` }
    const response = await fetch(`${server.url}/v1/devices/events`, { headers })
    sandbox.revoke()
    expect(await response.text()).toBe(':ok\n\n')
  })

  it('stops when its client disconnects, or the server closes', async () => {
    const server = await listen(sandbox)
    const headers = { authorization: `Bearer ${token}` }
    const gone = new AbortController()
    await fetch(`${server.url}/v1/devices/events`, { headers, signal: gone.signal })
    gone.abort()
    const other = await fetch(`${server.url}/v1/devices/events`, { headers })
    await server.close()
    await expect(other.text()).rejects.toThrow('terminated')
  })
})
