import { count, list, number, object, readJson, string } from './json-reader.ts'
import type { MachineEvent, ResponseEvent } from './machine/event.ts'

/** Automatic requests stop at so many refusals in a row. Particle locks an address out at ten. */
const maxRefusals = 9
/** Particle permits 100 requests in 5 minutes. Two are left for clocks that differ. */
const maxRequests = 98
const windowMs = 5 * 60_000
/** Particle's lockout, and the first wait of an account. */
export const lockoutMs = 30 * 60_000
export const longestWaitMs = 24 * 60 * 60_000
const maxAccounts = 100

const accountRecord = object({
  /** {@link Account.id} */
  id: string,
  /** Refusals in a row before the first wait, each less than a day after the one before. */
  refusals: count,
  /** The last refusal. A wait ends `waitMs` later; 0 before the first one. */
  refusedAt: number,
  waitMs: number,
})
const guardRecord = object({
  /** Refusals in a row, whatever the account. */
  refusals: count,
  refusedAt: number,
  /** After nine refusals, or a 429, automatic requests wait until then. */
  automaticRetryAt: number,
  /** Particle said so, or locked the address out: every request waits until then. */
  throttledUntil: number,
  /** When the requests of the last five minutes were sent, the earliest first. */
  sentAt: list(number),
  accounts: list(accountRecord),
})
type AccountRecord = ReturnType<typeof accountRecord>
/** What the token requests of an address have led to. Plain data without secrets; times are milliseconds since 1970. */
export type GuardRecord = ReturnType<typeof guardRecord>

/** What a request can be refused for. */
export interface Account {
  /** `credentials`: whatever else is wrong with a request of the client's own credentials. */
  readonly type: 'client' | 'username' | 'customer' | 'credentials'
  /** A hash. */
  readonly id: string
  readonly name: string
  /** So many refusals start the first wait. */
  readonly maxFailures: number
  readonly longestWaitMs: number
  /** Whether its back-off holds this request back. */
  readonly holdsBack: boolean
}

export interface GuardedRequest {
  readonly isExplicit: boolean
  readonly accounts: readonly Account[]
  /** Its refusal says nothing about an account, because Particle's response to an existing customer is not known. */
  readonly createsCustomer: boolean
  /** The time of the decision, or of the response. */
  readonly now: number
}

/** Why a request must wait. Without an account, the whole address waits. */
export interface Wait {
  readonly code: 'backing_off' | 'locked_out' | 'rate_limited'
  readonly retryAt: number
  readonly account?: Account
  /** Whether explicit requests are sent nevertheless. */
  readonly isAutomaticOnly?: boolean
}

export const emptyRecord: GuardRecord = {
  refusals: 0,
  refusedAt: 0,
  automaticRetryAt: 0,
  throttledUntil: 0,
  sentAt: [],
  accounts: [],
}

/** Drops what is over. If the clock went back, no time stays in the future and no wait becomes longer. */
export function normalizeRecord(record: GuardRecord, now: number): GuardRecord {
  const accounts = record.accounts.map((account) => ({ ...account, refusedAt: Math.min(account.refusedAt, now) }))
  return {
    refusals: record.refusals,
    refusedAt: Math.min(record.refusedAt, now),
    automaticRetryAt: Math.min(record.automaticRetryAt, now + lockoutMs),
    throttledUntil: Math.min(record.throttledUntil, now + lockoutMs),
    sentAt: record.sentAt.map((at) => Math.min(at, now)).filter((at) => now - at < windowMs),
    // An account is remembered for a day after its last refusal or wait.
    accounts: accounts.filter((account) => now - getRetryAt(account) < longestWaitMs),
  }
}

function getRetryAt({ refusedAt, waitMs }: AccountRecord): number {
  return refusedAt + waitMs
}

