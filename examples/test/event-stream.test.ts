import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createSession, developerClient, productClient, type Session } from '@particle-grants/core'
import { createSandbox, type Sandbox } from '@particle-grants/sandbox'
import { listen, type SandboxServer } from '@particle-grants/sandbox/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { streamEvents } from '../event-stream.mjs'
import { examples } from './run.ts'

const path = '/v1/devices/events'
const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
let sandbox: Sandbox
let server: SandboxServer
let stop: AbortController

beforeEach(async () => {
  sandbox = createSandbox({ eventIds: true })
  server = await listen(sandbox)
  stop = new AbortController()
})
afterEach(async () => {
  stop.abort()
  await server.close()
})

const connection = () => ({ baseUrl: server.url, clock: sandbox.clock })
const listenTo = (session: Session = createSession({ client, ...connection() })) =>
  streamEvents(session, path, stop.signal)

/** Publishes an event by another session of the same account. */
async function publish(name: string): Promise<void> {
  const publisher = createSession({ client, ...connection() })
  await publisher.fetch(path, { method: 'POST', body: new URLSearchParams({ name, data: name }) })
}

/** The responses to the stream's requests so far. */
const opened = () => sandbox.requests().filter(({ method, path: to }) => method === 'GET' && to === path)
const statuses = () => opened().map(({ status }) => status)

describe('streamEvents', () => {
  it('yields the event with its name', async () => {
    const events = listenTo()
    const next = events.next()
    await expect.poll(statuses).toEqual([200])
    await publish('temperature')
    expect((await next).value).toMatchObject({
      name: 'temperature',
      data: 'temperature',
      coreid: 'api',
      ttl: 60,
    })
  })

  it.each([
    ['expires', () => sandbox.clock.advance('91d'), [200, 200]],
    ['is revoked', () => sandbox.revoke(), [200, 401, 200]],
  ])('continues after the last event with a new token when the token %s', async (_, endToken, expected) => {
    const events = listenTo()
    const first = events.next()
    await expect.poll(statuses).toEqual([200])
    await publish('one')
    expect((await first).value?.name).toBe('one')

    endToken()
    await publish('two') // no stream is open
    await publish('three')
    expect((await events.next()).value?.name).toBe('two')
    expect((await events.next()).value?.name).toBe('three')
    expect(statuses()).toEqual(expected)
  })

  it('continues after the last event when the server was gone', async () => {
    const events = listenTo()
    const first = events.next()
    await expect.poll(statuses).toEqual([200])
    await publish('one')
    await first
    const second = events.next()
    const { port } = server
    await server.close()
    server = await listen(sandbox, { port })
    await publish('two')
    expect((await second).value?.name).toBe('two')
  })

  it.each([
    [
      '503 and 429',
      [
        { status: 503, body: 'down' },
        { status: 429, body: 'slow down' },
      ],
      [503, 429, 200],
    ],
    ['lost connections', [{ drop: true }, { drop: 'during', after: true }], [0, 200, 200]],
  ] as const)('opens the stream again after %s, later each time', async (_, faults, expected) => {
    for (const fault of faults) sandbox.failNext({ ...fault, match: { path } })
    const next = listenTo().next()
    await expect.poll(statuses).toEqual(expected)
    await publish('up again')
    expect((await next).value?.name).toBe('up again')

    const [first = 0, second = 0, third = 0] = opened().map(({ at }) => at)
    // Half of 1 s and of 2 s at least, less the precision of timers.
    expect(second - first).toBeGreaterThanOrEqual(490)
    expect(third - second).toBeGreaterThanOrEqual(990)
    expect(statuses()).toEqual(expected)
  })

  it('waits for a token that cannot be requested for now', async () => {
    sandbox.failNext({ status: 503, body: 'down', times: 2, match: { path: '/oauth/token' } })
    const next = listenTo().next()
    await expect.poll(statuses).toEqual([200])
    await publish('signed in')
    expect((await next).value?.name).toBe('signed in')
  })

  it.each([403, 404])('throws on %i', async (status) => {
    sandbox.failNext({ status, body: { error: 'no' }, match: { path } })
    await expect(listenTo().next()).rejects.toThrow(`The API responded with ${status}.`)
  })

  it("throws when a developer's token has expired", async () => {
    const session = createSession({ client: developerClient(), ...connection() })
    await session.login({ username: 'dev@example.com', password: 'correct horse' })
    const next = listenTo(session).next()
    await expect.poll(statuses).toEqual([200])
    sandbox.clock.advance('91d')
    await expect(next).rejects.toMatchObject({ code: 'reauthentication_required' })
    expect(statuses()).toEqual([200])
  })

  it('stops when its signal aborts, while it reads and while it waits', async () => {
    const reading = listenTo().next()
    await expect.poll(statuses).toEqual([200])
    stop.abort(new Error('stopped'))
    await expect(reading).rejects.toThrow('stopped')

    stop = new AbortController()
    sandbox.failNext({ status: 503, body: 'down', match: { path } })
    const waiting = listenTo().next()
    await expect.poll(statuses).toEqual([200, 503])
    stop.abort()
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
    expect(statuses()).toEqual([200, 503])
  })

  it('closes the connection when the loop ends', async () => {
    const session = createSession({ client, ...connection() })
    const loop = (async () => {
      for await (const event of streamEvents(session, path)) return event.name
    })()
    await expect.poll(statuses).toEqual([200])
    await publish('last')
    expect(await loop).toBe('last')
  })
})

describe('print-events.mjs', () => {
  it('prints events until it is interrupted', async () => {
    const env = {
      ...process.env,
      PARTICLE_BASE_URL: server.url,
      PARTICLE_CLIENT_ID: 'my-product-1234',
      PARTICLE_CLIENT_SECRET: 'product-secret',
    }
    const program = spawn(process.execPath, ['print-events.mjs'], { cwd: examples, env })
    const exited = once(program, 'exit')
    const printed = once(program.stdout.setEncoding('utf8'), 'data')
    await expect.poll(statuses).toEqual([200])
    await publish('temperature')
    expect(await printed).toEqual([expect.stringMatching(/^\d{4}-.*Z temperature temperature\n$/)])
    program.kill('SIGINT')
    expect(await exited).toEqual([null, 'SIGINT'])
  })
})
