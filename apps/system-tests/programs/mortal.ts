// Renews a customer's token once, as the orders in its last argument say, and says what came of it: `renewed`,
// `signed in`, or the code of an error, and in how many steps. It may be told to die at one of them: as a call of its
// store or of the cloud begins, or as it comes back.
import {
  createSession,
  customer,
  type Fetch,
  GrantsError,
  productClient,
  type Store,
} from '@particle-grants/core'
import { fileStore } from '@particle-grants/store-file'

/** What a mortal is told. */
export interface MortalOrders {
  readonly baseUrl: string
  readonly client: { readonly id: string; readonly secret: string }
  readonly customer: string
  readonly password: string
  readonly directory: string
  /** The time by its clock, ms since 1970. It goes on by what is slept alone. */
  readonly now: number
  /** It is killed at this step, counted from 1, or as a token request goes out or has been answered; `null`: never. */
  readonly diesAt: number | 'sending' | 'answered' | null
}

const orders = JSON.parse(process.argv.at(-1) ?? '') as MortalOrders
let steps = 0

function step(name?: 'sending' | 'answered'): void {
  steps += 1
  if (orders.diesAt === steps || (name !== undefined && orders.diesAt === name)) {
    process.kill(process.pid, 'SIGKILL')
  }
}

async function between<T>(call: () => Promise<T>): Promise<T> {
  step()
  try {
    return await call()
  } finally {
    step()
  }
}

const fetchAndStep: Fetch = async (url, init) => {
  step('sending')
  const answer = await fetch(url, init)
  step('answered')
  return answer
}
const inner = fileStore({ directory: orders.directory })
const store: Store = {
  load: (key) => between(() => inner.load(key)),
  save: (key, value, ifVersion) => between(() => inner.save(key, value, ifVersion)),
  remove: (key, ifVersion) => between(() => inner.remove(key, ifVersion)),
  list: () => inner.list(),
  exclusively: (key, task) => between(() => inner.exclusively(key, (lock) => between(() => task(lock)))),
  close: () => inner.close(),
}

let slept = 0
const session = createSession({
  client: productClient(orders.client),
  subject: customer(orders.customer),
  baseUrl: orders.baseUrl,
  store,
  fetch: fetchAndStep,
  clock: {
    now: () => orders.now + slept,
    // Who waits for a place looks again after a while, not a thousand times.
    async sleep(milliseconds) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      slept += Math.max(milliseconds, 5_000)
    },
  },
})

process.stdout.write(`${await once()} in ${steps} steps\n`)
process.exit()

async function once(): Promise<string> {
  try {
    await session.renew()
    return 'renewed'
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown)) throw thrown
    if (thrown.code !== 'reauthentication_required' && thrown.code !== 'not_renewable') return thrown.code
  }
  try {
    await session.login({ username: orders.customer, password: orders.password })
    return 'signed in'
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown)) throw thrown
    return thrown.code
  }
}
