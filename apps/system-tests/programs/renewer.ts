// Renews a customer's token again and again, and signs her in again where that is needed, until its stdin ends or it is
// killed. Its orders come as one line of JSON on stdin. It says `refreshed` when the renewal was its own and is saved,
// `adopted` when somebody else's was there first, `signed in`, or the code of an error.
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { createSession, customer, type Fetch, GrantsError, productClient } from '@particle-grants/core'
import { openStore, type StoreOrders } from './open-store.ts'

/** What a renewer is told. */
export interface RenewerOrders {
  readonly baseUrl: string
  readonly client: { readonly id: string; readonly secret: string }
  readonly customer: string
  readonly password: string
  readonly store: StoreOrders
}

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const orders = JSON.parse((await lines.next()).value) as RenewerOrders
const { store, close } = await openStore(orders.store)
let ownRefreshes = 0
const fetchAndCount: Fetch = async (url, init) => {
  const answer = await fetch(url, init)
  const refreshed = answer.ok && new URLSearchParams(init.body).get('grant_type') === 'refresh_token'
  if (refreshed) ownRefreshes += 1
  return answer
}
const session = createSession({
  client: productClient(orders.client),
  subject: customer(orders.customer),
  baseUrl: orders.baseUrl,
  store,
  fetch: fetchAndCount,
})

let going = true
void lines.next().then(() => {
  going = false
})

while (going) process.stdout.write(`${await once()}\n`)
await close()
process.exit()

async function once(): Promise<string> {
  const before = ownRefreshes
  try {
    await session.renew()
    return ownRefreshes > before ? 'refreshed' : 'adopted'
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown)) throw thrown
    // A refusal leaves a token that is still good in use: somebody has to sign in before its end.
    if (thrown.code === 'reauthentication_required' || thrown.code === 'not_renewable') return signIn()
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
