// @ts-check
// A back end for the customers of a product. Start as many processes as you like: through Redis they share each
// customer's token and its renewal.
import { serve } from '@hono/node-server'
import { createSessionPool, GrantsError, productClient } from '@particle-grants/core'
import { redisStore } from '@particle-grants/store-redis'
import { Hono } from 'hono'
import { createClient } from 'redis'

const { PARTICLE_CLIENT_ID: id = '', PARTICLE_CLIENT_SECRET: secret = '', PORT = '0' } = process.env

const redis = createClient({ url: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379' })
redis.on('error', (error) => console.error(`Redis: ${error.message}`))
redis.connect().catch(() => {}) // not awaited: the store waits for it, and the process starts without Redis

const client = productClient({ id, secret })
const customers = createSessionPool({
  client,
  store: redisStore(redis),
  baseUrl: process.env.PARTICLE_BASE_URL,
})

const app = new Hono()
app.get('/customers/:name/devices', async (context) => {
  // Before this line, check who may act for which customer.
  const response = await customers.customer(context.req.param('name')).fetch('/v1/devices')
  return context.body(await response.text(), /** @type {200} */ (response.status))
})
app.onError((error, context) => {
  // If the API cannot be reached, session.fetch rejects as fetch does, with a TypeError.
  if (error instanceof TypeError) return context.text('Particle cannot be reached. Try again later.', 503)
  if (!GrantsError.isInstance(error)) throw error
  if (error.code === 'unknown_customer') return context.text(error.message, 404)
  return context.text(error.message, error.retry === 'later' ? 503 : 502)
})

const server = serve({ fetch: app.fetch, hostname: '127.0.0.1', port: Number(PORT) }, ({ port }) => {
  console.log(`http://127.0.0.1:${port}/customers/NAME/devices`)
})
process.once('SIGTERM', () => server.close(() => customers.idle().then(() => redis.destroy())))
