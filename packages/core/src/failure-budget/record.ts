import { Fields } from '../fields.ts'
import type { GrantType } from '../grants/catalogue.ts'

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

/** Something that counts against the budget until the next success. */
export interface Mark {
  /** Its place in the order of what happened, which clocks that jump do not change. */
  readonly order: number
  readonly at: number
  readonly lane: Lane
  /**
   * `failed`: refused. `possible`: no answer, or none that says. `challenge`: `mfa_required`, of which
   * it is not known whether the service counts it, so that only the hard limit does.
   */
  readonly kind: 'failed' | 'possible' | 'challenge'
}

/** A request that was let go and has not come back. */
export interface Flight {
  readonly id: string
  readonly order: number
  readonly at: number
  readonly lane: Lane
}

/** What is known of one base URL's token requests, shared by everyone who shares the store. No secrets. */
export interface BudgetRecord {
  /** The next place in the order. */
  readonly next: number
  readonly marks: readonly Mark[]
  readonly flights: readonly Flight[]
  /** When the requests of the last minutes were sent, the oldest first. */
  readonly sent: readonly number[]
  /** The service asked to wait until then. */
  readonly blockedUntil: number | null
  /** Hashes of clients, with their secrets and the grant, that were refused. */
  readonly refusedClients: readonly string[]
}

/** Nothing has happened yet. */
export const emptyRecord: BudgetRecord = {
  next: 1,
  marks: [],
  flights: [],
  sent: [],
  blockedUntil: null,
  refusedClients: [],
}

/** Stands in for a record that can't be read: half of the failures that lock an address out may have happened. */
export function damagedRecord(at: number): BudgetRecord {
  const marks = [1, 2, 3, 4, 5].map((order): Mark => ({ order, at, lane: 'authorization', kind: 'possible' }))
  return { ...emptyRecord, next: 6, marks }
}

/** The version of the record's form. */
const recordVersion = 1

/** The record as text for a store. */
export function serializeRecord(record: BudgetRecord): string {
  return JSON.stringify({ version: recordVersion, ...record })
}

/** Reads {@link serializeRecord}'s text. Throws `invalid_state` for anything else. */
export function parseRecord(text: string): BudgetRecord {
  const fields = Fields.parse(text)
  fields.version(recordVersion)
  return {
    next: fields.number('next'),
    marks: fields.list('marks', (mark) => ({
      order: mark.number('order'),
      at: mark.number('at'),
      lane: mark.oneOf('lane', lanes),
      kind: mark.oneOf('kind', ['failed', 'possible', 'challenge']),
    })),
    flights: fields.list('flights', (flight) => ({
      id: flight.string('id'),
      order: flight.number('order'),
      at: flight.number('at'),
      lane: flight.oneOf('lane', lanes),
    })),
    sent: fields.values('sent', (value): value is number => typeof value === 'number'),
    blockedUntil: fields.numberOrNull('blockedUntil'),
    refusedClients: fields.values('refusedClients', (value): value is string => typeof value === 'string'),
  }
}
