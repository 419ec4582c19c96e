import type { HttpResponse } from '../src/protocol/http.ts'
import { createRedactor } from '../src/protocol/token-response.ts'
import { Secret } from '../src/secret.ts'

/** The smallest body with tokens. */
export const tokenBody = { access_token: 'a', token_type: 'bearer', expires_in: 60 } as const

/** An HTTP response. Strings are sent as they are, bytes as their text, anything else as JSON. */
export function httpResponse(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): HttpResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return {
    status,
    headers: { get: (name) => headers[name.toLowerCase()] ?? null },
    body: body instanceof Uint8Array ? new TextDecoder().decode(body) : text,
  }
}

/** Returns a function that redacts these secrets. */
export function redactAll(...sent: readonly string[]): (text: string) => string {
  return createRedactor(sent.map((secret) => new Secret(secret)))
}
