import type { Event } from '../machine/event.ts'
import { pause } from './limits.ts'
import type { BudgetRecord, Mark } from './record.ts'

/** What came of an admitted request, as far as the budget cares. */
export interface Settlement {
  readonly id: string
  readonly at: number
  /** Hash of the client's id and secret, and of the grant. */
  readonly client: string
  /** The machine's event of the answer; `undefined`: it was never sent. */
  readonly event: Event | undefined
}

/** Takes an admitted request's outcome in. Pure: the caller holds the record's lock and saves what comes out. */
export function settle(record: BudgetRecord, { id, at, client, event }: Settlement): BudgetRecord {
  const flight = record.flights.find((one) => one.id === id)
  const rest = { ...record, flights: record.flights.filter((one) => one !== flight) }
  // Swept in the meantime: it has its mark already, and what it brought comes too late to clear it.
  if (flight === undefined) return rest
  if (event === undefined) return { ...rest, sent: without(rest.sent, flight.at) }
  if (event.type === 'granted') {
    // A success proves only that what had been recorded when it was sent is behind.
    return { ...rest, marks: rest.marks.filter(({ order }) => order > flight.order) }
  }
  const kind = kindOf(event)
  return {
    ...rest,
    next: rest.next + 1,
    marks: [...rest.marks, { order: rest.next, at, lane: flight.lane, kind }],
    blockedUntil: blockedUntil(event, at) ?? rest.blockedUntil,
    refusedClients: isClientRefused(event)
      ? [...rest.refusedClients, client].slice(-20)
      : rest.refusedClients,
  }
}

function kindOf(event: Event): Mark['kind'] {
  if (event.type === 'challenged') return 'challenge'
  return event.type === 'refused' ? 'failed' : 'possible'
}

function blockedUntil(event: Event, at: number): number | undefined {
  if (event.type !== 'failed' || event.refusal.code !== 'rate_limited') return undefined
  const { retryAfter } = event.refusal.details
  return at + (retryAfter === undefined ? pause : retryAfter * 1000)
}

/** Wrong secrets and grants that the client may not use come with the same code; hence the grant is in the hash. */
function isClientRefused(event: Event): boolean {
  return event.type === 'refused' && event.answer.error === 'invalid_client'
}

/** The times without the first that is this one. */
function without(times: readonly number[], time: number): readonly number[] {
  const first = times.indexOf(time)
  return times.filter((_, index) => index !== first)
}
