import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { createSession, customer, GrantsError, productClient } from '@particle-grants/core'
import type { AxiosInstance } from 'axios'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { openScene, product, type Scene, sessionOptions } from '../test/scene.ts'
import { openSceneElsewhere } from '../test/scene-elsewhere.ts'
import { newest } from '../test/versions.ts'

const { axios, attachSession } = newest

/** `PARTICLE_GRANTS_LONG=1` for the whole size. */
const calls = process.env.PARTICLE_GRANTS_LONG ? 10_000 : 2_000

interface Result {
  readonly succeeded: number
  readonly failures: Map<string, number>
}

async function collect(promises: readonly Promise<unknown>[]): Promise<Result> {
  const results = await Promise.allSettled(promises)
  const failures = new Map<string, number>()
  for (const result of results) {
    if (result.status === 'fulfilled') continue
    const code = String(result.reason.code)
    failures.set(code, (failures.get(code) ?? 0) + 1)
  }
  return { succeeded: results.filter(({ status }) => status === 'fulfilled').length, failures }
}

/** Calls that go round among the instances, all in one tick unless they are spread over some milliseconds. */
function storm(
  instances: readonly AxiosInstance[],
  { spread = 0, signals }: { spread?: number; signals?: readonly AbortSignal[] } = {},
) {
  return Array.from({ length: calls }, async (_, index) => {
    if (spread > 0) await sleep((index / calls) * spread)
    const instance = instances[index % instances.length] as AxiosInstance
    const signal = signals?.[index]
    return instance.get(`/v1/devices/garden?call=${index}`, signal === undefined ? {} : { signal })
  })
}

function pooled({ baseUrl }: Scene): AxiosInstance {
  const httpAgent = new Agent({ keepAlive: true, maxSockets: 256 })
  onTestFinished(() => httpAgent.destroy())
  return axios.create({ baseURL: baseUrl, httpAgent })
}

function attached(scene: Scene): AxiosInstance {
  const instance = pooled(scene)
  attachSession(instance, scene.session)
  return instance
}

/** What the server saw, in the words of the test's report. */
function report(title: string, { statuses, tokenRequests }: Scene, { succeeded, failures }: Result): void {
  const refused = statuses().filter((status) => status === 401).length
  process.stdout.write(
    `storm of ${calls} ${title}: ${succeeded} answered, ${[...failures].map(([code, count]) => `${count} ${code}`).join(', ') || 'none failed'}; ${tokenRequests()} token requests, ${statuses().length} API requests, ${refused} of them 401\n`,
  )
}

