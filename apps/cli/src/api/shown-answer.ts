import { type ExitCode, exitCodes, isInvalidTokenError } from '@particle-grants/plugin-auth'

/** An answer of the API as it came. */
export interface ApiAnswer {
  readonly status: number
  readonly statusText: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

const redacted = '[redacted]'

/** The answer without the tokens it was asked with, should it repeat one. */
export function withoutTokens(answer: ApiAnswer, tokens: readonly (string | undefined)[]): ApiAnswer {
  const own = tokens.filter((token) => token !== undefined)
  const hide = (text: string) => own.reduce((rest, token) => rest.replaceAll(token, redacted), text)
  const text = answer.body.toString('latin1')
  return {
    ...answer,
    headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, hide(value)])),
    // As Latin-1 each byte is one character: what is no text stays as it is.
    body: Buffer.from(hide(text), 'latin1'),
  }
}

/** The answer for people and for pipes: bytes as they came, but JSON in a terminal is set in lines. */
export function printed(
  answer: ApiAnswer,
  { include, terminal }: { readonly include: boolean; readonly terminal: boolean },
): Buffer {
  const head = include ? headOf(answer) : ''
  const json = terminal ? jsonOf(answer) : undefined
  const body = json === undefined ? answer.body : Buffer.from(JSON.stringify(json, null, 2))
  const end = terminal && body.length > 0 && body.at(-1) !== 10 ? '\n' : ''
  return Buffer.concat([Buffer.from(head), body, Buffer.from(end)])
}

/** The answer as one document. A body that is no JSON is a string, and `null` when there is none. */
export function documentOf(answer: ApiAnswer, include: boolean): object {
  const { status, headers, body } = answer
  const text = body.toString('utf8')
  return { status, ...(include && { headers }), body: jsonOf(answer) ?? (text === '' ? null : text) }
}

/** What the status comes to: 401 for an invalid token is "not signed in"; another one, such as a wrong password, is not. */
export function exitCodeOf(answer: ApiAnswer): ExitCode {
  const { status } = answer
  if (status >= 200 && status < 300) return exitCodes.done
  if (status === 401 && isInvalidTokenError(jsonOf(answer))) return exitCodes.notSignedIn
  if (status === 429) return exitCodes.lockedOut
  return status >= 500 ? exitCodes.network : exitCodes.failed
}

function headOf({ status, statusText, headers }: ApiAnswer): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return `${[`HTTP/1.1 ${status} ${statusText}`.trim(), ...lines].join('\n')}\n\n`
}

function jsonOf({ body }: ApiAnswer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}
