import { isInvalidTokenError } from '@particle-grants/core'
import type { AxiosResponse } from 'axios'

/** A refusal of a token takes some hundred bytes. What is longer is not read. */
const longest = 65_536

/**
 * Whether a 401 says that the token is invalid, whatever `responseType` made of its body. A stream is read only if its
 * headers say that it is short JSON, and the response gets another stream with the same content.
 */
export async function isTokenRejected(response: AxiosResponse | undefined): Promise<boolean> {
  if (response?.status !== 401) return false
  try {
    return isInvalidTokenError(await readBody(response))
  } catch {
    return false
  }
}

async function readBody(response: AxiosResponse): Promise<unknown> {
  const data: unknown = response.data
  if (typeof data === 'string') return JSON.parse(data)
  if (typeof data !== 'object' || data === null) return undefined
  // By their names, since those of another realm have other classes.
  const kind = Object.prototype.toString.call(data)
  if (kind === '[object Blob]' || kind === '[object File]') return JSON.parse(await (data as Blob).text())
  if (kind === '[object ArrayBuffer]' || ArrayBuffer.isView(data)) return parse(data as Uint8Array)
  const isStream = 'getReader' in data || 'pipe' in data
  // A custom adapter may have parsed it already.
  if (!isStream) return data
  if (!isShortJson(response)) return undefined
  if ('getReader' in data) return parse(await readCopy(response, data as ReadableStream<Uint8Array>))
  return parse(await readAndReplace(response, data as unknown as AsyncIterable<Uint8Array>))
}

function parse(bytes: ArrayBuffer | Uint8Array): unknown {
  return JSON.parse(new TextDecoder().decode(bytes))
}

function isShortJson({ headers }: AxiosResponse): boolean {
  const length = headers['content-length'] as unknown
  return /json/i.test(String(headers['content-type'])) && (length === undefined || Number(length) <= longest)
}

async function readCopy(response: AxiosResponse, stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const [copy, rest] = stream.tee()
  response.data = rest
  const reader = copy.getReader()
  const read = async () => (await reader.read()).value
  const { bytes } = await readUpTo(longest, read)
  void reader.cancel()
  return bytes
}

/** A stream of Node can be read only once: the caller gets a new one, of what was read and what was not. */
async function readAndReplace(
  response: AxiosResponse,
  stream: AsyncIterable<Uint8Array>,
): Promise<Uint8Array> {
  const iterator = stream[Symbol.asyncIterator]()
  const read = async () => {
    const { done, value } = await iterator.next()
    return done ? undefined : value
  }
  const { bytes, chunks } = await readUpTo(longest, read)
  const { Readable } = nodeStreams()
  response.data = Readable.from(continued(chunks, iterator), { objectMode: false })
  return bytes
}

async function* continued(
  chunks: readonly Uint8Array[],
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield* chunks
  yield* { [Symbol.asyncIterator]: () => rest }
}

async function readUpTo(
  limit: number,
  read: () => Promise<Uint8Array | undefined>,
): Promise<{ bytes: Uint8Array; chunks: readonly Uint8Array[] }> {
  const chunks: Uint8Array[] = []
  let size = 0
  for (;;) {
    const chunk = size > limit ? undefined : await read()
    if (chunk === undefined) break
    chunks.push(chunk)
    size += chunk.byteLength
  }
  const bytes = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.byteLength
  }
  return { bytes, chunks }
}

interface NodeStreams {
  readonly Readable: { from(content: AsyncIterable<Uint8Array>, options: { objectMode: false }): object }
}

/** Where there are streams of Node, there is Node; an import would keep this package out of browsers. */
function nodeStreams(): NodeStreams {
  const node = globalThis as unknown as { process: { getBuiltinModule(name: 'node:stream'): NodeStreams } }
  return node.process.getBuiltinModule('node:stream')
}
