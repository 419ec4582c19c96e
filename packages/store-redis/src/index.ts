export type { RedisStoreOptions } from './options.ts'
export type { IoredisClient, NodeRedis4Client, NodeRedisClient, RedisClient } from './redis-client.ts'
export { redisStore } from './redis-store.ts'
