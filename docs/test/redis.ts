import { reportSkipped } from '@particle-grants/test-kit/levels'
import { expect } from 'vitest'
import { RedisServer } from '../../packages/store-redis/test/redis-server.ts'

const needed = (process.env.PARTICLE_GRANTS_NEED ?? '').split(',').includes('redis')

/** A Redis server for one sample; where the machine has none, a line says what is left out. */
export async function startRedis(): Promise<RedisServer | 'left out'> {
  try {
    return await RedisServer.start('redis-server')
  } catch (error) {
    expect(needed, `PARTICLE_GRANTS_NEED names redis, but: ${error}`).toBe(false)
    reportSkipped('the sample of the guide to many customers', 'there is no redis-server')
    return 'left out'
  }
}
