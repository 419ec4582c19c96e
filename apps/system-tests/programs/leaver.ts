// Asks for a token once, as its orders in its last argument say, and is gone: a process, or a worker of one.
import { createSession, customer, productClient } from '@particle-grants/core'
import { openStore, type StoreOrders } from './open-store.ts'

/** What a leaver is told. */
export interface LeaverOrders {
  readonly baseUrl: string
  readonly client: { readonly id: string; readonly secret: string }
  readonly customer: string
  readonly store: StoreOrders
  /** How far its clock is ahead of the machine's, ms. */
  readonly ahead: number
  /** What it does once it has its token, with the renewal still under way. */
  readonly leaves: 'after settled()' | 'after waitUntil' | 'by having nothing left to do'
}

const orders = JSON.parse(process.argv.at(-1) ?? '') as LeaverOrders
const { store } = await openStore(orders.store)
const under: Promise<unknown>[] = []
const session = createSession({
  client: productClient(orders.client),
  subject: customer(orders.customer),
  baseUrl: orders.baseUrl,
  store,
  clock: { now: () => Date.now() + orders.ahead },
  waitUntil: (promise) => void under.push(promise),
  timeout: 300_000,
})
await session.accessToken()
if (orders.leaves === 'after settled()') {
  await session.settled()
  process.exit()
}
if (orders.leaves === 'after waitUntil') {
  await Promise.all(under)
  process.exit()
}
