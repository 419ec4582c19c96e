// Renews a customer's token again and again, and signs her in again where that is needed, until its stdin ends or it is
// killed. Its orders come as one line of JSON on stdin; it says `renewed` or `signed in` for each.
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { createSession, customer, GrantsError, productClient } from '@particle-grants/core'
import { openStore, type StoreOrders } from './open-store.ts'

/** What a renewer is told. */
export interface RenewerOrders {
  readonly baseUrl: string
  readonly client: { readonly id: string; readonly secret: string }
  readonly customer: string
  readonly password: string
  readonly store: StoreOrders
  /** How many times as fast as the machine's its clock runs: the limit of token requests is by the minute. */
  readonly speed: number
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const orders = JSON.parse((await lines.next()).value) as RenewerOrders
const { store, close } = await openStore(orders.store)
const session = createSession({
  client: productClient(orders.client),
  subject: customer(orders.customer),
  baseUrl: orders.baseUrl,
  store,
  clock: {
    now: () => Date.now() * orders.speed,
    sleep: (milliseconds) => setTimeout(milliseconds / orders.speed),
  },
})

let going = true
void lines.next().then(() => {
  going = false
})

while (going) process.stdout.write(`${await once()}\n`)
await close()
process.exit()

async function once(): Promise<string> {
  try {
    await session.renew()
    return 'renewed'
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown)) throw thrown
    if (thrown.code === 'reauthentication_required') return signIn()
    await setTimeout(20)
    return thrown.code
  }
}

async function signIn(): Promise<string> {
  try {
    await session.login({ username: orders.customer, password: orders.password })
    return 'signed in'
  } catch (thrown) {
    await setTimeout(20)
    return GrantsError.isInstance(thrown) ? thrown.code : String(thrown)
  }
}
