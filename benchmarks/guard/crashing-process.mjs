// Requests a token for each of 30 customers at once, on a store that outlives it. Prints how many calls failed, as JSON.
import { createSession, customer, GrantsError, productClient } from '@particle-grants/core'

const { baseUrl, customers, store: location, hasGuard, now } = JSON.parse(process.argv[2])
const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
const store = await openStore()
const clock = { now: () => now }
const results = await Promise.allSettled(
  customers.map((name) =>
    createSession({
      client,
      subject: customer(name),
      baseUrl,
      store,
      clock,
      ...(!hasGuard && { lockoutGuard: false }),
    }).requestClientToken(),
  ),
)
const failures = results.filter(({ status }) => status === 'rejected').map(({ reason }) => reason)
for (const failure of failures) if (!GrantsError.isInstance(failure)) throw failure
process.stdout.write(JSON.stringify({ lost: failures.length, codes: failures.map(({ code }) => code) }))
process.exit()

async function openStore() {
  if (location.directory !== undefined) {
    const { fileStore } = await import('@particle-grants/store-file')
    return fileStore({ directory: location.directory })
  }
  const { redisStore } = await import('@particle-grants/store-redis')
  const { createClient } = await import('redis')
  const redis = createClient({ url: location.url })
  await redis.connect()
  // Short, because the next process waits for the locks of a killed one in real time.
  return redisStore(redis, { leaseMs: 5000 })
}
