// Many callers in one of several processes that share a store. The first line on stdin is the input, as JSON; the second
// one starts the callers. Prints `ready`, each token request, and a report as JSON.
import { createHash } from 'node:crypto'
import { createInterface } from 'node:readline'
import { createSession, customer, productClient } from '@particle-grants/core'
import { openStore, type StoreLocation } from './open-store.ts'

export interface CallersInput {
  readonly baseUrl: string
  readonly client: { readonly id: string; readonly secret: string }
  readonly customer: string
  readonly store: StoreLocation
  /** How far this process's clock is ahead of the machine's, in milliseconds. */
  readonly aheadMs: number
  readonly callers: number
}

export interface CallersReport {
  /** Hashes of the tokens that the callers received, without repetitions. */
  readonly tokens: readonly string[]
  /** The error codes of the calls that failed. */
  readonly failures: readonly string[]
}

const print = (line: string) => process.stdout.write(`${line}\n`)
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const input = JSON.parse((await lines.next()).value) as CallersInput
const { store, close } = await openStore(input.store)
/** Longer than any wait on a busy machine. */
const timeoutMs = 300_000

const session = createSession({
  client: productClient(input.client),
  subject: customer(input.customer),
  baseUrl: input.baseUrl,
  store,
  fetch: (url, init) => {
    print(`sending ${new URLSearchParams(String(init?.body)).get('grant_type')}`)
    return fetch(url, init)
  },
  clock: { now: () => Date.now() + input.aheadMs },
  timeoutMs,
})

await session.load()
print('ready')
await lines.next()

const results = await Promise.allSettled(
  Array.from({ length: input.callers }, () => session.getAccessToken({ timeoutMs })),
)
const tokens = results.flatMap((result) => (result.status === 'fulfilled' ? [hash(result.value)] : []))
const failures = results.flatMap((result) => (result.status === 'rejected' ? [String(result.reason.code)] : []))
await session.idle()
const report: CallersReport = { tokens: [...new Set(tokens)], failures }
print(JSON.stringify(report))
close()
process.exit()

function hash(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 12)
}
