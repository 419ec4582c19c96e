// @ts-check
// Starts the sign-in server. Start as many processes as you like: Redis has each sign-in, also one that waits for its code.
import { serve } from '@hono/node-server'
import { developerClient, productClient } from '@particle-grants/core'
import { redisStore } from '@particle-grants/store-redis'
import { createClient } from 'redis'
import { createApp } from './app.mjs'

const { PARTICLE_CLIENT_ID: id, PARTICLE_CLIENT_SECRET: secret = '', PORT = '0' } = process.env
// Signs the device cookies. All processes need the same, or each knows only the browsers that signed in to it.
const { DEVICE_KEY: key = crypto.randomUUID() } = process.env

const redis = createClient({ url: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379' })
redis.on('error', (error) => console.error(`Redis: ${error.message}`))
redis.connect().catch(() => {}) // not awaited: the store waits for it, and the process starts without Redis

/** Counts over half an hour, for all processes. A command that cannot be sent within 5 s rejects. */
async function countAttempt(/** @type {string} */ device) {
  const commands = redis.withCommandOptions({ timeout: 5000 })
  await commands.set(`device:${device}`, 0, { expiration: { type: 'EX', value: 1800 }, condition: 'NX' })
  return commands.incr(`device:${device}`)
}

// With a product's client its customers sign in; without one, developers.
const client = id === undefined ? developerClient() : productClient({ id, secret })
const app = createApp(
  { client, store: redisStore(redis), baseUrl: process.env.PARTICLE_BASE_URL },
  { key, countAttempt },
)

const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(PORT) }, ({ port }) => {
  console.log(`http://localhost:${port}/`)
})
process.once('SIGTERM', () => server.close(() => redis.destroy()))
