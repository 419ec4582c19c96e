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
const maxWaits = 100

const waitRecord = object({
  /** {@link WaitReason.id} */
  id: string,
  /** An account's refusals in a row before its first wait, each less than a day after the one before. */
  refusals: count,
  /** The last refusal, or 429. */
  startedAt: number,
  /** 0 before the first wait. */
  waitMs: number,
})
const guardRecord = object({
  /** Refusals in a row, whatever the account, and the time of the last one. */
  refusals: count,
  refusedAt: number,
  /** When the requests of the last five minutes were sent, the earliest first. */
  sentAt: list(number),
  waits: list(waitRecord),
})
type WaitRecord = ReturnType<typeof waitRecord>
/** What the token requests of an address have led to. Plain data without secrets; times are milliseconds since 1970. */
export type GuardRecord = ReturnType<typeof guardRecord>

/** What a request may have to wait for: an account that was refused, or the whole address. */
export interface WaitReason {
  /** `credentials`: whatever else is wrong with a request of the client's own credentials. */
  readonly type: 'client' | 'username' | 'customer' | 'credentials' | AddressReason
  /** The type, or a hash of what was refused. */
  readonly id: string
  /** The account that was refused. */
  readonly name?: string | undefined
  /** So many refusals start the first wait. */
  readonly maxFailures: number
  readonly longestWaitMs: number
  /** Whether the wait holds this request back. */
  readonly holdsBack: boolean
}

/** Particle refuses every request of the address, or automatic requests wait: at a 429, or after nine refusals. */
type AddressReason = 'locked_out' | 'throttled' | 'window_full' | 'stopped'

export function createAddressReasons(isExplicit: boolean): readonly WaitReason[] {
  const toReason = (type: AddressReason, holdsBack = true): WaitReason => {
    return { type, id: type, maxFailures: 0, longestWaitMs: lockoutMs, holdsBack }
  }
  const [windowFull, stopped] = [toReason('window_full', !isExplicit), toReason('stopped', !isExplicit)]
  return [toReason('locked_out'), toReason('throttled'), windowFull, stopped]
}

export interface GuardedRequest {
  readonly isExplicit: boolean
  /** Its refusal says nothing about an account, because Particle's response to an existing customer is not known. */
  readonly createsCustomer: boolean
  readonly reasons: readonly WaitReason[]
  /** The time of the decision, or of the response. */
  readonly now: number
}

/** Why a request must wait, and until when. */
export interface Wait extends Pick<WaitReason, 'type' | 'name'> {
  readonly retryAt: number
}

export const emptyRecord: GuardRecord = { refusals: 0, refusedAt: 0, sentAt: [], waits: [] }

/** Drops what is over. If the clock went back, no time stays in the future and no wait becomes longer. */
export function normalizeRecord(record: GuardRecord, now: number): GuardRecord {
  const waits = record.waits.map((wait) => ({ ...wait, startedAt: Math.min(wait.startedAt, now) }))
  return {
    refusals: record.refusals,
    refusedAt: Math.min(record.refusedAt, now),
    sentAt: record.sentAt.map((at) => Math.min(at, now)).filter((at) => now - at < windowMs),
    // An account is remembered for a day after its last refusal or wait.
    waits: waits.filter((wait) => now - getRetryAt(wait) < longestWaitMs),
  }
}

function getRetryAt({ startedAt, waitMs }: WaitRecord): number {
  return startedAt + waitMs
}

/** Of two records, the stricter wins. */
export function mergeRecords(a: GuardRecord, b: GuardRecord): GuardRecord {
  const waits = [...a.waits, ...b.waits].toSorted(
    (one, other) => getRetryAt(one) - getRetryAt(other) || one.refusals - other.refusals,
  )
  return {
    refusals: Math.max(a.refusals, b.refusals),
    refusedAt: Math.max(a.refusedAt, b.refusedAt),
    sentAt: a.sentAt.length > b.sentAt.length ? a.sentAt : b.sentAt,
    waits: [...new Map(waits.map((wait) => [wait.id, wait])).values()],
  }
}

/** Returns the longest wait that holds a request back. */
export function findWait(record: GuardRecord, { reasons, now }: GuardedRequest): Wait | undefined {
  return reasons
    .map((reason) => ({ ...reason, retryAt: getRetryAt(findRecord(record, reason.id)) }))
    .filter(({ holdsBack, retryAt }) => holdsBack && retryAt > now)
    .toSorted((a, b) => b.retryAt - a.retryAt)[0]
}

