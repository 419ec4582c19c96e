import { STATUS_CODES } from 'node:http'
import { tokenRequest } from '@particle-grants/reference'
import type { Sandbox } from '@particle-grants/sandbox'

/** A request and its response as HTTP text. */
export interface RecordedHttp {
  readonly request: string
  readonly response: string
}

/** A token request before it is sent. */
interface TokenRequestParts {
  readonly authorization: string
  readonly body: string
}

/** Sends a token request to a sandbox, and returns both directions as a connection shows them. */
export async function recordHttp(sandbox: Sandbox, parts: TokenRequestParts): Promise<RecordedHttp> {
  const { method, path, url, contentType } = tokenRequest
  const { authorization, body } = parts
  const headers = { Authorization: authorization, 'Content-Type': contentType }
  const response = await sandbox.fetch(url, { method, headers, body })
  const received = await response.text()
  return {
    request: toText(`${method} ${path} HTTP/1.1`, { Host: new URL(url).host, ...headers }, body),
    response: toText(
      `HTTP/1.1 ${response.status} ${STATUS_CODES[response.status]}`,
      Object.fromEntries(response.headers),
      received,
    ),
  }
}

function toText(start: string, headers: Readonly<Record<string, string>>, body: string): string {
  const all = { ...headers, 'Content-Length': `${Buffer.byteLength(body)}` }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return [start, ...lines, '', body].join('\n')
}
