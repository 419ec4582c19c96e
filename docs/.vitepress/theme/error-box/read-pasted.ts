import { isGrantType } from '@particle-grants/core'
import { notServed } from '@particle-grants/core/reference'

/** What was found in a text that somebody pasted: an answer, or only a code. */
export type Pasted =
  | {
      readonly type: 'answer'
      /** `undefined` where the text does not say. */
      readonly status: number | undefined
      readonly headers: ReadonlyMap<string, string>
      readonly body: string
    }
  | { readonly type: 'code'; readonly code: string }
  /** A grant type alone, or what somebody takes for one. */
  | { readonly type: 'grant'; readonly name: string }
  | { readonly type: 'status'; readonly status: number }
  | { readonly type: 'nothing' }

const statusLine = /^HTTP\/[\d.]+ (\d{3})\b/
/** As a program says it: `403`, `HTTP 403`, or what `curl -f` ends with. */
const statusAlone =
  /^(?:HTTP(?:\/[\d.]+)? |status:? |curl: \(22\) The requested URL returned error: )?([1-5]\d\d)(?: [A-Z][A-Za-z ]*)?$/
const headerLine = /^([\w-]+): ?(.*)$/

/** Reads the output of `curl`, with `-i` or `-v` or without, a body alone, or a code alone. */
export function readPasted(text: string): Pasted {
  const trimmed = text.trim()
  if (trimmed === '') return { type: 'nothing' }
  const grant = /^(?:grant_type=)?(urn:custom:[\w-]{1,60})$/.exec(trimmed)?.[1]
  if (grant !== undefined) return { type: 'grant', name: grant }
  if (isGrantType(trimmed) || Object.hasOwn(notServed, trimmed)) return { type: 'grant', name: trimmed }
  if (/^[a-z]+(?:_[a-z]+)*$/.test(trimmed)) return { type: 'code', code: trimmed }
  const status = statusAlone.exec(trimmed)?.[1]
  if (status !== undefined) return { type: 'status', status: Number(status) }
  const lines = trimmed.split(/\r?\n/).flatMap(withoutMarks)
  // After a redirect or a 100 there is more than one head; the last one belongs to the body.
  const start = lines.findLastIndex((line) => statusLine.test(line))
  if (start === -1)
    return { type: 'answer', status: undefined, headers: new Map(), body: lines.join('\n').trim() }
  const { headers, length } = readHeaders(lines.slice(start + 1))
  return {
    type: 'answer',
    status: Number(statusLine.exec(lines[start] ?? '')?.[1]),
    headers,
    body: lines
      .slice(start + 1 + length)
      .join('\n')
      .trim(),
  }
}

/** `curl -v` marks what it sent, what came, and what it has to say; a shell shows its prompt and the command. */
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
