import { type ExitCode, exitCodes, isInvalidTokenError } from '@particle-grants/plugin-auth'
import type { JqFilter } from './jq.ts'

/** A response of the API whose body has been read. */
export interface ApiResponse {
  readonly status: number
  readonly statusText: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: Buffer
}

/** Reads a response. Replaces the tokens that the request could have sent, in case the API repeats one. */
export async function readResponse(response: Response, tokens: readonly (string | undefined)[]): Promise<ApiResponse> {
  const sent = tokens.filter((token) => token !== undefined)
  const redact = (text: string) => sent.reduce((rest, token) => rest.replaceAll(token, '[redacted]'), text)
  // In Latin-1 each byte is one character, so a body that is not text remains as it is.
  const body = Buffer.from(await response.arrayBuffer()).toString('latin1')
  return {
    status: response.status,
    statusText: response.statusText,
    headers: [...response.headers].map(([name, value]) => [name, redact(value)] as const),
    body: Buffer.from(redact(body), 'latin1'),
  }
}

/** Whether the status is 2xx. */
export function isSuccess({ status }: ApiResponse): boolean {
  return status >= 200 && status < 300
}

/** Returns the status as people read it: `HTTP 404 Not Found`. */
export function formatStatus({ status, statusText }: ApiResponse): string {
  return `HTTP ${status} ${statusText}`.trim()
}

/** How a response is printed. */
export interface OutputOptions {
  /** Print status and headers first. */
  readonly include: boolean
  /** Print no body. */
  readonly silent: boolean
  /** Whether other responses follow. */
  readonly paginate: boolean
  /** Indent JSON. */
  readonly isTerminal: boolean
  /** Print what this returns for the body of a success. */
  readonly filter: JqFilter | undefined
}

/** Returns what is printed of a response. In a pipe a body is not changed, but ends with a newline if something follows. */
export function formatOutput(response: ApiResponse, options: OutputOptions): Buffer {
  const { include, silent, paginate, isTerminal, filter } = options
  const head = include ? formatHead(response) : ''
  if (silent) return Buffer.from(head)
  const body =
    filter !== undefined && isSuccess(response) ? filterBody(response, filter) : formatBody(response, isTerminal)
  const isFollowed = isTerminal || paginate || !isSuccess(response)
  const end = isFollowed && body.length > 0 && body.at(-1) !== 10 ? '\n' : ''
  return Buffer.concat([Buffer.from(head), body, Buffer.from(end)])
}

function formatHead(response: ApiResponse): string {
  const lines = response.headers.map(([name, value]) => `${name}: ${value}`)
  return `${[formatStatus(response).replace('HTTP', 'HTTP/1.1'), ...lines].join('\n')}\n\n`
}

function formatBody(response: ApiResponse, isTerminal: boolean): Buffer {
  const json = isTerminal ? parseBody(response) : undefined
  return json === undefined ? response.body : Buffer.from(JSON.stringify(json, null, 2))
}

function filterBody({ body }: ApiResponse, filter: JqFilter): Buffer {
  return Buffer.from(filter(body.toString('utf8')))
}

/** Returns the response as `--json` has it: a body that is not JSON is a string, and `null` if there is none. */
export function toDocument(response: ApiResponse, include: boolean): object {
  const { status, headers } = response
  const text = response.body.toString('utf8')
  const body = parseBody(response) ?? (text === '' ? null : text)
  return { status, ...(include && { headers: Object.fromEntries(headers) }), body }
}

/** Returns the JSON of the body, if it is JSON. */
export function parseBody({ body }: ApiResponse): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

/** Returns the exit code of a status. 401 is "not signed in" only if the API calls the token invalid. */
export function getExitCode(response: ApiResponse): ExitCode {
  const { status } = response
  if (isSuccess(response)) return exitCodes.done
  if (status === 401 && isInvalidTokenError(parseBody(response))) return exitCodes.notSignedIn
  if (status === 429) return exitCodes.lockedOut
  return status >= 500 ? exitCodes.network : exitCodes.failed
}
