import type { ResponseEvent } from '../src/machine/event.ts'

// How a request ends: what the lockout guard reads of an event.
export const success = { type: 'granted' } as ResponseEvent
export const challenged = { type: 'challenged' } as ResponseEvent
export const noResponse = { type: 'failed', at: 0, error: { code: 'network_error' } } as ResponseEvent
export const refused = (error: string) => ({ type: 'refused', response: { error } }) as ResponseEvent
export const throttled = (retryAt?: number) =>
  ({ type: 'failed', at: 0, error: { code: 'rate_limited', retryAt } }) as ResponseEvent
