// @ts-check
// A back end for the customers of a product. Start it as often as you like, on one server or many: by Redis they share
// each customer's token, renew it once between them, and keep together below Particle's limits.
import { createServer } from 'node:http'
import { createSessionPool, GrantsError, productClient } from '@particle-grants/core'
import { redisStore } from '@particle-grants/store-redis'
import { createClient } from 'redis'
import { fromEnvironment } from './lib/environment.mjs'

const env = fromEnvironment({
  PARTICLE_CLIENT_ID: 'my-product-1234',
  PARTICLE_CLIENT_SECRET: 'product-secret',
})

const redis = createClient({ url: process.env.REDIS_URL ?? 'redis://127.0.0.1:6379' })
redis.on('error', (error) => console.error(`Redis: ${error.message}`))
await redis.connect()
const pool = createSessionPool({
  client: productClient({ id: env.PARTICLE_CLIENT_ID, secret: env.PARTICLE_CLIENT_SECRET }),
  baseUrl: env.PARTICLE_BASE_URL,
  store: redisStore(redis),
})

const server = createServer(async (request, response) => {
  const [, customers, name] = (request.url ?? '').split('/')
  if (customers !== 'customers' || !name) {
    response.writeHead(404).end('GET /customers/NAME\n')
    return
  }
  try {
    // Who may ask for whom is yours to decide, before this line.
    const devices = await pool.customer(decodeURIComponent(name)).fetch('/v1/devices')
    response.writeHead(devices.status, { 'content-type': 'application/json' }).end(await devices.text())
  } catch (error) {
    response.writeHead(502).end(GrantsError.isInstance(error) ? `${error.message}\n` : 'Something failed.\n')
  }
})
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(
    `http://127.0.0.1:${/** @type {import('node:net').AddressInfo} */ (server.address()).port}/customers/NAME`,
  )
})
process.once('SIGTERM', () => server.close(() => pool.settled().then(() => redis.destroy())))
