// @ts-check
// A token for a product's owner, with the product's own id and secret. Renewed by itself; MFA is never asked.
import { createSession, productClient } from '@particle-grants/core'
import { fromEnvironment } from './lib/environment.mjs'

const env = fromEnvironment({
  PARTICLE_CLIENT_ID: 'my-product-1234',
  PARTICLE_CLIENT_SECRET: 'product-secret',
})

const session = createSession({
  client: productClient({ id: env.PARTICLE_CLIENT_ID, secret: env.PARTICLE_CLIENT_SECRET }),
  baseUrl: env.PARTICLE_BASE_URL,
})
const { tokens } = await session.authorize({ expiresIn: 3600 })
console.log(
  `A token of ${env.PARTICLE_CLIENT_ID}, good until ${new Date(tokens.expiresAt ?? 0).toISOString()}.`,
)

try {
  const answer = await session.fetch('/v1/access_tokens/current')
  console.log(`The API answers ${answer.status}.`)
} finally {
  await session.logout()
}
