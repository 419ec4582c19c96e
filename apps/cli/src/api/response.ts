import {
  CliError,
  type ExitCode,
  exitCodes,
  isInvalidTokenError,
  notFromParticle,
  parseJson,
} from '@particle-grants/plugin-auth'
import { escapeControls, paint } from '@particle-grants/plugin-auth/quick'

/** A response of the API whose body has been read. */
export interface ApiResponse {
  /** Whether the status is 2xx. */
  readonly ok: boolean
  readonly status: number
  /** The status as people read it: `404 Not Found`. */
  readonly title: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: Buffer
  /** The body, if it is JSON. */
  readonly json: unknown
}

/**
 * Reads a response. Replaces the tokens that the request could have sent, in case the API repeats one.
 *
 * @throws CliError `network_error` for a web page: the API has none
 */
export async function readResponse(response: Response, tokens: readonly (string | undefined)[]): Promise<ApiResponse> {
  const { ok, status, statusText } = response
  const sent = tokens.filter((token) => token !== undefined)
  const redact = (text: string) => sent.reduce((rest, token) => rest.replaceAll(token, '[redacted]'), text)
  // In Latin-1 each byte is one character, so a body that is not text remains as it is.
  const body = Buffer.from(redact(Buffer.from(await response.arrayBuffer()).toString('latin1')), 'latin1')
  const headers = [...response.headers].map(([name, value]) => [name, redact(value)] as const)
  const isPage = /html/i.test(response.headers.get('content-type') ?? '') || /^\s*<(?:!doctype|html)\b/i.test(`${body}`)
  if (isPage) throw notFromParticle(response, 'a web page')
  return { ok, status, title: `${status} ${statusText}`.trim(), headers, body, json: parseJson(body.toString('utf8')) }
}

/** How a response is printed. */
export interface OutputOptions {
  /** Print status and headers first. */
  readonly include: boolean
  /** Print no body. */
  readonly silent: boolean
  /** Whether other responses follow. */
  readonly paginate: boolean
  /** Indent and color JSON, and escape characters that could control the terminal. */
  readonly isTerminal: boolean
  /** Print what this returns for the body of a success. */
  readonly filter: JqFilter | undefined
}

/** Returns what is printed of a response. In a pipe a body is not changed, but ends with a newline if something follows. */
export function formatResponse({ ok, title, headers, body, json }: ApiResponse, options: OutputOptions): Buffer {
  const { include, silent, paginate, isTerminal, filter } = options
  const protect = (text: string) => (isTerminal ? escapeControls(text) : text)
  const head = protect([`HTTP/1.1 ${title}`, ...headers.map((pair) => pair.join(': ')), '', ''].join('\n'))
  const printed = formatBody()
  const isComplete = printed.length === 0 || printed.at(-1) === 10 || !(isTerminal || paginate || !ok)
  const lines = silent ? [] : [printed, Buffer.from(isComplete ? '' : '\n')]
  return Buffer.concat([Buffer.from(include ? head : ''), ...lines])

  function formatBody(): Buffer {
    if (filter !== undefined && ok) return Buffer.from(protect(filter(`${body}`)))
    if (!isTerminal) return body
    return Buffer.from(json === undefined ? protect(`${body}`) : paintJson(protect(JSON.stringify(json, null, 2))))
  }
}

/** Colors JSON as jq does: names blue, strings green. */
function paintJson(text: string): string {
  const paintToken = (token: string) => {
    if (token.endsWith(':')) return `${paint('blue', token.slice(0, -1))}:`
    return token.startsWith('"') ? paint('green', token) : paint('yellow', token)
  }
  return text.replace(/"(?:[^"\\]|\\.)*":?|\b(?:true|false|null)\b|-?\b\d[\d.eE+-]*/g, paintToken)
}

/** Describes a response that is not a success: the call, the status, what the API says, and when to try again. */
export function formatFailure(call: string, { title, headers, json }: ApiResponse): string {
  const { error_description, error, message } = Object(json) as Readonly<Record<string, unknown>>
  const reason = [error_description, error, message].find((one) => typeof one === 'string')
  const { 'retry-after': wait = '', location } = Object.fromEntries(headers)
  const seconds = /^\d+$/.test(wait) ? Number(wait) : Math.ceil((Date.parse(wait) - Date.now()) / 1000)
  const lines = [
    `${call}: HTTP ${title}${reason === undefined ? '' : ` (${String(reason).slice(0, 200)})`}`,
    ...(seconds > 0 ? [`Try again in ${seconds} s (Retry-After).`] : []),
    ...(/^3/.test(title) && location !== undefined ? [`It was not sent on to ${location}.`] : []),
  ]
  return escapeControls(lines.join('\n'))
}

/** Returns the response as `--json` has it: a body that is not JSON is a string, and `null` if there is none. */
export function toDocument({ status, headers, body, json }: ApiResponse, include: boolean): object {
  return {
    status,
    ...(include && { headers: Object.fromEntries(headers) }),
    body: json === undefined ? body.toString('utf8') || null : json,
  }
}

/** Returns the exit code of a status. 401 is "not signed in" only if the API calls the token invalid. */
export function getExitCode({ ok, status, json }: ApiResponse): ExitCode {
  if (ok) return exitCodes.done
  if (status === 401 && isInvalidTokenError(json)) return exitCodes.notSignedIn
  if (status === 429) return exitCodes.lockedOut
  return status >= 500 ? exitCodes.network : exitCodes.failed
}

/** Runs a jq filter on JSON text and returns what it prints. */
type JqFilter = (json: string) => string

/**
 * Compiles a jq filter, so that a mistake is found before a request is sent. Strings are printed without quotes, and
 * objects on one line unless `isTerminal`, as `gh` does. The filter sees no environment and no files.
 *
 * @throws CliError `usage` for a filter that does not compile
 */
export async function compileJq(filter: string, isTerminal: boolean): Promise<JqFilter> {
  const jq = await (await import('jq-wasm')).loadJq()
  const run = (json: string, code: 'usage' | 'output', failure: string) => {
    // jq runs in WebAssembly, where it cannot read the real environment. This also hides the invented one.
    const program = `{} as $ENV | def env: $ENV;\n${filter}`
    const { stdout, stderr, exitCode } = jq.raw(json, program, isTerminal ? ['-r'] : ['-r', '-c'])
    if (exitCode === 0) return stdout === '' ? '' : `${stdout.replace(/\n$/, '')}\n`
    // Without the position, which counts a line that the filter does not have.
    const reason = stderr.split('\n', 1)[0]?.replace(/^jq: (error(?: \(at [^)]*\))?: )?| at <top-level>.*$/g, '')
    throw new CliError(code, { what: `The --jq filter ${failure}: ${reason}.` })
  }
  // Without any input the filter is compiled, and not run.
  run('', 'usage', 'is invalid')
  return (json) => run(json, 'output', 'failed on the response')
}
