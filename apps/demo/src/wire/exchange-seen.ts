import { STATUS_CODES } from 'node:http'
import type { Connection } from '@particle-grants/sandbox'
import type { Exchange } from './exchange.ts'

/** What every HTTP client adds by itself; left out, as `fetch` keeps it from those who call it. */
const ofTheTransport = new Set([
  'accept-encoding',
  'accept-language',
  'connection',
  'content-length',
  'host',
  'sec-fetch-mode',
  'user-agent',
])

/** An exchange as the server saw it. Reads the response to its end. */
export async function exchangeSeen(
  { method, url, headers }: Request,
  { body = '' }: Connection,
  response: Response,
): Promise<Exchange> {
  const { status } = response
  return {
    method,
    path: new URL(url).pathname,
    headers: Object.fromEntries([...headers].filter(([name]) => !ofTheTransport.has(name))),
    body,
    status,
    statusText: STATUS_CODES[status] ?? '',
    answer: await response.text(),
  }
}
