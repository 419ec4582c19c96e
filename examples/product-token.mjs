// @ts-check
// A product's own token, with the product's id and secret. It is renewed automatically; MFA is never required.
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
// Without this line, the first call requests a token with the server's own lifetime, 90 days.
const { tokens } = await session.requestClientToken({ expiresIn: 3600 })
console.log(
  `A token of ${env.PARTICLE_CLIENT_ID}, valid until ${new Date(tokens.expiresAt ?? 0).toISOString()}.`,
)

try {
  const response = await session.fetch('/v1/access_tokens/current')
  console.log(`The API responds with ${response.status}.`)
} finally {
  await session.logout()
}
