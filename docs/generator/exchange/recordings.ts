import { type Recording, record } from './exchange.ts'
import { type ExchangeId, exchanges } from './exchanges.ts'

/** Every exchange, performed. */
export type Recordings = Readonly<Record<ExchangeId, Recording>>

/** Performs every exchange, each with a new sandbox. */
export async function recordAll(): Promise<Recordings> {
  const recorded = await Promise.all(
    Object.entries(exchanges).map(async ([id, exchange]) => [id, await record(exchange)] as const),
  )
  return Object.fromEntries(recorded) as Recordings
}
