import { count, list, number, object, readJson, string } from './json-reader.ts'

/** Automatic requests stop at so many refusals in a row. Particle locks an address out at ten. */
const maxRefusals = 9
/** Particle permits 100 requests in 5 minutes. Two are left for clocks that differ. */
const maxRequests = 98
const windowMs = 300_000
/** Particle's lockout, and the first wait of an account. */
export const lockoutMs = 1_800_000
export const longestWaitMs = 86_400_000
const maxAccounts = 100

const accountRecord = object({
  /** {@link Account.id} */
  id: string,
  /** The refusals of the last day before the first wait. */
  refusedAt: list(number),
  /** How long the last wait is, and when it ends; 0 before the first one. */
  waitMs: number,
  retryAt: number,
})
const guardRecord = object({
  /** Refusals in a row, whatever the account. */
  refusals: count,
  lastRefusedAt: number,
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
  /** So many refusals within a day start the first wait. */
  readonly maxFailures: number
  readonly longestWaitMs: number
  /** Whether its back-off holds this request back. */
  readonly holdsBack: boolean
}

export interface GuardedRequest {
  readonly isExplicit: boolean
  readonly accounts: readonly Account[]
  /** The time of the decision, or of the outcome. */
  readonly now: number
  /** Called for each wait that an outcome starts. Without an account, the whole address waits. */
  readonly onBackOff?: ((event: { readonly account?: string; readonly retryAt: number }) => void) | undefined
}

export type RequestOutcome =
  /** Tokens, also those of a new customer. */
  | { readonly type: 'success' }
  | { readonly type: 'challenged' }
  /** A 4xx with an OAuth error code. */
  | { readonly type: 'refused'; readonly error: string }
  /** A 429 with the token endpoint's JSON. */
  | { readonly type: 'throttled'; readonly retryAfterSeconds: number | undefined }
  /** No response, 5xx, HTML: not a refusal. */
  | { readonly type: 'unknown' }
  | { readonly type: 'not_sent' }

/** Why a request must wait. Without an account, the whole address waits. */
export interface Wait {
  readonly code: 'backing_off' | 'locked_out' | 'rate_limited'
  readonly retryAt: number
  readonly account?: Account
}

export const emptyRecord: GuardRecord = {
  refusals: 0,
  lastRefusedAt: 0,
  automaticRetryAt: 0,
  throttledUntil: 0,
  sentAt: [],
  accounts: [],
}

/** Drops what is over. If the clock went back, no time stays in the future and no wait becomes longer. */
export function normalizeRecord(record: GuardRecord, now: number): GuardRecord {
  const recent = (times: readonly number[], ms: number) =>
    times.map((at) => Math.min(at, now)).filter((at) => now - at < ms)
  const accounts = record.accounts.map(({ id, refusedAt, waitMs, retryAt }) => {
    const ms = Math.min(waitMs, longestWaitMs)
    return {
      id,
      refusedAt: recent(refusedAt, longestWaitMs),
      waitMs: ms,
      retryAt: Math.min(retryAt, now + ms),
    }
  })
  return {
    refusals: record.refusals,
    lastRefusedAt: Math.min(record.lastRefusedAt, now),
    automaticRetryAt: Math.min(record.automaticRetryAt, now + lockoutMs),
    throttledUntil: Math.min(record.throttledUntil, now + lockoutMs),
    sentAt: recent(record.sentAt, windowMs),
    // The length of the last wait is remembered for a day.
    accounts: accounts.filter((one) => one.refusedAt.length > 0 || now - one.retryAt < longestWaitMs),
  }
}

/** Of two records, the stricter wins. */
export function mergeRecords(a: GuardRecord, b: GuardRecord): GuardRecord {
  const accounts = [...a.accounts, ...b.accounts].toSorted(
    (one, other) => one.retryAt - other.retryAt || one.refusedAt.length - other.refusedAt.length,
  )
  return {
    refusals: Math.max(a.refusals, b.refusals),
    lastRefusedAt: Math.max(a.lastRefusedAt, b.lastRefusedAt),
    automaticRetryAt: Math.max(a.automaticRetryAt, b.automaticRetryAt),
    throttledUntil: Math.max(a.throttledUntil, b.throttledUntil),
    sentAt: a.sentAt.length > b.sentAt.length ? a.sentAt : b.sentAt,
    accounts: [...new Map(accounts.map((account) => [account.id, account])).values()],
  }
}

/** Returns the longest wait that holds a request back. */
export function findWait(record: GuardRecord, { isExplicit, accounts, now }: GuardedRequest): Wait | undefined {
  const isStopped = record.refusals >= maxRefusals
  const code = isLockedOut(record, now) ? 'locked_out' : 'rate_limited'
  const waits: Wait[] = [{ code, retryAt: record.throttledUntil }]
  for (const account of accounts.filter(({ holdsBack }) => holdsBack)) {
    waits.push({ code: 'backing_off', account, retryAt: findAccount(record, account).retryAt })
  }
  if (!isExplicit) {
    waits.push({ code: isStopped ? 'backing_off' : 'rate_limited', retryAt: record.automaticRetryAt })
  }
  return waits.filter(({ retryAt }) => retryAt > now).toSorted((a, b) => b.retryAt - a.retryAt)[0]
}

/** Whether Particle has locked the address out, as far as the record knows. */
function isLockedOut({ refusals, lastRefusedAt }: GuardRecord, now: number): boolean {
  return refusals >= maxRefusals && now < lastRefusedAt + lockoutMs
}

/** When the rate limit has room after `ahead` other requests; 0 if it has room now. */
export function getWindowOpening({ sentAt }: GuardRecord, ahead = 0): number {
  const leaving = sentAt.length < maxRequests ? undefined : sentAt[Math.min(ahead, maxRequests - 1)]
  return leaving === undefined ? 0 : leaving + windowMs
}

/** How many more automatic requests may be in flight: all of them may be refused. At nine refusals, one probe. */
export function getInFlightRoom({ refusals }: GuardRecord, inFlight: number): number {
  return Math.max(1, maxRefusals - refusals) - inFlight
}

/** Counts an outcome. Returns the same record if it changes nothing. */
export function addOutcome(record: GuardRecord, outcome: RequestOutcome, request: GuardedRequest): GuardRecord {
  switch (outcome.type) {
    case 'success': {
      const ids = request.accounts.map(({ id }) => id)
      const accounts = record.accounts.filter(({ id }) => !ids.includes(id))
      const isSame = record.refusals === 0 && record.automaticRetryAt === 0
      if (isSame && accounts.length === record.accounts.length) return record
      return { ...record, refusals: 0, automaticRetryAt: 0, accounts }
    }
    case 'refused':
      return addRefusal(record, outcome.error, request)
    case 'throttled':
      return addThrottling(record, outcome.retryAfterSeconds, request)
    case 'not_sent':
      return { ...record, sentAt: record.sentAt.slice(0, -1) }
    default:
      return record
  }
}

/**
 * Without `Retry-After` a lockout lasts 30 minutes from the last refusal; otherwise the window of 5 minutes is full, and
 * automatic requests wait for it. What an application asks for still goes: holding it back costs more than a 429.
 */
function addThrottling(
  record: GuardRecord,
  retryAfterSeconds: number | undefined,
  { now, onBackOff }: GuardedRequest,
): GuardRecord {
  const isLockout = isLockedOut(record, now)
  const field = isLockout || retryAfterSeconds !== undefined ? 'throttledUntil' : 'automaticRetryAt'
  const defaultRetryAt = isLockout ? record.lastRefusedAt + lockoutMs : now + windowMs
  const askedRetryAt = retryAfterSeconds === undefined ? defaultRetryAt : now + retryAfterSeconds * 1000
  const retryAt = Math.min(askedRetryAt, now + lockoutMs)
  if (retryAt <= Math.max(now, record[field])) return record
  onBackOff?.({ retryAt })
  return { ...record, [field]: retryAt }
}

/** The errors that are about an account. */
const accountErrors: Readonly<Record<Account['type'], readonly string[]>> = {
  client: ['invalid_client'],
  username: ['invalid_grant', 'invalid_token', 'sso_user'],
  customer: ['invalid_scope'],
  credentials: [],
}

function addRefusal(record: GuardRecord, error: string, request: GuardedRequest): GuardRecord {
  const { isExplicit, accounts, now, onBackOff } = request
  const isOfAccount = ({ type }: Account) => accountErrors[type].includes(error)
  const account = accounts.find(isOfAccount) ?? accounts.find(({ type }) => type === 'credentials')
  const refusals = record.refusals + 1
  const refused = account ? refuseAccount(record, account, request) : record
  const next = { ...refused, refusals, lastRefusedAt: now }
  // Explicit requests continue during the wait, so their refusals must not restart it.
  if (refusals < maxRefusals || (refusals > maxRefusals && isExplicit)) return next
  onBackOff?.({ retryAt: now + lockoutMs })
  return { ...next, automaticRetryAt: now + lockoutMs }
}

function refuseAccount(record: GuardRecord, account: Account, { now, onBackOff }: GuardedRequest): GuardRecord {
  const { id, name, maxFailures, longestWaitMs, holdsBack } = account
  let refused = findAccount(record, account)
  // This wait began after the request was sent, so its refusal must not start the next one.
  if (holdsBack && refused.retryAt > now) return record
  refused = { ...refused, refusedAt: [...refused.refusedAt, now] }
  if (refused.waitMs > 0 || refused.refusedAt.length >= maxFailures) {
    const waitMs = Math.min(refused.waitMs * 2 || lockoutMs, longestWaitMs)
    refused = { id, refusedAt: [], waitMs, retryAt: now + waitMs }
    onBackOff?.({ account: name, retryAt: refused.retryAt })
  }
  // Those whose wait is over leave first, then those that have not waited yet, then the shortest waits.
  const getRank = ({ refusedAt, retryAt }: AccountRecord) => (refusedAt.length > 0 ? now : retryAt)
  const others = record.accounts.filter((one) => one.id !== id).toSorted((a, b) => getRank(b) - getRank(a))
  return { ...record, accounts: [refused, ...others.slice(0, maxAccounts - 1)] }
}

function findAccount({ accounts }: GuardRecord, { id }: Account): AccountRecord {
  return accounts.find((account) => account.id === id) ?? { id, refusedAt: [], waitMs: 0, retryAt: 0 }
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
