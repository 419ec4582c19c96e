// @ts-check
// A token for one customer of a product, requested by a back end: with the product's id and secret, without a password.
import { createSession, customer, productClient } from '@particle-grants/core'
import { fromEnvironment } from './lib/environment.mjs'

const env = fromEnvironment({
  PARTICLE_CLIENT_ID: 'my-product-1234',
  PARTICLE_CLIENT_SECRET: 'product-secret',
  PARTICLE_CUSTOMER: 'jane@example.com',
})

const session = createSession({
  client: productClient({ id: env.PARTICLE_CLIENT_ID, secret: env.PARTICLE_CLIENT_SECRET }),
  subject: customer(env.PARTICLE_CUSTOMER),
  baseUrl: env.PARTICLE_BASE_URL,
})

try {
  const response = await session.fetch('/v1/devices')
  console.log(`A token for ${session.state.subject?.name}. The API responds with ${response.status}.`)
} finally {
  await session.logout()
}
