import {
  type HttpResponse,
  isTokenEndpointError,
  parseTokenResponse,
  type TokenResponse,
  tokenEndpointErrors,
} from '@particle-grants/core/protocol'
import {
  type ErrorCodeExplanation,
  errorFields,
  explainErrorCode,
  libraryErrorReferences,
  type ReasonReference,
  type ResponseField,
  successFields,
} from '@particle-grants/reference'
import { formatLifetime } from '../output/format.ts'
import { addErrorCode, addOtherError } from './error-code.ts'
import { formatCurl } from './grant.ts'
import { formatFact, Printer } from './printer.ts'

export interface GivenResponse {
  readonly response: HttpResponse
  /** Whether the status was in the input. If not, it is derived from the body. */
  readonly hasStatus: boolean
}

/**
 * Parses what `curl -i` printed, a body alone, or an error code alone; `undefined`: nothing was given. Of
 * several responses, which proxies and redirects cause, the last one counts.
 */
export function parseInput(input: string): GivenResponse | string | undefined {
  const text = input.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n')
  const trimmed = text.trim()
  if (trimmed === '') return undefined
  if (/^[a-z][a-z_]{2,39}$/i.test(trimmed)) return trimmed
  const statusLine = [...text.matchAll(/^HTTP\/\d(?:\.\d)? (\d{3})\b.*$/gm)].at(-1)
  if (statusLine === undefined) {
    return { hasStatus: false, response: toHttpResponse(guessStatus(trimmed), [], trimmed) }
  }
  const rest = text.slice(statusLine.index + statusLine[0].length + 1)
  const end = rest.search(/^[ \t]*$/m)
  const headers = end === -1 ? rest : rest.slice(0, end)
  const body = end === -1 ? '' : rest.slice(end)
  const response = toHttpResponse(Number(statusLine[1]), headers.split('\n'), body.trim())
  return { hasStatus: true, response }
}

function toHttpResponse(status: number, lines: readonly string[], body: string): HttpResponse {
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    if (colon > 0) headers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim())
  }
  const get = (name: string) => headers.get(name.toLowerCase()) ?? null
  return { status, headers: { get }, body }
}

/** The status that belongs to a body: its error code's, 200 for tokens, and 400 for another error. */
function guessStatus(body: string): number {
  const { error } = parseObject(body)
  if (typeof error !== 'string') return 200
  return isTokenEndpointError(error) ? tokenEndpointErrors[error].status : 400
}

/** An explained response, without secrets. */
export interface ExplainedResponse {
  readonly type: TokenResponse['type']
  readonly status: number
  /** The names of the fields that the reference knows. */
  readonly fields: readonly string[]
  /** The error code if it is known. An unknown one may be a secret in the wrong place. */
  readonly error: string | null
  readonly explanation: ErrorCodeExplanation | null
  /** Seconds; `null`: never expires, or no tokens. */
  readonly expiresIn: number | null
  /** For a response that is not the token endpoint's: what it is. */
  readonly unexpected: string | null
}

/** Parses a response as a session does, and explains it. */
export function explainResponse(response: HttpResponse): ExplainedResponse {
  const parsed = parseTokenResponse(response)
  const { error, description } = parsed.type === 'error' ? parsed : { error: parsed.type }
  const explanation = (parsed.type !== 'unexpected' && explainErrorCode(error, description)) || null
  const names = Object.keys(parseObject(response.body))
  return {
    type: parsed.type,
    status: response.status,
    fields: names.filter((name) => name in successFields || name in errorFields),
    error: explanation?.code ?? null,
    explanation,
    expiresIn: parsed.type === 'success' ? parsed.expiresInSeconds : null,
    unexpected: parsed.type === 'unexpected' ? formatUnexpected(parsed) : null,
  }
}

function formatUnexpected({ reason }: Extract<TokenResponse, { type: 'unexpected' }>): string {
  const { when, advice, reasons } = libraryErrorReferences.unexpected_response
  const { meaning, advice: ownAdvice = advice[0] }: ReasonReference = reasons[reason]
  return [when, meaning, ownAdvice].join(' ')
}

/** Formats a response and its explanation. */
export function printResponse(explained: ExplainedResponse, width?: number): string {
  const { type, status, explanation, unexpected } = explained
  const printer = new Printer(width).text(`Response with status ${status}`)
  if (type === 'success') addTokens(printer, explained)
  else if (unexpected !== null) printer.heading('Not a response of the token endpoint').text(unexpected)
  else if (explanation === null) addOtherError(printer)
  else addErrorCode(printer, explanation)
  if (type === 'mfa_required') {
    printer.heading('The second step').command(formatCurl('urn:custom:mfa-otp'))
  }
  return printer.toString()
}

function addTokens(printer: Printer, { fields, expiresIn }: ExplainedResponse): void {
  const lifetime = expiresIn === null ? 'It never expires.' : `It expires after ${formatLifetime(expiresIn)}.`
  printer.heading('An access token').text(lifetime).heading('Fields')
  for (const [name, { meaning, facts }] of Object.entries<ResponseField>(successFields)) {
    if (fields.includes(name)) printer.term(name, '', [meaning, ...facts.map(formatFact)])
  }
}

function parseObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}
