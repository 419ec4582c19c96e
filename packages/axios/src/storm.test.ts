import { createSession, customer, productClient } from '@particle-grants/core'
import type { AxiosInstance } from 'axios'
import { beforeAll, describe, expect, it } from 'vitest'
import { recorder, refuse } from '../test/recorder.ts'
import { openScene, product, type Scene, sessionOptions } from '../test/scene.ts'
import { openSceneElsewhere } from '../test/scene-elsewhere.ts'
import { expectOwnErrors, pooled, report, storm, tally, type Way, ways } from '../test/storm.ts'
import { until } from '../test/until.ts'
import { newest, type Version, versions } from '../test/versions.ts'

const { axios, attachSession } = newest
const oldest = versions[0] as Version

function attached(scene: Scene, way: Way, origin = scene.baseUrl): AxiosInstance {
  const instance = pooled(axios, way, origin)
  attachSession(instance, scene.session, { origins: [origin] })
  return instance
}

/** The first half of the calls, each of which can be aborted. */
function halfOf({ calls }: Way) {
  const controllers = Array.from({ length: calls / 2 }, () => new AbortController())
  const abort = () => {
    for (const controller of controllers) controller.abort()
  }
  return { controllers, signals: controllers.map(({ signal }) => signal), abort }
}

describe.each(ways)('a storm of $calls calls, $title', { timeout: 180_000 }, (way) => {
  const { calls, spread, title } = way
  // The first connections of a process take longest; none of the counts depends on it.
  beforeAll(() => axios.get('http://127.0.0.1:1/').catch(() => {}))

  it.each([newest, oldest])(
    'on a token that has run out costs one token request, and no 401, $name',
    async ({ axios, attachSession, name }) => {
      const scene = await openScene()
      const instance = pooled(axios, way, scene.baseUrl)
      attachSession(instance, scene.session)
      scene.clock.advance('90d')
      const results = await storm(way, [instance], { onBegun: scene.holdTokenRequests() })
      report(`on a token that has run out, ${title}, ${name}`, scene, results)
      expect(tally(results)).toEqual({ answered: calls })
      expect(scene.tokenRequests()).toBe(1)
      expect(scene.statuses()).toEqual(Array.from({ length: calls }, () => 200))
    },
  )

  it('by two instances and a single-use refresh token costs one as well', async () => {
    const scene = await openScene()
    const session = createSession({
      ...sessionOptions(scene),
      fetch: scene.fetch,
      client: productClient(product),
      subject: customer('jane@example.com'),
    })
    await session.login({ username: 'jane@example.com', password: 'janes own password' })
    const instances = [pooled(axios, way, scene.baseUrl), pooled(axios, way, scene.baseUrl)]
    for (const instance of instances) attachSession(instance, session)
    scene.clock.advance('90d')
    const results = await storm(way, instances, { onBegun: scene.holdTokenRequests() })
    report(`by two instances with a single-use refresh token (and its sign-in), ${title}`, scene, results)
    expect(tally(results)).toEqual({ answered: calls })
    expect(scene.grants()).toEqual(['password', 'refresh_token'])
  })

  it('on a token that was revoked costs one, and each call is sent twice at most', async () => {
    const scene = await openScene()
    const instance = attached(scene, way)
    scene.sandbox.revoke()
    const results = await storm(way, [instance], { onBegun: scene.holdTokenRequests() })
    report(`on a token that was revoked, ${title}`, scene, results)
    expect(tally(results)).toEqual({ answered: calls })
    expect(scene.tokenRequests()).toBe(1)
    expect(scene.statuses().length).toBeLessThanOrEqual(2 * calls)
    expect(scene.statuses().filter((status) => status === 200)).toHaveLength(calls)
  })

  it('whose renewal is refused settles with one typed error each, after one token request', async () => {
    const scene = await openScene()
    const instance = attached(scene, way)
    scene.clock.advance('90d')
    scene.sandbox.failNext({ error: 'invalid_client', match: { path: '/oauth/token' } })
    const results = await storm(way, [instance], { onBegun: scene.holdTokenRequests() })
    report(`whose renewal is refused, ${title}`, scene, results)
    expect(tally(results)).toEqual({ grant_refused: calls })
    expectOwnErrors(results)
    expect(scene.tokenRequests()).toBe(1)
    expect(scene.statuses()).toEqual([])
  })

  it('whose renewal fails for now settles too; the next call tries again, but not at once', async () => {
    const scene = await openScene()
    const instance = attached(scene, way)
    scene.clock.advance('90d')
    scene.sandbox.failNext({ status: 502, body: '<h1>Bad gateway</h1>', match: { path: '/oauth/token' } })
    const results = await storm(way, [instance], { onBegun: scene.holdTokenRequests() })
    report(`whose renewal fails for now, ${title}`, scene, results)
    expect(tally(results)).toEqual({ unexpected_answer: calls })
    expectOwnErrors(results)
    expect(scene.tokenRequests()).toBe(1)
    await expect(instance.get('/v1/devices')).rejects.toMatchObject({ code: 'renewal_postponed' })
    expect(scene.tokenRequests()).toBe(1)
    scene.clock.advance('10m')
    expect((await instance.get('/v1/devices')).status).toBe(200)
    expect(scene.tokenRequests()).toBe(2)
  })

  it('of which half abort while they wait leaves the others to the same one renewal', async () => {
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
    report(`of which half abort while they wait, ${title}`, scene, results)
    expect(tally(results)).toEqual({ ERR_CANCELED: calls / 2, answered: calls / 2 })
    expect(scene.tokenRequests()).toBe(1)
    expect(scene.statuses()).toHaveLength(calls / 2)
  })

  it('of which half abort on the wire leaves the others alone', async () => {
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

  it('of which half abort after a 401 sends only the others again', async () => {
    const scene = await openScene()
    const dead = `Bearer ${scene.session.peekToken()}`
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
    // Those that come after the first 401 wait, and are not sent.
    await until(() => haveBegun && sentBy(true).length >= (spread > 0 ? 1 : calls))
    abort()
    release()
    const results = await ending
    expect(tally(results)).toEqual({ ERR_CANCELED: calls / 2, answered: calls / 2 })
    expect(scene.tokenRequests()).toBe(1)
    expect(sentBy(false)).toHaveLength(calls / 2)
  })
})

it('a storm all at once against a server of its own process costs one token request', async () => {
  const scene = await openSceneElsewhere()
  const way = { ...(ways[2] as Way), calls: ways[0]?.calls ?? 0 }
  const instance = pooled(axios, way, scene.baseUrl)
  attachSession(instance, scene.session)
  await scene.advance('90d')
  const results = await storm(way, [instance])
  expect(tally(results)).toEqual({ answered: way.calls })
  expect(scene.tokenRequests()).toBe(1)
  const statuses = (await scene.journal())
    .filter(({ path }) => path !== '/oauth/token')
    .map(({ status }) => status)
  expect(new Set(statuses)).toEqual(new Set([200]))
  process.stdout.write(
    `storm of ${way.calls} all at once: all answered; ${scene.tokenRequests()} token requests, none of the last ${statuses.length} API requests 401\n`,
  )
}, 180_000)
