export type { RedisStoreOptions } from './options.ts'
export type { IoredisClient, NodeRedisClient, RedisClient } from './redis-client.ts'
export { redisStore } from './redis-store.ts'
