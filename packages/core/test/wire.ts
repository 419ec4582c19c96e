import type { RawAnswer } from '../src/protocol/answer.ts'

/** The plainest answer with tokens. */
export const tokenBody = { access_token: 'a', token_type: 'bearer', expires_in: 60 } as const

/** An HTTP answer: bytes and strings as they are, anything else as JSON. */
export function answered(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): RawAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return {
    status,
    headers: { get: (name) => headers[name.toLowerCase()] ?? null },
    body: body instanceof Uint8Array ? body : new TextEncoder().encode(text),
  }
}
