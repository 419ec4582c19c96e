import { Fields } from '../fields.ts'
import type { GrantType } from '../grants/catalogue.ts'
import { hardLimit } from './limits.ts'

/**
 * Who competes for the budget: `attempt`, what people type (passwords and codes); `authorization`, a first token for
 * a client or a customer; `renewal`, another token for a session that has had one, which is the likeliest to succeed.
 */
export type Lane = (typeof lanes)[number]

/** Every lane. */
export const lanes = ['attempt', 'authorization', 'renewal'] as const

/** The lane of a request. */
export function laneOf(grant: GrantType, renewing: boolean): Lane {
  if (renewing) return 'renewal'
  return grant === 'client_credentials' ? 'authorization' : 'attempt'
}

const kinds = ['failed', 'possible', 'doubtful', 'challenge'] as const

/** Something that counts against the budget until the next success. */
export interface Mark {
  /** Its place in the order of what happened, which clocks that jump do not change. */
  readonly order: number
  readonly at: number
  readonly lane: Lane
  /**
   * `failed`: refused. `possible`: sent and not answered, it may have been refused. `doubtful`: hardly a failure, as a
   * server that was down gives it, or the lost answer to a request that was served before; it counts for as long as a
   * lockout lasts. `challenge`: `mfa_required`, of which it is not known whether the service counts it, so that only
   * the hard limit does.
   */
  readonly kind: (typeof kinds)[number]
}

/** A request that was let go and has not come back. */
export interface Flight {
  readonly id: string
  readonly order: number
  readonly at: number
  readonly lane: Lane
  /** After so many milliseconds its process is taken for dead. */
  readonly lasts: number
  /** What it counts as when its answer is lost. */
  readonly ifLost: 'possible' | 'doubtful'
}

/** What is known of one base URL's token requests, shared by everyone who shares the store. No secrets. */
export interface BudgetRecord {
  /** The next place in the order. */
  readonly next: number
  readonly marks: readonly Mark[]
  readonly flights: readonly Flight[]
  /** When the requests of the last minutes were sent, ms since 1970, the oldest first. */
  readonly sent: readonly number[]
  /** The service asked to wait until then. */
  readonly blockedUntil: number | null
  /** Fingerprints of clients and of their requests that were refused, the latest last. */
  readonly refused: readonly string[]
  /** Fingerprints of requests with a client's own credentials that were served, the latest last. */
  readonly served: readonly string[]
}

/** Nothing has happened yet. */
export const emptyRecord: BudgetRecord = {
  next: 1,
  marks: [],
  flights: [],
  sent: [],
  blockedUntil: null,
  refused: [],
  served: [],
}

/** Stands in for a record that can't be read: all but the last place is taken, for as long as a lockout lasts. */
export function damagedRecord(at: number): BudgetRecord {
  const marks = Array.from({ length: hardLimit - 1 }, (_, index): Mark => {
    return { order: index + 1, at, lane: 'attempt', kind: 'doubtful' }
  })
  return { ...emptyRecord, next: hardLimit, marks }
}

/** The version of the record's form. */
const recordVersion = 1

/** The record as text for a store: times of the window count from the first, since a keyring's entry holds little. */
export function serializeRecord({ sent, ...record }: BudgetRecord): string {
  const [since = 0] = sent
  return JSON.stringify({ version: recordVersion, ...record, since, sent: sent.map((at) => at - since) })
}

/** Reads {@link serializeRecord}'s text. Throws `invalid_state` for anything else. */
export function parseRecord(text: string): BudgetRecord {
  const fields = Fields.parse(text)
  fields.version(recordVersion)
  const since = fields.number('since')
  const isNumber = (value: unknown) => typeof value === 'number'
  const isString = (value: unknown) => typeof value === 'string'
  return {
    next: fields.number('next'),
    marks: fields.list('marks', (mark) => ({
      order: mark.number('order'),
      at: mark.number('at'),
      lane: mark.oneOf('lane', lanes),
      kind: mark.oneOf('kind', kinds),
    })),
    flights: fields.list('flights', (flight) => ({
      id: flight.string('id'),
      order: flight.number('order'),
      at: flight.number('at'),
      lane: flight.oneOf('lane', lanes),
      lasts: flight.number('lasts'),
      ifLost: flight.oneOf('ifLost', ['possible', 'doubtful']),
    })),
    sent: fields.values('sent', isNumber).map((after) => since + after),
    blockedUntil: fields.numberOrNull('blockedUntil'),
    refused: fields.values('refused', isString),
    served: fields.values('served', isString),
  }
}

/** Whether a later release wrote this text. It is left as it is: what that release counted must not be lost. */
export function isFromLaterRelease(text: string): boolean {
  try {
    const { version } = JSON.parse(text) as { version?: unknown }
    return typeof version === 'number' && version > recordVersion
  } catch {
    return false
  }
}
