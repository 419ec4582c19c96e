import type { Exchange } from './exchange.ts'
import { fieldsOf, jsonOf } from './exchange.ts'

const hidden = () => '••••'
const begun = (value: string) => `${value.slice(0, 4)}…`

/** Secrets by the names they have on the wire and in a serialised state. A token's beginning tells it from others. */
const secrets = new Map([
  ['password', hidden],
  ['otp', hidden],
  ['client_secret', hidden],
  ['mfa_token', begun],
  ['mfaToken', begun],
  ['access_token', begun],
  ['accessToken', begun],
  ['refresh_token', begun],
  ['refreshToken', begun],
])

/** An exchange as it may be shown. */
export interface ShownExchange {
  readonly request: string
  readonly headers: readonly (readonly [string, string])[]
  readonly fields: readonly (readonly [string, string])[]
  readonly status: number
  readonly answer: string
  readonly json: unknown
}

/** Takes the secrets out of an exchange. */
export function shortenExchange(exchange: Exchange): ShownExchange {
  const { method, path, headers, status, statusText } = exchange
  return {
    request: `${method} ${path}`,
    headers: Object.entries(headers).map(([name, value]) => [name, shortenHeader(name, value)]),
    fields: fieldsOf(exchange).map(([name, value]) => [name, shortenValue(name, value)]),
    status,
    answer: `${status} ${statusText}`,
    json: shortenJson(jsonOf(exchange)),
  }
}

/** A token's beginning: enough to tell it from another, and of no use to anybody. */
export const shortenToken = begun

/** JSON with its secrets shortened, at any depth. */
function shortenJson(json: unknown): unknown {
  return JSON.parse(
    JSON.stringify(json, (name, value: unknown) =>
      typeof value === 'string' ? shortenValue(name, value) : value,
    ),
  )
}

function shortenValue(name: string, value: string): string {
  return secrets.get(name)?.(value) ?? value
}

function shortenHeader(name: string, value: string): string {
  if (name.toLowerCase() !== 'authorization') return value
  const [scheme = '', credentials = ''] = value.split(' ')
  return `${scheme} ${begun(credentials)}`
}
