// One of several processes that share a store. Its orders come as one line of JSON on stdin; it tells what it does in
// lines on stdout, and ends when its callers have what they asked for.
import { createHash } from 'node:crypto'
import { createInterface } from 'node:readline'
import { createSession, customer, type Fetch, productClient } from '@particle-grants/core'
import { openStore, type StoreOrders } from './open-store.ts'

/** What a caller is told. */
export interface CallerOrders {
  readonly baseUrl: string
  readonly client: { readonly id: string; readonly secret: string }
  readonly customer: string
  readonly store: StoreOrders
  /** How far this process's clock is ahead of the machine's, ms. */
  readonly ahead: number
  readonly callers: number
}

/** What a caller reports at its end. Tokens are told apart by a hash. */
export interface CallerReport {
  readonly tokens: readonly string[]
  readonly failures: readonly string[]
}

const say = (line: string) => process.stdout.write(`${line}\n`)
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const orders = JSON.parse((await lines.next()).value) as CallerOrders
const { store, close } = await openStore(orders.store)

const fetchAndTell: Fetch = (url, init) => {
  say(`sending ${new URLSearchParams(init.body).get('grant_type')}`)
  return fetch(url, init)
}

const session = createSession({
  client: productClient(orders.client),
  subject: customer(orders.customer),
  baseUrl: orders.baseUrl,
  store,
  fetch: fetchAndTell,
  clock: { now: () => Date.now() + orders.ahead },
  // Who is slow here is starved by a busy machine: nothing may be given up for that.
  timeout: 300_000,
})

await session.restore()
say('ready')
await lines.next()

const outcomes = await Promise.allSettled(
  Array.from({ length: orders.callers }, () => session.accessToken({ timeout: 300_000 })),
)
const tokens = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [hashed(outcome.value)] : []))
const failures = outcomes.flatMap((outcome) =>
  outcome.status === 'rejected' ? [String(outcome.reason.code)] : [],
)
await session.settled()
const report: CallerReport = { tokens: [...new Set(tokens)], failures }
say(JSON.stringify(report))
await close()
process.exit()

function hashed(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 12)
}
