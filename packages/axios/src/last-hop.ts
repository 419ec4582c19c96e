import type { AxiosResponse } from 'axios'
import { addressOf } from './traced-fetch.ts'

/** A token that was sent, and where to. */
export interface SentTo {
  readonly token: string
  readonly call: { readonly origin: string }
}

/** What the adapters leave of a request. */
interface LastRequest {
  /** Node's, of the last hop. */
  getHeader?(name: string): unknown
  /** As XMLHttpRequest says it; some custom adapters give a relative one. */
  readonly responseURL?: unknown
}

/**
 * Whether a response answers a request with the token. After a redirect to another origin it does not, and says nothing
 * about the token. If the adapter does not tell, it does.
 */
export function answersToken({ request }: AxiosResponse, { token, call }: SentTo): boolean {
  if (typeof request !== 'object' || request === null) return true
  const last: LastRequest = request
  if (typeof last.getHeader === 'function') return last.getHeader('authorization') === `Bearer ${token}`
  const address = addressOf(request) ?? last.responseURL
  if (typeof address !== 'string' || !URL.canParse(address)) return true
  return new URL(address).origin === call.origin
}
