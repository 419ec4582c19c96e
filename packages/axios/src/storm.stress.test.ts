import { createSession, newSignInId, productClient } from '@particle-grants/core'
import type { AxiosInstance } from 'axios'
import { describe, expect, it } from 'vitest'
import { openChildScene } from '../test/child-scene.ts'
import { recorder, refuse } from '../test/recorder.ts'
import { openScene, product, type Scene, sessionOptions } from '../test/scene.ts'
import { expectOwnErrors, pooled, report, storm, tally, type Way, ways } from '../test/storm.ts'
import { until } from '../test/until.ts'
import { newest, type Version, versions } from '../test/versions.ts'

const { axios, attachSession } = newest
const oldest = versions[0] as Version

function attached(scene: Scene, way: Way, origin = scene.baseUrl): AxiosInstance {
  const instance = pooled(axios, way, origin)
  attachSession(instance, scene.session, { allowedOrigins: [origin] })
  return instance
}

/** Makes the first half of the calls abortable. */
function halfOf({ calls }: Way) {
  const controllers = Array.from({ length: calls / 2 }, () => new AbortController())
  const abort = () => {
    for (const controller of controllers) controller.abort()
  }
  return { controllers, signals: controllers.map(({ signal }) => signal), abort }
}

describe.each(ways)('a storm of $calls calls, $title', { timeout: 600_000 }, (way) => {
  const { calls, spread, title } = way

  it.each([newest, oldest])(
    'sends one token request and no call that fails with 401 after the token expired, $name',
    async ({ axios, attachSession, name }) => {
      const scene = await openScene()
      const instance = pooled(axios, way, scene.baseUrl)
      attachSession(instance, scene.session)
      scene.clock.advance('90d')
      const results = await storm(way, [instance], { onBegun: scene.holdTokenRequests() })
      report(`after the token expired, ${title}, ${name}`, scene, results)
      expect(tally(results)).toEqual({ answered: calls })
      expect(scene.tokenRequests()).toBe(1)
      expect(scene.statuses()).toEqual(Array.from({ length: calls }, () => 200))
    },
  )

  it('sends one token request for two instances that share a single-use refresh token', async () => {
    const scene = await openScene()
    const session = createSession({
      ...sessionOptions(scene),
      fetch: scene.fetch,
      client: productClient(product),
      signInId: newSignInId(),
    })
    await session.login({ username: 'jane@example.com', password: 'janes own password' })
    const instances = [pooled(axios, way, scene.baseUrl), pooled(axios, way, scene.baseUrl)]
    for (const instance of instances) attachSession(instance, session)
    scene.clock.advance('90d')
    const results = await storm(way, instances, { onBegun: scene.holdTokenRequests() })
    report(`of two instances, ${title} (with the login)`, scene, results)
    expect(tally(results)).toEqual({ answered: calls })
    expect(scene.grants()).toEqual(['password', 'refresh_token'])
  })

  it('sends one token request and each call at most twice after the token was revoked', async () => {
    const scene = await openScene()
    const instance = attached(scene, way)
    scene.sandbox.revoke()
    const results = await storm(way, [instance], { onBegun: scene.holdTokenRequests() })
    report(`after the token was revoked, ${title}`, scene, results)
    expect(tally(results)).toEqual({ answered: calls })
    expect(scene.tokenRequests()).toBe(1)
    expect(scene.statuses().length).toBeLessThanOrEqual(2 * calls)
    expect(scene.statuses().filter((status) => status === 200)).toHaveLength(calls)
  })

  it('rejects each call with its own typed error after one refused renewal', async () => {
    const scene = await openScene()
    const instance = attached(scene, way)
    scene.clock.advance('90d')
    scene.sandbox.failNext({ error: 'invalid_client', match: { path: '/oauth/token' } })
    const results = await storm(way, [instance], { onBegun: scene.holdTokenRequests() })
    report(`with a refused renewal, ${title}`, scene, results)
    expect(tally(results)).toEqual({ oauth_error: calls })
    expectOwnErrors(results)
    expect(scene.tokenRequests()).toBe(1)
    expect(scene.statuses()).toEqual([])
  })

  it('rejects each call after a temporary failure of the renewal, and renews again after the back-off', async () => {
    const scene = await openScene()
    const instance = attached(scene, way)
    scene.clock.advance('90d')
    scene.sandbox.failNext({ status: 502, body: '<h1>Bad gateway</h1>', match: { path: '/oauth/token' } })
    const results = await storm(way, [instance], { onBegun: scene.holdTokenRequests() })
    report(`with a renewal that fails temporarily, ${title}`, scene, results)
    expect(tally(results)).toEqual({ temporarily_unavailable: calls })
    expectOwnErrors(results)
    expect(scene.tokenRequests()).toBe(1)
    await expect(instance.get('/v1/devices')).rejects.toMatchObject({ code: 'renewal_backoff' })
    expect(scene.tokenRequests()).toBe(1)
    scene.clock.advance('10m')
    expect((await instance.get('/v1/devices')).status).toBe(200)
    expect(scene.tokenRequests()).toBe(2)
  })

  it('answers the other half when half of the calls abort while they wait for the renewal', async () => {
    const scene = await openScene()
    const instance = attached(scene, way)
    scene.clock.advance('90d')
    const { signals, abort } = halfOf(way)
    const release = scene.holdTokenRequests()
    const results = await storm(way, [instance], {
      signals,
      onBegun: () => {
        abort()
        release()
      },
    })
    report(`with aborts while waiting, ${title}`, scene, results)
    expect(tally(results)).toEqual({ ERR_CANCELED: calls / 2, answered: calls / 2 })
    expect(scene.tokenRequests()).toBe(1)
    expect(scene.statuses()).toHaveLength(calls / 2)
  })

  it('answers the other half when half of the calls abort after they were sent', async () => {
    const scene = await openScene()
    const { controllers, signals } = halfOf(way)
    const server = await recorder(({ url }, response) => {
      const controller = controllers[Number(url.split('=')[1])]
      if (controller === undefined) response.end('{}')
      else controller.abort()
    })
    const instance = attached(scene, way, server.url)
    scene.clock.advance('90d')
    const results = await storm(way, [instance], { signals, onBegun: scene.holdTokenRequests() })
    expect(tally(results)).toEqual({ ERR_CANCELED: calls / 2, answered: calls / 2 })
    expect(scene.tokenRequests()).toBe(1)
    expect(new Set(server.requests.map(({ url }) => url)).size).toBe(calls)
    expect(server.requests).toHaveLength(calls)
  })

  it('replays only the other half when half of the calls abort after a 401', async () => {
    const scene = await openScene()
    const dead = `Bearer ${scene.session.peekAccessToken()}`
    const server = await recorder(({ authorization }, response) =>
      authorization === dead ? refuse(response) : response.end('{}'),
    )
    const sentBy = (isDead: boolean) =>
      server.requests.filter(({ authorization }) => (authorization === dead) === isDead)
    const instance = attached(scene, way, server.url)
    const { signals, abort } = halfOf(way)
    const release = scene.holdTokenRequests()
    let haveBegun = false
    const onBegun = () => {
      haveBegun = true
    }
    const ending = storm(way, [instance], { signals, onBegun })
    // Calls that start after the first 401 wait for the renewal and are not sent.
    await until(() => haveBegun && sentBy(true).length >= (spread > 0 ? 1 : calls))
    abort()
    release()
    const results = await ending
    expect(tally(results)).toEqual({ ERR_CANCELED: calls / 2, answered: calls / 2 })
    expect(scene.tokenRequests()).toBe(1)
    expect(sentBy(false)).toHaveLength(calls / 2)
  })
})

it('a storm against a sandbox in a child process costs one token request', async () => {
  const scene = await openChildScene()
  const way = ways[2] as Way
  const instance = pooled(axios, way, scene.baseUrl)
  attachSession(instance, scene.session)
  await scene.advance('90d')
  const results = await storm(way, [instance])
  expect(tally(results)).toEqual({ answered: way.calls })
  expect(scene.tokenRequests()).toBe(1)
  const statuses = (await scene.journal()).filter(({ path }) => path !== '/oauth/token').map(({ status }) => status)
  expect(new Set(statuses)).toEqual(new Set([200]))
}, 600_000)
