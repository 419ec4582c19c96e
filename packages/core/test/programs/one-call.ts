import { createSession, productClient } from '../../src/index.ts'

// Gets a token that is valid for 90 days, uses it, and has nothing else to do.
const body = { token_type: 'bearer', access_token: 'f'.repeat(40), expires_in: 7_776_000 }
const session = createSession({
  client: productClient({ id: 'my-product-1234', secret: 'product-secret' }),
  fetch: async () => Response.json(body),
})
process.stdout.write(`${await session.getAccessToken()}\n`)
session.peekAccessToken()
await session.idle()
