/** How far the failure budget lets requests go. The service's own limits are known from its documentation. */
export interface FailureBudgetLimits {
  /** Failed password and code tries since the last success, from which on they pause. @default 5 */
  readonly attempts: number
}

/** Particle locks an address out at ten failures in a row: what failed, may have failed or is under way stays below. */
export const hardLimit = 9

/** How long tries pause, and how long a 429 without `Retry-After` is obeyed: as long as a lockout lasts. Milliseconds. */
export const pause = 30 * 60_000

/** Particle allows 100 token requests in 5 minutes from an address; a tenth is left to others behind it. */
export const requestWindow = { requests: 90, milliseconds: 5 * 60_000 }

/** How long after its time-out a request is still waited for; then it belongs to a process that died. Milliseconds. */
export const flightGrace = 90_000

/** How many refused requests, and clients that were served, are remembered: the latest. Keyrings hold little. */
export const remembered = 16

export const defaultFailureBudgetLimits: FailureBudgetLimits = { attempts: 5 }
