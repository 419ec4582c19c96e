/** The part of `fetch` that core uses. Every platform's own fits, and so does the sandbox's. */
export type Fetch = (url: string, init: FetchInit) => Promise<FetchResponse>

/** What core passes to `fetch`. */
export interface FetchInit {
  method: string
  headers: Record<string, string>
  body?: string
  redirect: 'manual'
  signal: AbortSignal
}

/** What core reads of a `Response`. */
export interface FetchResponse {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  readonly body: { getReader(): BodyReader } | null
}

/** What core reads of a body's reader. */
export interface BodyReader {
  read(): Promise<{ readonly done: boolean; readonly value?: Uint8Array | undefined }>
  cancel(): Promise<void>
}

/** The body's bytes; no more than one chunk past `limit` is read of a body that does not end. */
export async function readBody(response: FetchResponse, limit: number): Promise<Uint8Array> {
  const reader = response.body?.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  while (reader !== undefined && length <= limit) {
    const { done, value } = await reader.read()
    if (done || value === undefined) break
    chunks.push(value)
    length += value.length
  }
  if (length > limit) await reader?.cancel()
  return concatenated(chunks, length)
}

function concatenated(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    bytes.set(chunk, offset)
    offset += chunk.length
  }
  return bytes
}
