import { isInvalidTokenError } from '@particle-grants/core'
import { type FetchResponse, isAllowedUrl, readBody } from '@particle-grants/core/protocol'
import type { AxiosResponse } from 'axios'
import { getUrl } from './destination.ts'
import { getNodeReadable, isNodeStream, type LastRequest, type Sent } from './redact-error.ts'

/** Such a response has some hundred bytes. A longer body is not read. */
const maxBytes = 65_536

/** Whether the API rejected this token: a 401 whose body says so, as the response to a request that carried it. */
export async function isTokenRejected(response: AxiosResponse, sent: Sent): Promise<boolean> {
  if (response.status !== 401 || !isResponseToToken(response, sent)) return false
  try {
    return isInvalidTokenError(await readError(response))
  } catch {
    return false
  }
}

/** After a redirect to another origin, a 401 says nothing about the token. An adapter that does not tell is trusted. */
function isResponseToToken({ request }: AxiosResponse, { config, token }: Sent): boolean {
  const last: LastRequest = request ?? {}
  const bearer = `Bearer ${token}`
  if (typeof last.getHeader === 'function') return last.getHeader('authorization') === bearer
  if (typeof last.headers?.get === 'function') return last.headers.get('authorization') === bearer
  const { responseURL } = last
  return (
    !responseURL || !URL.canParse(responseURL) || isAllowedUrl(responseURL, [new URL(getUrl(config)).origin])
  )
}

/** Reads the body, whatever `responseType` made of it. The caller can still read it. */
async function readError(response: AxiosResponse): Promise<unknown> {
  const data: unknown = response.data
  if (typeof data !== 'object' || data === null) return data
  // By name, because objects of another realm have other classes.
  const type = Object.prototype.toString.call(data)
  if (type === '[object Blob]') return (data as Blob).text()
  if (type === '[object ArrayBuffer]' || ArrayBuffer.isView(data))
    return new TextDecoder().decode(data as ArrayBuffer)
  const isWebStream = 'getReader' in data
  // A custom adapter may have parsed it.
  if (!isWebStream && !isNodeStream(data)) return data
  if (!isShortJson(response)) return undefined
  const stream = isWebStream ? (data as ReadableStream<Uint8Array>) : getNodeReadable().toWeb(data)
  const [copy, rest] = stream.tee()
  response.data = isWebStream ? rest : getNodeReadable().fromWeb(rest)
  return readBody({ body: copy } as unknown as FetchResponse, maxBytes)
}

function isShortJson({ headers }: AxiosResponse): boolean {
  const length = Number(headers['content-length'] ?? 0)
  return /json/i.test(String(headers['content-type'])) && length <= maxBytes
}
