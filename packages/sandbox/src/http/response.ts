/** A response of the sandbox, before a server sends it. */
export interface HttpResponse {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string | ReadableStream<Uint8Array>
  /** The OAuth error code in the body, for the journal. */
  readonly error?: string | undefined
}

export const jsonType = 'application/json; charset=utf-8'

/** A JSON response. */
export function json(body: unknown, status = 200): HttpResponse {
  return { status, headers: { 'content-type': jsonType }, body: JSON.stringify(body) }
}

/** An error of the API outside OAuth. Particle's bodies are unknown here, and clients should not depend on them. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly response: HttpResponse

  constructor(status: number, error: string) {
    super(error)
    this.response = json({ ok: false, error }, status)
  }
}

/** Converts a response to a web-standard one. */
export function toWebResponse({ status, headers, body }: HttpResponse): Response {
  return new Response(canHaveBody(status) ? body : null, { status, headers })
}

/** Whether a response with this status can have a body. */
export function canHaveBody(status: number): boolean {
  return status !== 204 && status !== 205 && status !== 304
}

/** Returns a response whose body ends with an error in the middle. `Content-Length` has the whole length. */
export async function truncate({ status, headers, body }: HttpResponse): Promise<HttpResponse> {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : await readFirstPart(body)
  let isSent = false
  const half = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (isSent) controller.error(new TypeError('terminated'))
      else controller.enqueue(bytes.subarray(0, Math.ceil(bytes.length / 2)))
      isSent = true
    },
  })
  return { status, headers: { ...headers, 'content-length': String(bytes.length) }, body: half }
}

/** An event stream has no end, so only its first part is read. */
async function readFirstPart(body: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const reader = body.getReader()
  const { value = new Uint8Array() } = await reader.read()
  await reader.cancel()
  return value
}
