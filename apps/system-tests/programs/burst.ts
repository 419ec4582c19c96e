// Requests a token for each of many customers at once, and prints how many calls ended in which way: as JSON, by error
// code, `done` for a token. Its last argument is the input, as JSON.
import { createSession, customer, GrantsError, productClient } from '@particle-grants/core'
import { openStore, type StoreLocation } from './open-store.ts'

export interface BurstInput {
  readonly baseUrl: string
  readonly client: { readonly id: string; readonly secret: string }
  readonly customers: readonly string[]
  readonly store: StoreLocation
  /** The time of its clock, in milliseconds since 1970. Only sleeping advances it. */
  readonly now: number
}

const input = JSON.parse(process.argv.at(-1) ?? '') as BurstInput
const { store } = await openStore(input.store)
let sleptMs = 0
const clock = {
  now: () => input.now + sleptMs,
  async sleep(ms: number) {
    sleptMs += ms
  },
}

const codes = await Promise.all(
  input.customers.map(async (name) => {
    const { baseUrl } = input
    const client = productClient(input.client)
    const session = createSession({ client, subject: customer(name), baseUrl, store, clock })
    try {
      await session.requestClientToken()
      return 'done'
    } catch (thrown) {
      if (!GrantsError.isInstance(thrown)) throw thrown
      return thrown.code
    }
  }),
)
const counts: Record<string, number> = {}
for (const code of codes) counts[code] = (counts[code] ?? 0) + 1
process.stdout.write(`${JSON.stringify(counts)}\n`)
process.exit()