/** Of two records, the stricter wins. */
export function mergeRecords(a: GuardRecord, b: GuardRecord): GuardRecord {
  const accounts = [...a.accounts, ...b.accounts].toSorted(
    (one, other) => getRetryAt(one) - getRetryAt(other) || one.refusals - other.refusals,
  )
  return {
    refusals: Math.max(a.refusals, b.refusals),
    refusedAt: Math.max(a.refusedAt, b.refusedAt),
    automaticRetryAt: Math.max(a.automaticRetryAt, b.automaticRetryAt),
    throttledUntil: Math.max(a.throttledUntil, b.throttledUntil),
    sentAt: a.sentAt.length > b.sentAt.length ? a.sentAt : b.sentAt,
    accounts: [...new Map(accounts.map((account) => [account.id, account])).values()],
  }
}

/** Returns the longest wait that holds a request back. */
export function findWait(record: GuardRecord, request: GuardedRequest): Wait | undefined {
  const { isExplicit, now } = request
  return listWaits(record, request)
    .filter(({ account, isAutomaticOnly = false }) => (account?.holdsBack ?? true) && !(isExplicit && isAutomaticOnly))
    .filter(({ retryAt }) => retryAt > now)
    .toSorted((a, b) => b.retryAt - a.retryAt)[0]
}

/** Returns the waits that a response has started or extended. */
export function listNewWaits(before: GuardRecord, after: GuardRecord, request: GuardedRequest): readonly Wait[] {
  const old = listWaits(before, request).map(({ retryAt }) => Math.max(retryAt, request.now))
  return listWaits(after, request).filter(({ retryAt }, index) => retryAt > Number(old[index]))
}

/** Returns every wait that concerns a request, also those that are over. */
function listWaits(record: GuardRecord, { accounts, now }: GuardedRequest): readonly Wait[] {
  const { refusals, automaticRetryAt, throttledUntil } = record
  const code = refusals >= maxRefusals ? 'backing_off' : 'rate_limited'
  return [
    { code: isLockedOut(record, now) ? 'locked_out' : 'rate_limited', retryAt: throttledUntil },
    ...accounts.map((account): Wait => {
      return { code: 'backing_off', retryAt: getRetryAt(findAccount(record, account)), account }
    }),
    { code, retryAt: automaticRetryAt, isAutomaticOnly: true },
  ]
}

/** Whether Particle has locked the address out, as far as the record knows. */
function isLockedOut({ refusals, refusedAt }: GuardRecord, now: number): boolean {
  return refusals >= maxRefusals && now < refusedAt + lockoutMs
}

/** When the rate limit has room after `ahead` other requests; 0 if it has room now. */
export function getWindowOpening({ sentAt }: GuardRecord, ahead = 0): number {
  const leaving = sentAt.length < maxRequests ? undefined : sentAt[Math.min(ahead, maxRequests - 1)]
  return leaving === undefined ? 0 : leaving + windowMs
}

/**
 * How many more requests may be sent now. All automatic requests in flight may be refused; at nine refusals, one is sent
 * as a probe.
 */
export function getRoom(record: GuardRecord, inFlight: number, now: number): number {
  if (getWindowOpening(record) > now) return 0
  return Math.max(1, maxRefusals - record.refusals) - inFlight
}

/**
 * Counts a response; `undefined`: the request was not sent. Returns the same record if it changes nothing: no response,
 * 5xx and HTML are no refusals, and a challenge is no success.
 */
export function addResponse(
  record: GuardRecord,
  response: ResponseEvent | undefined,
  request: GuardedRequest,
): GuardRecord {
  switch (response?.type) {
    case undefined:
      return { ...record, sentAt: record.sentAt.slice(0, -1) }
    case 'granted': {
      const ids = request.accounts.map(({ id }) => id)
      const accounts = record.accounts.filter(({ id }) => !ids.includes(id))
      const isSame = record.refusals === 0 && record.automaticRetryAt === 0
      if (isSame && accounts.length === record.accounts.length) return record
      return { ...record, refusals: 0, automaticRetryAt: 0, accounts }
    }
    case 'refused':
      return addRefusal(record, response.response.error, request)
    case 'failed':
      return response.error.code === 'rate_limited' ? addThrottling(record, response, request.now) : record
    case 'challenged':
      return record
  }
}

