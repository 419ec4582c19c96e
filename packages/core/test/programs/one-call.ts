import { createSession, memoryStore, productClient } from '../../src/index.ts'

// A program that gets a token of 90 days, uses it, and has nothing else to do.
const answer = { token_type: 'bearer', access_token: 'f'.repeat(40), expires_in: 7_776_000 }
const session = createSession({
  client: productClient({ id: 'my-product-1234', secret: 'product-secret' }),
  store: memoryStore(),
  fetch: async () => Response.json(answer),
  authorizeOnUse: true,
})
process.stdout.write(`${await session.accessToken()}\n`)
session.peekToken()
await session.settled()
