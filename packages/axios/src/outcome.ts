import { isInvalidTokenError } from '@particle-grants/core'
import { isAllowedUrl, isInvalidTokenResponse } from '@particle-grants/core/protocol'
import type { AxiosResponse } from 'axios'
import { getUrl } from './destination.ts'
import { getNodeReadable, isNodeStream, type LastRequest, type Sent } from './redact-error.ts'

/** How an attempt ended. An error may contain a response. */
export type Outcome = PromiseSettledResult<AxiosResponse>

/** Does what `Promise.allSettled` does, in less time. */
export function settle(attempt: Promise<AxiosResponse>): Promise<Outcome> {
  return attempt.then(
    (value) => ({ status: 'fulfilled', value }),
    (reason) => ({ status: 'rejected', reason }),
  )
}

export function unwrap(outcome: Outcome): AxiosResponse {
  if (outcome.status === 'rejected') throw outcome.reason
  return outcome.value
}

export function getResponse(outcome: Outcome): AxiosResponse | undefined {
  return outcome.status === 'rejected' ? outcome.reason?.response : outcome.value
}

/** Whether a 401 rejects this token: its body says so, and it is the response to a request that carried the token. */
export async function isTokenRejected(response: AxiosResponse, sent: Sent): Promise<boolean> {
  try {
    return isResponseToToken(response, sent) && (await hasInvalidTokenError(response))
  } catch {
    return false
  }
}

/** After a redirect to another origin, a 401 says nothing about the token. An adapter that does not tell is trusted. */
function isResponseToToken({ request }: AxiosResponse, { config, token }: Sent): boolean {
  const { getHeader, headers, responseURL }: LastRequest = request ?? {}
  const read = getHeader?.bind(request) ?? headers?.get?.bind(headers)
  if (read) return read('authorization') === `Bearer ${token}`
  const isKnown = responseURL !== undefined && URL.canParse(responseURL)
  return !isKnown || isAllowedUrl(responseURL, [new URL(getUrl(config)).origin])
}

/** Reads the body, whatever `responseType` made of it. The caller can still read it. */
async function hasInvalidTokenError(response: AxiosResponse): Promise<boolean> {
  const data: unknown = response.data
  if (typeof data !== 'object' || data === null) return isInvalidTokenError(data)
  const isWebStream = 'getReader' in data
  if (isWebStream || isNodeStream(data)) {
    if (!/json/i.test(String(response.headers['content-type']))) return false
    const [body, rest] = (new Response(data as ReadableStream).body as ReadableStream).tee()
    response.data = isWebStream ? rest : getNodeReadable().from(rest)
    return isInvalidTokenResponse(new Response(body))
  }
  // Not by class, because objects of another realm have other ones. A custom adapter may have parsed the body.
  if ('text' in data && typeof data.text === 'function') return isInvalidTokenError(await data.text())
  return isInvalidTokenError('byteLength' in data ? new TextDecoder().decode(data as ArrayBuffer) : data)
}
