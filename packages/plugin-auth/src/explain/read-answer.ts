import { type HttpResponse, isTokenEndpointError, tokenEndpointErrors } from '@particle-grants/core/protocol'

/** What somebody handed over to be explained. */
export type Given =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'code'; readonly code: string }
  | {
      readonly kind: 'answer'
      readonly answer: HttpResponse
      /** Whether the status stood there; otherwise it was concluded from the body. */
      readonly statusGiven: boolean
    }

/**
 * Reads what a terminal shows of an answer: what `curl -i` or `curl -v` printed, the body alone, or an error code
 * alone. Of several answers, as proxies and redirects give them, the last one counts.
 */
export function readGiven(input: string): Given {
  const text = withoutMarks(input.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'))
  if (text.trim() === '') return { kind: 'nothing' }
  if (/^[a-z][a-z_]{2,39}$/i.test(text.trim())) return { kind: 'code', code: text.trim() }
  const head = lastHead(text)
  if (head === undefined) {
    const body = text.trim()
    return { kind: 'answer', statusGiven: false, answer: rawAnswer(statusOf(body), [], body) }
  }
  return { kind: 'answer', statusGiven: true, answer: rawAnswer(head.status, head.lines, head.body) }
}

interface Head {
  readonly status: number
  readonly lines: readonly string[]
  readonly body: string
}

const statusLine = /^HTTP\/\d(?:\.\d)? (\d{3})\b.*$/gm

/** The last status line that begins a line, the headers below it, and what comes after the empty line. */
function lastHead(text: string): Head | undefined {
  const found = [...text.matchAll(statusLine)].at(-1)
  if (found === undefined) return undefined
  const rest = text.slice(found.index + found[0].length + 1)
  const empty = rest.search(/^[ \t]*$/m)
  const head = empty === -1 ? rest : rest.slice(0, empty)
  const body = empty === -1 ? '' : rest.slice(empty).replace(/^[ \t]*\n/, '')
  return { status: Number(found[1]), lines: head.split('\n'), body: body.trim() }
}

function rawAnswer(status: number, lines: readonly string[], body: string): HttpResponse {
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  return {
    status,
    headers: { get: (name) => headers.get(name.toLowerCase()) ?? null },
    body: new TextEncoder().encode(body),
  }
}

/** `curl -v` marks what it received with `< `, what it sent with `> `, and its own words with `* `. */
function withoutMarks(text: string): string {
  if (!/^< HTTP\//m.test(text)) return text
  return text
    .split('\n')
    .filter((line) => !/^[>*{}]( |$)/.test(line) && !/^ {0,2}\d+ +\d+ .*--:--/.test(line))
    .map((line) => line.replace(/^< ?/, ''))
    .join('\n')
}

/** The status that goes with a body: that of its error code, 200 for tokens, and 400 for another error. */
function statusOf(body: string): number {
  let error: unknown
  try {
    error = (JSON.parse(body) as { error?: unknown } | null)?.error
  } catch {
    return 200
  }
  if (typeof error !== 'string') return 200
  return isTokenEndpointError(error) ? tokenEndpointErrors[error].status : 400
}