/**
 * Without `Retry-After` a lockout lasts 30 minutes from the last refusal; otherwise the window of 5 minutes is full, and
 * automatic requests wait for it. What an application asks for still goes: holding it back costs more than a 429.
 */
function addThrottling(record: GuardRecord, { at, error }: MachineEvent<'failed'>, now: number): GuardRecord {
  const isLockout = isLockedOut(record, now)
  const field = isLockout || error.retryAt !== undefined ? 'throttledUntil' : 'automaticRetryAt'
  let retryAt = isLockout ? record.refusedAt + lockoutMs : now + windowMs
  // Both are the session's time, which is the server's.
  if (error.retryAt !== undefined) retryAt = now + error.retryAt - at
  return { ...record, [field]: Math.max(record[field], retryAt) }
}

/** What the errors that are about an account say to be wrong. */
const refusedTypes: ReadonlyMap<string, Account['type']> = new Map([
  ['invalid_client', 'client'],
  ['invalid_grant', 'username'],
  ['invalid_token', 'username'],
  ['sso_user', 'username'],
  ['invalid_scope', 'customer'],
])

function addRefusal(record: GuardRecord, error: string, request: GuardedRequest): GuardRecord {
  const { isExplicit, accounts, createsCustomer, now } = request
  // A gateway's text in place of an error code is no verdict of the token endpoint.
  if (!/^[a-z]+(_[a-z]+)+$/.test(error) || (createsCustomer && error !== 'invalid_client')) return record
  const refusedType = refusedTypes.get(error)
  const account =
    accounts.find(({ type }) => type === refusedType) ?? accounts.find(({ type }) => type === 'credentials')
  const refusals = record.refusals + 1
  const next = { ...(account ? refuseAccount(record, account, now) : record), refusals, refusedAt: now }
  // Explicit requests continue during the wait, so their refusals must not restart it.
  const startsWait = refusals === maxRefusals || (refusals > maxRefusals && !isExplicit)
  return startsWait ? { ...next, automaticRetryAt: now + lockoutMs } : next
}

function refuseAccount(record: GuardRecord, account: Account, now: number): GuardRecord {
  const { id, maxFailures, longestWaitMs, holdsBack } = account
  const found = findAccount(record, account)
  // This wait began after the request was sent, so its refusal must not start the next one.
  if (holdsBack && getRetryAt(found) > now) return record
  const refusals = found.refusals + 1
  const isWaiting = found.waitMs > 0 || refusals >= maxFailures
  const waitMs = isWaiting ? Math.min(found.waitMs * 2 || lockoutMs, longestWaitMs) : 0
  const accounts = [...record.accounts.filter((one) => one.id !== id), { id, refusals, refusedAt: now, waitMs }]
  // The first to leave are those whose wait is over, or whose last refusal is the oldest.
  return { ...record, accounts: accounts.toSorted((a, b) => getRetryAt(b) - getRetryAt(a)).slice(0, maxAccounts) }
}

function findAccount({ accounts }: GuardRecord, { id }: Account): AccountRecord {
  return accounts.find((account) => account.id === id) ?? { id, refusals: 0, refusedAt: 0, waitMs: 0 }
}

/** Formats a record for a store. The later requests count from the first one, because a keyring's entry is small. */
export function serializeRecord(record: GuardRecord): string {
  const [first = 0, ...later] = record.sentAt
  return JSON.stringify({ ...record, sentAt: [first, ...later.map((at) => at - first)] })
}

/** Parses what {@link serializeRecord} returned; `undefined` for anything else. */
export function parseRecord(text: string): GuardRecord | undefined {
  try {
    const record = readJson(text, guardRecord)
    const [first = 0, ...later] = record.sentAt
    return { ...record, sentAt: [first, ...later.map((at) => at + first)] }
  } catch {
    return undefined
  }
}
