import { count, list, number, object, oneOf, type Reader, readJson } from '../json-reader.ts'
import {
  type AccountBackoff,
  maxAccounts,
  mergeAccounts,
  normalizeAccounts,
  readAccount,
  type StoredAccount,
  sortAccounts,
  storeAccount,
} from './account-backoff.ts'
import { emptyWindow, maxRequests, mergeWindows, normalizeWindow, type RequestWindow } from './request-window.ts'

/** What the lockout guard keeps for one base URL. Plain data. */
export interface GuardRecord {
  readonly window: RequestWindow
  readonly accounts: readonly AccountBackoff[]
}

export const emptyRecord: GuardRecord = { window: emptyWindow, accounts: [] }

/** Drops what is over. */
export function normalizeRecord({ window, accounts }: GuardRecord, now: number): GuardRecord {
  return { window: normalizeWindow(window, now), accounts: normalizeAccounts(accounts, now) }
}

/** Of two records, the stricter counts. */
export function mergeRecords(a: GuardRecord, b: GuardRecord, now: number): GuardRecord {
  return { window: mergeWindows(a.window, b.window), accounts: mergeAccounts(a.accounts, b.accounts, now) }
}

/** An entry of a system keyring holds 2,560 bytes, and the keyring store adds to the text. */
const maxLength = 2200

/** Formats a record for a store. Accounts that do not fit into a keyring's entry are left out. */
export function serializeRecord({ window, accounts }: GuardRecord, now: number): string {
  const sentAt = window.sentAt.map((at, index) => at - (window.sentAt[index - 1] ?? 0))
  const record = { ...window, sentAt, accounts: [] as StoredAccount[] }
  let length = JSON.stringify(record).length
  for (const account of sortAccounts(accounts, now).map(storeAccount)) {
    length += JSON.stringify([account]).length - 1
    if (length > maxLength) break
    record.accounts.push(account)
  }
  return JSON.stringify(record)
}

const tuple: Reader<readonly unknown[]> = list((value) => value)
const wait = object({
  rule: oneOf('lockout', 'rate_limit', 'full', 'refusals'),
  startedAt: number,
  waitMs: number,
})
const stored = object({
  refusals: count,
  refusedAt: number,
  /** Each counts from the one before. */
  sentAt: list(number),
  waits: list(wait),
  accounts: list(tuple),
})

/** Clocks of processes that share a store may differ by this much. What is later was written by none of their clocks. */
const toleranceMs = 5 * 60_000

/** Parses what a store has; `undefined` for anything that is no record. A store is not trusted: sizes and waits are capped. */
export function parseRecord(text: string, now: number): GuardRecord | undefined {
  try {
    const { accounts, ...window } = readJson(text, stored)
    const latest = now + toleranceMs
    let at = 0
    const sentAt = window.sentAt.map((difference) => {
      at += difference
      return at
    })
    const parsed = {
      ...window,
      refusedAt: window.refusedAt > latest ? 0 : window.refusedAt,
      sentAt: sentAt.filter((one) => one <= latest).slice(-maxRequests),
      waits: window.waits.filter(({ startedAt }) => startedAt <= latest),
    }
    return { window: parsed, accounts: accounts.slice(0, maxAccounts).map((account) => readAccount(account, latest)) }
  } catch {
    return undefined
  }
}
