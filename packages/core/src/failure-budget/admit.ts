import { type GrantType, grants } from '../grants/catalogue.ts'
import type { Refusal } from '../machine/effect.ts'
import { type FailureBudgetLimits, hardLimit, pause, requestWindow } from './limits.ts'
import type { BudgetRecord, Lane, Mark } from './record.ts'
import type { Fingerprints } from './settle.ts'

/** A request that wants to be sent. */
export interface Applicant extends Fingerprints {
  readonly id: string
  readonly lane: Lane
  readonly at: number
  readonly grant_type: GrantType
  readonly clientId: string
  readonly scope: string | undefined
  /** How long it may be under way before its process is taken for dead. Milliseconds. */
  readonly lasts: number
  /** Nobody asked for this very request: the program renews by itself. */
  readonly automatic: boolean
  /** This client was served before, as the token shows that it renews. */
  readonly proven: boolean
}

/** Whether a request may be sent now, and the record as of now. */
export type Admission = { readonly record: BudgetRecord } & (
  | Admitted
  /** At `until`, or, where that is not known, when another request has come back. */
  | { readonly type: 'wait'; readonly until: number | undefined }
  | { readonly type: 'refused'; readonly refusal: Refusal }
)

/** It may go. `order` is its place in the order of what happened. */
interface Admitted {
  readonly type: 'admitted'
  readonly order: number
}

/** Judges a request by the record. Pure: the caller holds the record's lock and saves what comes out. */
export function admit(found: BudgetRecord, applicant: Applicant, limits: FailureBudgetLimits): Admission {
  const { at, lane, id, lasts } = applicant
  const record = swept(found, at)
  const refusal = refusalFor(record, applicant, limits)
  if (refusal !== undefined) return { type: 'refused', refusal, record }
  if (isCrowded(record, applicant, limits)) return { type: 'wait', until: undefined, record }
  const until = fullUntil(record, at)
  if (until !== undefined) return { type: 'wait', until, record }
  return {
    type: 'admitted',
    order: record.next,
    record: {
      ...record,
      next: record.next + 1,
      flights: [
        ...record.flights,
        { id, order: record.next, at, lane, lasts, ifLost: ifLost(record, applicant) },
      ],
      sent: [...record.sent, at],
    },
  }
}

/**
 * Until when no request may be sent for the window's sake, ms since 1970; `undefined`: one may go. What lies in the
 * future, since the clock went back, is no reason to wait here: whoever enters has it written anew.
 */
export function fullUntil({ sent: all }: BudgetRecord, at: number): number | undefined {
  const sent = all.filter((one) => one <= at && at - one < requestWindow.milliseconds)
  const [oldest] = sent
  return oldest !== undefined && sent.length >= requestWindow.requests
    ? oldest + requestWindow.milliseconds
    : undefined
}

function refusalFor(
  record: BudgetRecord,
  applicant: Applicant,
  limits: FailureBudgetLimits,
): Refusal | undefined {
  const { at, lane, grant_type, clientId, scope } = applicant
  const { blockedUntil, marks } = record
  if (blockedUntil !== null && at < blockedUntil) {
    const retryAfter = Math.ceil((blockedUntil - at) / 1000)
    return { code: 'rate_limited', details: { grant_type, retryAfter } }
  }
  if (applicant.automatic && wasRefused(record, applicant)) {
    return { code: 'refused_before', details: { clientId, scope } }
  }
  const failures = marks.length
  const places = placesFor(record, applicant)
  if (failures >= places) {
    return { code: 'failure_budget_spent', details: { failures, until: freeAgain(marks, places) } }
  }
  const tries = triesIn(marks)
  const until = Math.max(...tries.map((mark) => mark.at)) + pause
  return lane === 'attempt' && tries.length >= limits.attempts && at < until
    ? { code: 'failure_budget_spent', details: { failures: tries.length, until } }
    : undefined
}

/** Whether what is under way leaves no room for another until something has come back. */
function isCrowded(record: BudgetRecord, applicant: Applicant, limits: FailureBudgetLimits): boolean {
  const { marks, flights } = record
  if (marks.length + flights.length >= placesFor(record, applicant)) return true
  const tries = flights.filter((flight) => flight.lane === 'attempt').length
  // Past the pause, one probe at a time.
  return applicant.lane === 'attempt' && tries > 0 && triesIn(marks).length + tries >= limits.attempts
}

/**
 * The last place but one is for renewals, and for codes, whose passwords were right. The last is for a request that was
 * served before and sends nothing but the client's own credentials: its success is as good as certain and clears
 * everything, and if its answer is lost, that hardly counts.
 */
function placesFor(record: BudgetRecord, applicant: Applicant): number {
  if (isServed(record, applicant)) return hardLimit
  const isLikely = applicant.lane === 'renewal' || grants[applicant.grant_type].singleUse
  return isLikely ? hardLimit - 1 : hardLimit - 2
}

function isServed(record: BudgetRecord, applicant: Applicant): boolean {
  const { request, proven } = applicant
  if (request === undefined || wasRefused(record, applicant)) return false
  return proven || record.served.includes(request)
}

function wasRefused({ refused }: BudgetRecord, { client, request }: Fingerprints): boolean {
  return refused.includes(client) || (request !== undefined && refused.includes(request))
}

/** What was served is asked for again with what is known to be right: a lost answer hardly hides a refusal. */
function ifLost(record: BudgetRecord, applicant: Applicant): 'possible' | 'doubtful' {
  return isServed(record, applicant) ? 'doubtful' : 'possible'
}

/** When enough has ceased to count, ms since 1970; `undefined`: only a success changes it, or a reset. */
function freeAgain(marks: readonly Mark[], places: number): number | undefined {
  const ends = marks.filter(({ kind }) => kind === 'doubtful').map(({ at }) => at + pause)
  return ends.toSorted((a, b) => a - b)[marks.length - places]
}

function triesIn(marks: readonly Mark[]): readonly Mark[] {
  return marks.filter(({ lane, kind }) => lane === 'attempt' && kind !== 'challenge')
}

/** No block is obeyed for longer than this, whatever `Retry-After` said or the clock did. Milliseconds. */
const longestBlock = 24 * 3_600_000

/**
 * The record as of now: requests of dead processes may have failed, old ones leave the window, and what hardly was a
 * failure counts no more. What lies in the future was written before the clock went back, and counts as of now.
 */
function swept(record: BudgetRecord, now: number): BudgetRecord {
  const past = <T extends { readonly at: number }>(entry: T): T => ({ ...entry, at: Math.min(entry.at, now) })
  const flights = record.flights.map(past)
  const lost = flights.filter(({ at, lasts }) => now - at > lasts)
  return {
    ...record,
    marks: [
      ...record.marks.map(past).filter(({ kind, at }) => kind !== 'doubtful' || now - at < pause),
      ...lost.map(({ order, lane, ifLost: kind }): Mark => ({ order, at: now, lane, kind })),
    ],
    flights: flights.filter((flight) => !lost.includes(flight)),
    sent: record.sent.map((at) => Math.min(at, now)).filter((at) => now - at < requestWindow.milliseconds),
    blockedUntil: record.blockedUntil === null ? null : Math.min(record.blockedUntil, now + longestBlock),
  }
}
