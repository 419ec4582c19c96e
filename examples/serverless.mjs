// @ts-check
// A serverless function. Its instances share the product's token through Redis, and `waitUntil` keeps an instance alive
// until a background renewal is saved.
import { AsyncLocalStorage } from 'node:async_hooks'
import { createSession, productClient } from '@particle-grants/core'
import { redisStore } from '@particle-grants/store-redis'
import { createClient } from 'redis'

/** @typedef {{ waitUntil(promise: Promise<unknown>): void }} Context */

const { PARTICLE_CLIENT_ID: id = '', PARTICLE_CLIENT_SECRET: secret = '' } = process.env

const redis = createClient({ url: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379' })
redis.on('error', (error) => console.error(`Redis: ${error.message}`))
redis.connect().catch(() => {})

// In module scope, so that the calls of an instance share the session. Each call has its own context.
const context = /** @type {AsyncLocalStorage<Context>} */ (new AsyncLocalStorage())
const session = createSession({
  client: productClient({ id, secret }),
  store: redisStore(redis),
  baseUrl: process.env.PARTICLE_BASE_URL,
  waitUntil: (promise) => context.getStore()?.waitUntil(promise),
})

async function listDevices() {
  const response = await session.fetch('/v1/devices')
  return new Response(response.body, { status: response.status })
}

export default {
  /** @param {Request} _request @param {unknown} _env @param {Context} requestContext */
  fetch: (_request, _env, requestContext) => context.run(requestContext, listDevices),
}