/** Returns the waits of a request that have started or were extended. */
export function listNewWaits(before: GuardRecord, after: GuardRecord, { reasons, now }: GuardedRequest): Wait[] {
  return reasons
    .map((reason) => ({ ...reason, retryAt: getRetryAt(findRecord(after, reason.id)) }))
    .filter(({ id, retryAt }) => retryAt > Math.max(now, getRetryAt(findRecord(before, id))))
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
      const ended = request.reasons.filter(({ type }) => type !== 'locked_out' && type !== 'throttled')
      const waits = record.waits.filter((wait) => !ended.some(({ id }) => id === wait.id))
      const isSame = record.refusals === 0 && waits.length === record.waits.length
      return isSame ? record : { ...record, refusals: 0, waits }
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
  const isLockout = record.refusals >= maxRefusals && now < record.refusedAt + lockoutMs
  const defaultMs = isLockout ? record.refusedAt + lockoutMs - now : windowMs
  // Both are the session's time, which is the server's.
  const waitMs = error.retryAt === undefined ? defaultMs : error.retryAt - at
  const limit = error.retryAt === undefined ? 'window_full' : 'throttled'
  return putWait(record, { id: isLockout ? 'locked_out' : limit, refusals: 0, startedAt: now, waitMs })
}

/** What the errors that are about an account say to be wrong. */
const refusedTypes: ReadonlyMap<string, WaitReason['type']> = new Map([
  ['invalid_client', 'client'],
  ['invalid_grant', 'username'],
  ['invalid_token', 'username'],
  ['sso_user', 'username'],
  ['invalid_scope', 'customer'],
])

function addRefusal(record: GuardRecord, error: string, request: GuardedRequest): GuardRecord {
  const { isExplicit, reasons, createsCustomer, now } = request
  // A gateway's text in place of an error code is no verdict of the token endpoint.
  if (!/^[a-z]+(_[a-z]+)+$/.test(error) || (createsCustomer && error !== 'invalid_client')) return record
  const refusedType = refusedTypes.get(error)
  const account = reasons.find(({ type }) => type === refusedType) ?? reasons.find(({ type }) => type === 'credentials')
  const refusals = record.refusals + 1
  const next = { ...(account ? refuseAccount(record, account, now) : record), refusals, refusedAt: now }
  // Explicit requests continue during the wait, so their refusals must not restart it.
  const startsWait = refusals === maxRefusals || (refusals > maxRefusals && !isExplicit)
  return startsWait ? putWait(next, { id: 'stopped', refusals: 0, startedAt: now, waitMs: lockoutMs }) : next
}

function refuseAccount(record: GuardRecord, reason: WaitReason, now: number): GuardRecord {
  const { id, maxFailures, longestWaitMs, holdsBack } = reason
  const found = findRecord(record, id)
  // This wait began after the request was sent, so its refusal must not start the next one.
  if (holdsBack && getRetryAt(found) > now) return record
  const refusals = found.refusals + 1
  const isWaiting = found.waitMs > 0 || refusals >= maxFailures
  const waitMs = isWaiting ? Math.min(found.waitMs * 2 || lockoutMs, longestWaitMs) : 0
  return putWait(record, { id, refusals, startedAt: now, waitMs })
}

/** Adds a wait, unless there is a longer one. Those of accounts leave: first what is over, or was refused long ago. */
function putWait(record: GuardRecord, wait: WaitRecord): GuardRecord {
  if (getRetryAt(findRecord(record, wait.id)) > getRetryAt(wait)) return record
  const waits = [...record.waits.filter(({ id }) => id !== wait.id), wait]
  // Hashes are longer than the names of the address's reasons.
  const getRank = (one: WaitRecord) => (one.id.length < 16 ? Number.MAX_VALUE : getRetryAt(one))
  return { ...record, waits: waits.toSorted((a, b) => getRank(b) - getRank(a)).slice(0, maxWaits) }
}

function findRecord({ waits }: GuardRecord, id: string): WaitRecord {
  return waits.find((wait) => wait.id === id) ?? { id, refusals: 0, startedAt: 0, waitMs: 0 }
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
