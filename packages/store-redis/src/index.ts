export type { RedisConnection } from './connection.ts'
export type { RedisStoreOptions } from './options.ts'
export { redisStore } from './redis-store.ts'
