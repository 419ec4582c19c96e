import type { Refusal } from '../machine/effect.ts'
import type { Event } from '../machine/event.ts'
import { pause, remembered } from './limits.ts'
import type { BudgetRecord, Flight, Mark } from './record.ts'
import { neverReached } from './unreached.ts'

/** Whom a request was for. Fingerprints: of a client's id, secret and grant, and of these with the scope. */
export interface Fingerprints {
  readonly client: string
  /** Where the client's own credentials are all that is sent; `undefined` elsewhere. */
  readonly request: string | undefined
}

/** The latest of a list of fingerprints, which names each once. */
const latest = (list: readonly string[], one: string): readonly string[] =>
  [...list.filter((other) => other !== one), one].slice(-remembered)

/** What came of an admitted request, as far as the budget cares. */
export interface Settlement extends Fingerprints {
  readonly id: string
  /** The place in the order of what happened at which it was let go. */
  readonly order: number
  readonly at: number
  /** The machine's event of the answer; `undefined`: it was never sent. */
  readonly event: Event | undefined
}

/** Takes an admitted request's outcome in. Pure: the caller holds the record's lock and saves what comes out. */
export function settle(record: BudgetRecord, settlement: Settlement): BudgetRecord {
  const { id, order: letGo, at, event } = settlement
  const flight = record.flights.find((one) => one.id === id)
  const rest = learned({ ...record, flights: record.flights.filter((one) => one !== flight) }, settlement)
  if (event?.type === 'granted') {
    // A success proves only that what had been recorded when it was sent is behind, its own loss above all.
    return { ...rest, marks: rest.marks.filter(({ order }) => order > letGo) }
  }
  // Swept in the meantime: it has its mark already.
  if (flight === undefined) return rest
  if (event === undefined || wasNotSent(event)) return { ...rest, sent: without(rest.sent, flight.at) }
  const mark: Mark = { order: rest.next, at, lane: flight.lane, kind: kindOf(event, flight) }
  return { ...rest, next: rest.next + 1, marks: [...rest.marks, mark] }
}

/** What an answer tells besides whether it counts: that it is to be waited, and who is served or refused. */
function learned(record: BudgetRecord, { at, event, client, request }: Settlement): BudgetRecord {
  if (event?.type === 'granted') {
    const refused = record.refused.filter((one) => one !== client && one !== request)
    return {
      ...record,
      refused,
      served: request === undefined ? record.served : latest(record.served, request),
    }
  }
  if (event?.type === 'refused') {
    // Wrong secrets and grants that the client may not use come with the same code; hence the grant is in both.
    const who = event.answer.error === 'invalid_client' ? client : request
    return who === undefined ? record : { ...record, refused: latest(record.refused, who) }
  }
  if (event?.type !== 'failed' || event.refusal.code !== 'rate_limited') return record
  const { retryAfter } = event.refusal.details
  const until = at + (retryAfter === undefined ? pause : retryAfter * 1000)
  // Of two that were under way together, the longer counts.
  return { ...record, blockedUntil: Math.max(record.blockedUntil ?? 0, until) }
}

/** What failed before anything reached the service can't count there. */
function wasNotSent(event: Event): boolean {
  if (event.type !== 'failed') return false
  const { code, details } = event.refusal
  if (code === 'no_answer') return neverReached(details.systemCode)
  return !answered.includes(code)
}

const answered: readonly Refusal['code'][] = ['rate_limited', 'temporarily_unavailable', 'unexpected_answer']

function kindOf(event: Event, { ifLost }: Flight): Mark['kind'] {
  if (event.type === 'challenged') return 'challenge'
  if (event.type !== 'failed') return 'failed'
  const { code, details } = event.refusal
  if (code === 'no_answer') return ifLost
  // A page in the place of a refusal hides which one it was.
  const hidden = code === 'unexpected_answer' && details.status >= 400 && details.status < 500
  return hidden ? ifLost : 'doubtful'
}

/** The times without the first that is this one. */
function without(times: readonly number[], time: number): readonly number[] {
  const first = times.indexOf(time)
  return times.filter((_, index) => index !== first)
}
