import { createSandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { describeWithService } from '@particle-grants/test-kit/services'
import type { createClient } from 'redis'
import { expect, it, onTestFinished, vi } from 'vitest'
import { RedisServer } from '../../packages/store-redis/test/redis-server.ts'

const clients = vi.hoisted((): { destroy(): void }[] => [])
// The function never closes its client.
vi.mock('redis', async (importOriginal) => {
  const redis = await importOriginal<{ createClient: typeof createClient }>()
  const openClient = (...options: Parameters<typeof createClient>) => {
    const client = redis.createClient(...options)
    clients.push(client)
    return client
  }
  return { ...redis, createClient: openClient }
})

/** Loads the module again, as a new instance of the function does. */
async function startInstance() {
  vi.resetModules()
  const { default: instance } = await import('../serverless.mjs')
  return instance
}

describeWithService('redis', 'serverless.mjs', () => {
  it('shares one token between its instances, and renews it in the background', async () => {
    const redis = await RedisServer.start('redis-server')
    const sandbox = createSandbox({ accessTokenLifetime: 3600 })
    const server = await listen(sandbox)
    onTestFinished(async () => {
      for (const client of clients.splice(0)) client.destroy()
      vi.unstubAllEnvs()
      await Promise.all([server.close(), redis.remove()])
    })
    vi.stubEnv('PARTICLE_BASE_URL', server.url)
    vi.stubEnv('PARTICLE_CLIENT_ID', 'my-product-1234')
    vi.stubEnv('PARTICLE_CLIENT_SECRET', 'product-secret')
    vi.stubEnv('REDIS_URL', redis.url)

    const promises: Promise<unknown>[] = []
    const context = { waitUntil: (promise: Promise<unknown>) => void promises.push(promise) }
    const call = async ({ fetch }: Awaited<ReturnType<typeof startInstance>>) => {
      const response = await fetch(new Request('https://function.test/'), {}, context)
      return [response.status, await response.json()]
    }
    const instances = [await startInstance(), await startInstance()] as const
    const devices = [200, [expect.objectContaining({ name: 'garden' }), expect.anything()]]
    expect(await Promise.all([call(instances[0]), call(instances[1]), call(instances[0])])).toEqual(
      Array(3).fill(devices),
    )
    const tokenRequests = () => sandbox.requests().filter(({ path }) => path === '/oauth/token').length
    expect(tokenRequests()).toBe(1)

    // Shortly before expiry the call is answered with the current token, and the renewal is the context's to wait for.
    await Promise.all(promises.splice(0))
    vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 58 * 60_000)
    sandbox.clock.advance('58m')
    onTestFinished(() => void vi.restoreAllMocks())
    expect(await call(instances[0])).toEqual(devices)
    await Promise.all(promises)
    expect(tokenRequests()).toBe(2)
  })
})
