// Requests a token and ends right after the call, while the token is renewed in the background. Runs as a process or as a
// worker thread. Its last argument is the input, as JSON.
import { createSession, customer, productClient } from '@particle-grants/core'
import { openStore, type StoreLocation } from './open-store.ts'

export interface EarlyExitInput {
  readonly baseUrl: string
  readonly client: { readonly id: string; readonly secret: string }
  readonly customer: string
  readonly store: StoreLocation
  /** How far its clock is ahead of the machine's, in milliseconds. */
  readonly aheadMs: number
  /** When it ends. */
  readonly exit: 'after idle()' | 'after waitUntil' | 'when nothing is left to do'
}

const input = JSON.parse(process.argv.at(-1) ?? '') as EarlyExitInput
const { store } = await openStore(input.store)
const pending: Promise<unknown>[] = []
const session = createSession({
  client: productClient(input.client),
  subject: customer(input.customer),
  baseUrl: input.baseUrl,
  store,
  clock: { now: () => Date.now() + input.aheadMs },
  waitUntil: (promise) => void pending.push(promise),
  timeoutMs: 300_000,
})
await session.getAccessToken()
if (input.exit === 'after idle()') {
  await session.idle()
  process.exit()
}
if (input.exit === 'after waitUntil') {
  await Promise.all(pending)
  process.exit()
}
