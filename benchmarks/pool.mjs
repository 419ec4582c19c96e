// What a customer costs in a pool that holds them all: heap for each session, and time for each `accessToken()` whose
// token is at hand. `npm run bench pool`. No network, and a store that keeps nothing,
// so that only core is measured.
import { createSessionPool, productClient } from '@particle-grants/core'

const sizes = (process.argv[2] ?? '1000,10000,100000,1000000').split(',').map(Number)
const calls = 200_000

const store = {
  load: async () => undefined,
  save: async () => '1',
  remove: async () => {},
  list: async () => [],
  exclusively: (_key, task) => task({ signal: new AbortController().signal }),
  close: async () => {},
}

function heap() {
  globalThis.gc()
  globalThis.gc()
  return process.memoryUsage().heapUsed
}

async function measure(size) {
  const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
  const before = heap()
  const pool = createSessionPool({ client, store, maxSessions: size })
  for (let index = 0; index < size; index += 1) {
    const accessToken = index.toString(16).padStart(40, '0')
    await pool
      .customer(`customer-${index}@example.com`)
      .adopt({ accessToken, expiresAt: Date.now() + 3_600_000 })
  }
  const bytes = heap() - before
  const started = performance.now()
  for (let call = 0; call < calls; call += 1) {
    await pool.customer(`customer-${(call * 7919) % size}@example.com`).accessToken()
  }
  const nanoseconds = ((performance.now() - started) * 1e6) / calls
  return { size, kept: pool.size, bytes, nanoseconds }
}

if (globalThis.gc === undefined) {
  console.error('Run with node --expose-gc, or by npm run bench pool.')
  process.exit(1)
}

console.log('customers     in memory   heap/session   ns/accessToken   × first')
let first
for (const size of sizes) {
  const { kept, bytes, nanoseconds } = await measure(size)
  first ??= nanoseconds
  const columns = [
    size.toLocaleString('en').padStart(9),
    kept.toLocaleString('en').padStart(13),
    `${Math.round(bytes / size).toLocaleString('en')} B`.padStart(15),
    Math.round(nanoseconds).toLocaleString('en').padStart(17),
    (nanoseconds / first).toFixed(2).padStart(10),
  ]
  console.log(columns.join(''))
}
