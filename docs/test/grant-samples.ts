import type { JournalEntry } from '@particle-grants/sandbox'
import type { Run } from '@particle-grants/test-kit/samples'
import { expect } from 'vitest'
import type { Recording } from '../generator/exchange/exchange.ts'
import { exchanges } from '../generator/exchange/exchanges.ts'
import type { Sample } from '../generator/samples/samples.ts'
import type { Cloud } from './cloud.ts'

/** How a sample ended, and what it sent. */
interface Played {
  readonly run: Run
  readonly tokenRequests: readonly JournalEntry[]
  readonly otherRequests: readonly JournalEntry[]
  /** Returns a value of the page as it was in this sandbox. */
  readonly reveal: (value: string) => string
}

/** Fields that a tool sends in addition to those that are shown. */
const additionalFields: { readonly [T in Sample['tool']]?: readonly string[] } = {
  'particle-api-js': ['client_id', 'client_secret', 'expires_in'],
}

/** Runs a sample of the grant pages after what its exchange needs. */
export async function playGrantSample(
  { stage: { sandbox, placeholders }, stage }: Cloud,
  { exchange, text }: Sample,
  play: (text: string) => Promise<Run>,
): Promise<Played> {
  await exchanges[exchange].fields(stage)
  const before = sandbox.requests().length
  const run = await play(placeholders.reveal(text))
  const sent = sandbox.requests().slice(before)
  return {
    run,
    tokenRequests: sent.filter(({ path }) => path === '/oauth/token'),
    otherRequests: sent.filter(({ path }) => path !== '/oauth/token'),
    reveal: (value) => placeholders.reveal(value),
  }
}

/** Expects that a sample sent the request that its page shows. */
export function checkExchange({ exchange, tool }: Sample, { client, form, status }: Recording, played: Played): void {
  expect(played.otherRequests.filter((request) => request.status !== 200)).toEqual([])
  const same = played.tokenRequests.filter(({ grant_type }) => grant_type === exchanges[exchange].grant)
  expect(same.map((request) => request.status)).toEqual([status])
  // The sandbox redacts secrets; a wrong secret would change the status.
  for (const [name, value] of form) expect([played.reveal(value), '[redacted]']).toContain(same[0]?.form?.[name])
  expect(same[0]?.client_id).toBe(clientOf(exchange, tool, client))
  const more = Object.keys(same[0]?.form ?? {}).filter((name) => !form.some(([known]) => known === name))
  expect(more.filter((name) => !additionalFields[tool]?.includes(name))).toEqual([])
}

/** particle-api-js has its own developer client. */
function clientOf(exchange: Sample['exchange'], tool: Sample['tool'], client: string): string | undefined {
  const [id] = client.split(':')
  const own = tool === 'particle-api-js' && exchange !== 'recovery-code' && id === 'particle'
  return own ? 'particle-api' : id
}
