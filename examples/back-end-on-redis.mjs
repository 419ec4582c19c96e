// @ts-check
// A back end for the customers of a product. Start as many processes as you like, on one server or many: through Redis
// they share each customer's token, renew it once, and stay below Particle's limits together.
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
redis.connect().catch(() => {}) // not awaited: the store waits for it, and the process starts without Redis
const customers = createSessionPool({
  client: productClient({ id: env.PARTICLE_CLIENT_ID, secret: env.PARTICLE_CLIENT_SECRET }),
  baseUrl: env.PARTICLE_BASE_URL,
  store: redisStore(redis),
})

const server = createServer(async (request, response) => {
  const [, path, name] = (request.url ?? '').split('/')
  if (path !== 'customers' || !name) {
    response.writeHead(404).end('GET /customers/NAME\n')
    return
  }
  try {
    // Before this line, check who may ask for which customer.
    const devices = await customers.customer(decodeURIComponent(name)).fetch('/v1/devices')
    response.writeHead(devices.status, { 'content-type': 'application/json' }).end(await devices.text())
  } catch (error) {
    response.writeHead(toStatus(error))
    response.end(GrantsError.isInstance(error) ? `${error.message}\n` : 'Something failed.\n')
  }
})

/** @param {unknown} error */
function toStatus(error) {
  if (!GrantsError.isInstance(error)) return 500
  if (error.code === 'unknown_customer') return 404
  return error.retry === 'later' ? 503 : 502
}

server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address())
  console.log(`http://127.0.0.1:${port}/customers/NAME`)
})
process.once('SIGTERM', () => server.close(() => customers.idle().then(() => redis.destroy())))
