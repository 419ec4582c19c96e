import { isGrantType } from '@particle-grants/core/protocol'
import { apiErrors, explainErrorCode, tokenEndpointErrorCodes, unsupportedGrants } from '@particle-grants/reference'

/** What a pasted text contains: a response, or only a code, grant type or status. */
export type Pasted =
  | {
      readonly type: 'response'
      /** `undefined`: the text has no status line. */
      readonly status: number | undefined
      readonly headers: ReadonlyMap<string, string>
      readonly body: string
    }
  /** An error code, alone or found by its description. */
  | { readonly type: 'code'; readonly code: string; readonly description?: string | undefined }
  /** A grant type, supported or not. */
  | { readonly type: 'grant'; readonly name: string }
  | { readonly type: 'status'; readonly status: number }
  | { readonly type: 'nothing' }

const statusLine = /^HTTP\/[\d.]+ (\d{3})\b/
/** A status without a body: `403`, `HTTP 403`, or the last line of `curl -f`. */
const statusAlone =
  /^(?:HTTP(?:\/[\d.]+)? |status:? |curl: \(22\) The requested URL returned error: )?([1-5]\d\d)(?: [A-Z][A-Za-z ]*)?$/
const headerLine = /^([\w-]+): ?(.*)$/

/** Reads the output of `curl` (also with `-i` or `-v`), a body, or a code. */
export function readPasted(pasted: string): Pasted {
  const trimmed = pasted.trim()
  if (trimmed === '') return { type: 'nothing' }
  const grant = /^(?:grant_type=)?(urn:custom:[\w-]{1,60})$/.exec(trimmed)?.[1]
  if (grant !== undefined) return { type: 'grant', name: grant }
  if (isGrantType(trimmed) || Object.hasOwn(unsupportedGrants, trimmed)) return { type: 'grant', name: trimmed }
  if (/^[a-z]+(?:_[a-z]+)*$/.test(trimmed)) return { type: 'code', code: trimmed }
  const code = findCode(trimmed)
  if (code !== undefined) return { type: 'code', code, description: trimmed }
  const status = statusAlone.exec(trimmed)?.[1]
  if (status !== undefined) return { type: 'status', status: Number(status) }
  // Python prints JSON with single quotes.
  const text = /^\{\s*'/.test(trimmed) ? trimmed.replaceAll("'", '"') : trimmed
  const lines = text.split(/\r?\n/).flatMap(withoutMarks)
  // After a redirect or a 100 there are several heads. The last one belongs to the body.
  const start = lines.findLastIndex((line) => statusLine.test(line))
  if (start === -1) return { type: 'response', status: undefined, headers: new Map(), body: lines.join('\n').trim() }
  const { headers, length } = readHeaders(lines.slice(start + 1))
  return {
    type: 'response',
    status: Number(statusLine.exec(lines[start] ?? '')?.[1]),
    headers,
    body: lines
      .slice(start + 1 + length)
      .join('\n')
      .trim(),
  }
}

/** Whether a code is an error of the API outside the token endpoint. */
export function isApiError(code: string): code is keyof typeof apiErrors {
  return Object.hasOwn(apiErrors, code)
}

/** Returns the code that a text names with spaces (`invalid grant`), or whose known description it is. */
function findCode(text: string): string | undefined {
  const name = text.toLowerCase().replaceAll(' ', '_')
  if (explainErrorCode(name) !== undefined || isApiError(name)) return name
  return tokenEndpointErrorCodes.find((code) => explainErrorCode(code, text)?.cause)
}

/** Removes the marks of `curl -v` from what it received, and drops what it sent and its own messages. */
function withoutMarks(line: string): string[] {
  if (/^(?:[>*]|[{}] \[)/.test(line)) return []
  return [line.replace(/^< ?/, '')]
}

function readHeaders(lines: readonly string[]) {
  const headers = new Map<string, string>()
  let length = 0
  for (const line of lines) {
    const [, name, value = ''] = headerLine.exec(line) ?? []
    if (name === undefined) break
    headers.set(name.toLowerCase(), value)
    length += 1
  }
  return { headers, length }
}
