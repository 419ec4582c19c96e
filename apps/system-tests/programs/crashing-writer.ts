// Renews a customer's token once, signs in if that is necessary, and prints how many steps it took. It can crash at any
// step: before or after a call of its store or of the token endpoint. Its last argument is the input, as JSON.
import { createSession, customer, GrantsError, productClient, type Store } from '@particle-grants/core'
import { openStore, type StoreLocation } from './open-store.ts'
import { signInByPassword } from './sign-in.ts'

export interface CrashingWriterInput {
  readonly baseUrl: string
  readonly client: { readonly id: string; readonly secret: string }
  readonly customer: string
  readonly password: string
  readonly store: StoreLocation
  /** The time of its clock, in milliseconds since 1970. Only sleeping advances it. */
  readonly now: number
  /** The step at which it crashes, counted from 1, or before or after a token request; `null`: never. */
  readonly crashAt: number | 'request' | 'response' | null
}

const input = JSON.parse(process.argv.at(-1) ?? '') as CrashingWriterInput
let steps = 0

function step(name?: 'request' | 'response'): void {
  steps += 1
  if (input.crashAt === steps || (name !== undefined && input.crashAt === name)) {
    process.kill(process.pid, 'SIGKILL')
  }
}

async function withSteps<T>(call: () => Promise<T>): Promise<T> {
  step()
  try {
    return await call()
  } finally {
    step()
  }
}

const opened = await openStore(input.store)
const store: Store = {
  load: (key) => withSteps(() => opened.store.load(key)),
  save: (key, value, ifVersion) => withSteps(() => opened.store.save(key, value, ifVersion)),
  remove: (key, ifVersion) => withSteps(() => opened.store.remove(key, ifVersion)),
  withLock: (key, task) => withSteps(() => opened.store.withLock(key, (signal) => withSteps(() => task(signal)))),
}

let sleptMs = 0
const client = productClient(input.client)
const { baseUrl } = input
const fetchWithSteps: typeof fetch = async (url, init) => {
  step('request')
  const response = await fetch(url, init)
  step('response')
  return response
}
const session = createSession({
  client,
  subject: customer(input.customer),
  baseUrl,
  store,
  fetch: fetchWithSteps,
  clock: {
    now: () => input.now + sleptMs,
    async sleep(ms) {
      sleptMs += ms
    },
  },
})

process.stdout.write(`${await renew()} in ${steps} steps\n`)
process.exit()

/** Returns `renewed`, `signed in`, or the code of the error. */
async function renew(): Promise<string> {
  try {
    await session.getAccessToken({ forceRefresh: true })
    return 'renewed'
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown)) throw thrown
    if (thrown.code !== 'reauthentication_required' && thrown.code !== 'not_renewable') return thrown.code
  }
  try {
    const { customer: username, password } = input
    await signInByPassword(session, { client, baseUrl, username, password, fetch: fetchWithSteps })
    return 'signed in'
  } catch (thrown) {
    if (!GrantsError.isInstance(thrown)) throw thrown
    return thrown.code
  }
}
