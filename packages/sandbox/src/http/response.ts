/** A response of the sandbox, before a server sends it. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string | ReadableStream<Uint8Array>
  /** The OAuth error code in the body, for the journal. */
  readonly error?: string | undefined
  /** Only the first half of the body is sent, then the connection ends. */
  readonly isTruncated?: boolean
}

export const jsonType = 'application/json; charset=utf-8'

/** A JSON response. */
export function json(body: unknown, status = 200): HttpResponse {
  return { status, headers: { 'content-type': jsonType }, body: JSON.stringify(body) }
}

/** An error of the API outside OAuth. Particle's bodies are unknown here, and clients should not depend on them. */
export function apiError(status: number, error: string): HttpResponse {
  return json({ ok: false, error }, status)
}

/** Converts a response to a web-standard one. */
export function toWebResponse(response: HttpResponse): Response {
  const { status, headers, body } = response
  if (response.isTruncated && typeof body === 'string') return toTruncatedResponse(response, body)
  return new Response(canHaveBody(status) ? body : null, { status, headers })
}

/** A status whose response has no body. */
export function canHaveBody(status: number): boolean {
  return status !== 204 && status !== 205 && status !== 304
}

/** Returns the bytes that are sent of a truncated body, and the length that `Content-Length` promises. */
export function truncate(body: string): { half: Uint8Array<ArrayBuffer>; contentLength: string } {
  const bytes = new TextEncoder().encode(body)
  return { half: bytes.slice(0, Math.ceil(bytes.length / 2)), contentLength: String(bytes.length) }
}

function toTruncatedResponse({ status, headers }: HttpResponse, body: string): Response {
  const { half, contentLength } = truncate(body)
  let isSent = false
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (isSent) controller.error(new TypeError('terminated'))
      else controller.enqueue(half)
      isSent = true
    },
  })
  return new Response(stream, { status, headers: { ...headers, 'content-length': contentLength } })
}
