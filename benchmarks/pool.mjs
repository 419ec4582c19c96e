// What a customer costs in a pool that holds them all: heap for each session, and time for each `getAccessToken()` whose
// token is cached. `npm run bench pool`. No network, and a store that keeps nothing, so that only core is measured.
import { createSessionPool, customer, productClient } from '@particle-grants/core'

const sizes = (process.argv[2] ?? '1000,10000,100000,1000000').split(',').map(Number)
const calls = 200_000

const store = {
  load: async () => undefined,
  save: async () => '1',
  remove: async () => {},
  withLock: (_key, task) => task(new AbortController().signal),
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
    const name = `customer-${index}@example.com`
    const expiresAt = Date.now() + 3_600_000
    await pool.customer(name).setToken({ accessToken, expiresAt, subject: customer(name) })
  }
  const bytes = heap() - before
  const started = performance.now()
  for (let call = 0; call < calls; call += 1) {
    await pool.customer(`customer-${(call * 7919) % size}@example.com`).getAccessToken()
  }
  const nanoseconds = ((performance.now() - started) * 1e6) / calls
  return { size, bytes, nanoseconds }
}

if (globalThis.gc === undefined) {
  console.error('Run with node --expose-gc, or by npm run bench pool.')
  process.exit(1)
}

console.log('customers   heap/session   ns/getAccessToken   × first')
let first
for (const size of sizes) {
  const { bytes, nanoseconds } = await measure(size)
  first ??= nanoseconds
  const columns = [
    size.toLocaleString('en').padStart(9),
    `${Math.round(bytes / size).toLocaleString('en')} B`.padStart(13),
    Math.round(nanoseconds).toLocaleString('en').padStart(20),
    (nanoseconds / first).toFixed(2).padStart(10),
  ]
  console.log(columns.join(''))
}
