import type { MachineEvent, ResponseEvent } from '../machine/event.ts'

/** Rule 3: automatic requests stop at so many refusals in a row. Particle locks an IP address out at ten. */
export const maxRefusals = 9
/** Rule 4: Particle permits 100 requests in 5 minutes from an IP address. Two are left for clocks that differ. */
export const maxRequests = 98
export const windowMs = 300_000
/** Particle's lockout of 30 minutes, and the longest wait of an IP address. */
export const lockoutMs = 1_800_000

/**
 * `lockout` and `rate_limit`: Particle answered 429. `full`: it did without saying for how long. `refusals`: nine
 * requests in a row were refused. The last two hold back automatic requests only.
 */
export type AddressRule = 'lockout' | 'rate_limit' | 'full' | 'refusals'

interface AddressWait {
  readonly rule: AddressRule
  readonly startedAt: number
  readonly waitMs: number
}

/** What the requests of an IP address have led to, whatever their account. Times are milliseconds since 1970. */
export interface RequestWindow {
  /** In a row, and when the last one was. */
  readonly refusals: number
  readonly refusedAt: number
  /** When the requests of the last five minutes were sent, the earliest first. */
  readonly sentAt: readonly number[]
  /** At most one for each rule. */
  readonly waits: readonly AddressWait[]
}

export const emptyWindow: RequestWindow = { refusals: 0, refusedAt: 0, sentAt: [], waits: [] }

/** Returns the waits that hold a request back. */
export function findAddressHolds({ waits }: RequestWindow, isExplicit: boolean, now: number) {
  const isFor = (rule: AddressRule) => rule === 'lockout' || rule === 'rate_limit' || !isExplicit
  return waits
    .map((wait) => ({ rule: wait.rule, retryAt: getRetryAt(wait) }))
    .filter(({ rule, retryAt }) => isFor(rule) && retryAt > now)
}

/** When there is room after `ahead` other requests; 0 if there is room now. */
export function getOpening({ sentAt }: RequestWindow, ahead = 0): number {
  const leaving =
    sentAt[sentAt.length - maxRequests + ahead] ?? (sentAt.length < maxRequests ? undefined : sentAt.at(-1))
  return leaving === undefined ? 0 : leaving + windowMs
}

/** How many more requests may be sent now. */
export function getRoom({ sentAt }: RequestWindow): number {
  return maxRequests - sentAt.length
}

/** How many automatic requests may be in flight: all of them may be refused. At nine refusals one is sent as a probe. */
export function getMaxInFlight({ refusals }: RequestWindow): number {
  return Math.max(1, maxRefusals - refusals)
}

export function addRequest(window: RequestWindow, now: number): RequestWindow {
  return { ...window, sentAt: [...window.sentAt, now] }
}

/** The request was not sent. */
export function removeRequest(window: RequestWindow): RequestWindow {
  return { ...window, sentAt: window.sentAt.slice(0, -1) }
}

/** Counts a response. Tokens end what the guard itself started, but not what Particle asked for. */
export function addResponse(
  window: RequestWindow,
  response: ResponseEvent,
  { isExplicit, now }: { readonly isExplicit: boolean; readonly now: number },
): RequestWindow {
  if (response.type === 'granted') {
    const waits = window.waits.filter(({ rule }) => rule === 'lockout' || rule === 'rate_limit')
    return window.refusals === 0 && waits.length === window.waits.length ? window : { ...window, refusals: 0, waits }
  }
  if (response.type === 'refused') {
    const refusals = window.refusals + 1
    // Explicit requests continue during the wait. If their refusals restarted it, automatic ones might never be sent again.
    const startsWait = refusals === maxRefusals || (refusals > maxRefusals && !isExplicit)
    const next = { ...window, refusals, refusedAt: now }
    return startsWait ? putWait(next, { rule: 'refusals', startedAt: now, waitMs: lockoutMs }) : next
  }
  return response.type === 'failed' && response.error.code === 'rate_limited'
    ? addThrottling(window, response, now)
    : window
}

function addThrottling(window: RequestWindow, { at, error }: MachineEvent<'failed'>, now: number): RequestWindow {
  const { retryAt } = error
  const isLockout = window.refusals >= maxRefusals && now < window.refusedAt + lockoutMs
  const defaultMs = isLockout ? window.refusedAt + lockoutMs - now : windowMs
  // Without `Retry-After` explicit requests are still sent: holding them back would cost more than another 429.
  const rule = (isLockout && 'lockout') || (retryAt === undefined ? 'full' : 'rate_limit')
  // Both times are the session's, whose clock follows the server's.
  return putWait(window, { rule, startedAt: now, waitMs: retryAt === undefined ? defaultMs : retryAt - at })
}

/** Of two windows, the stricter counts. */
export function mergeWindows(a: RequestWindow, b: RequestWindow): RequestWindow {
  const merged = {
    refusals: Math.max(a.refusals, b.refusals),
    refusedAt: Math.max(a.refusedAt, b.refusedAt),
    sentAt: a.sentAt.length > b.sentAt.length ? a.sentAt : b.sentAt,
    waits: a.waits,
  }
  return b.waits.reduce(putWait, merged)
}

/** Drops what is over. If the clock went back, no time stays in the future and no wait is longer than it was. */
export function normalizeWindow({ refusals, refusedAt, sentAt, waits }: RequestWindow, now: number): RequestWindow {
  return {
    refusals,
    refusedAt: Math.min(refusedAt, now),
    sentAt: sentAt.map((at) => Math.min(at, now)).filter((at) => now - at < windowMs),
    waits: waits
      .map((wait) => ({ ...wait, startedAt: Math.min(wait.startedAt, now), waitMs: Math.min(wait.waitMs, lockoutMs) }))
      .filter((wait) => getRetryAt(wait) > now),
  }
}

const getRetryAt = ({ startedAt, waitMs }: AddressWait) => startedAt + waitMs

/** Adds a wait, unless the rule has a longer one. */
function putWait(window: RequestWindow, wait: AddressWait): RequestWindow {
  const found = window.waits.find(({ rule }) => rule === wait.rule)
  if (found !== undefined && getRetryAt(found) > getRetryAt(wait)) return window
  return { ...window, waits: [...window.waits.filter((other) => other !== found), wait] }
}