describe(`a storm of ${calls} calls`, { timeout: 180_000 }, () => {
  // The first connections of a process take longest; none of the counts depends on it.
  beforeAll(() => axios.get('http://127.0.0.1:1/').catch(() => {}))

  it.each([
    ['through a pool of 256', 0],
    ['spread over 500 ms', 500],
  ] as const)(
    'on a token that has run out costs one token request, and no 401: %s',
    async (title, spread) => {
      const scene = await openScene()
      const instance = attached(scene)
      scene.clock.advance('90d')
      const result = await collect(storm([instance], { spread }))
      report(`on a token that has run out, ${title}`, scene, result)
      expect(result).toEqual({ succeeded: calls, failures: new Map() })
      expect(scene.tokenRequests()).toBe(1)
      expect(scene.statuses()).toEqual(Array.from({ length: calls }, () => 200))
    },
  )

  it('all at once through a thousand connections costs one as well', async () => {
    const scene = await openSceneElsewhere()
    // More of them at once than the system queues for a server are its matter, and are reset on a busy machine.
    const httpAgent = new Agent({ keepAlive: true, maxSockets: 1000 })
    onTestFinished(() => httpAgent.destroy())
    const instance = axios.create({ baseURL: scene.baseUrl, httpAgent })
    attachSession(instance, scene.session)
    await scene.advance('90d')
    const result = await collect(storm([instance]))
    expect(result).toEqual({ succeeded: calls, failures: new Map() })
    expect(scene.tokenRequests()).toBe(1)
    const statuses = (await scene.journal())
      .filter(({ path }) => path !== '/oauth/token')
      .map(({ status }) => status)
    expect(new Set(statuses)).toEqual(new Set([200]))
    process.stdout.write(
      `storm of ${calls} all at once: ${result.succeeded} answered, none failed; ${scene.tokenRequests()} token requests, none of the last ${statuses.length} API requests 401\n`,
    )
  })

  it('by two instances and a single-use refresh token costs one as well', async () => {
    const scene = await openScene()
    const session = createSession({
      ...sessionOptions(scene),
      client: productClient(product),
      subject: customer('jane@example.com'),
    })
    await session.login({ username: 'jane@example.com', password: 'janes own password' })
    const instances = [pooled(scene), pooled(scene)]
    for (const instance of instances) attachSession(instance, session)
    scene.clock.advance('90d')
    const result = await collect(storm(instances))
    report('by two instances with a single-use refresh token (and its sign-in)', scene, result)
    expect(result).toEqual({ succeeded: calls, failures: new Map() })
    expect(scene.grants()).toEqual(['password', 'refresh_token'])
  })

  it('on a token that was revoked costs one, and each call is sent twice at most', async () => {
    const scene = await openScene()
    const instance = attached(scene)
    scene.sandbox.revoke()
    const result = await collect(storm([instance]))
    report('on a token that was revoked', scene, result)
    expect(result).toEqual({ succeeded: calls, failures: new Map() })
    expect(scene.tokenRequests()).toBe(1)
    expect(scene.statuses().length).toBeLessThanOrEqual(2 * calls)
    expect(scene.statuses().filter((status) => status === 200)).toHaveLength(calls)
  })

  it('whose renewal is refused settles with one typed error each, after one token request', async () => {
    const scene = await openScene()
    const instance = attached(scene)
    scene.clock.advance('90d')
    scene.sandbox.failNext({ error: 'invalid_client', match: { path: '/oauth/token' } })
    const promises = storm([instance])
    const result = await collect(promises)
    report('whose renewal is refused', scene, result)
    expect(result.succeeded).toBe(0)
    expect([...result.failures.values()]).toEqual([calls])
    const errors = await Promise.all(promises.map((promise) => promise.catch((error: unknown) => error)))
    expect(errors.every((error) => GrantsError.isInstance(error))).toBe(true)
    expect(new Set(errors).size).toBe(calls)
    expect(scene.tokenRequests()).toBe(1)
    expect(scene.statuses()).toEqual([])
  })

  it('whose renewal fails for now settles too; the next call tries again, but not at once', async () => {
    const scene = await openScene()
    const instance = attached(scene)
    scene.clock.advance('90d')
    scene.sandbox.failNext({ status: 502, body: '<h1>Bad gateway</h1>', match: { path: '/oauth/token' } })
    const result = await collect(storm([instance]))
    report('whose renewal fails for now', scene, result)
    expect(result.succeeded).toBe(0)
    expect(scene.tokenRequests()).toBe(1)
    await expect(instance.get('/v1/devices')).rejects.toMatchObject({ code: 'renewal_postponed' })
    expect(scene.tokenRequests()).toBe(1)
    scene.clock.advance('10m')
    expect((await instance.get('/v1/devices')).status).toBe(200)
    expect(scene.tokenRequests()).toBe(2)
  })

  it('of which half abort leaves the others to the same one renewal', async () => {
    const scene = await openScene()
    const instance = attached(scene)
    scene.clock.advance('90d')
    const controllers = Array.from({ length: calls / 2 }, () => new AbortController())
    const promises = storm([instance], { signals: controllers.map(({ signal }) => signal) })
    // In the same tick: all of them wait, and none has been sent.
    await Promise.resolve()
    for (const controller of controllers) controller.abort()
    const result = await collect(promises)
    report('of which half abort', scene, result)
    expect(result).toEqual({ succeeded: calls / 2, failures: new Map([['ERR_CANCELED', calls / 2]]) })
    expect(scene.tokenRequests()).toBe(1)
    expect(scene.statuses()).toHaveLength(calls / 2)
  })
})
