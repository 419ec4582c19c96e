import type { InternalAxiosRequestConfig } from 'axios'

/** A body of this many bytes is sent with a token that lasts: sending it twice costs more than renewing before. */
const large = 1_000_000

/** How a body is sent, and sent once more. */
export interface Body {
  /** Whether it is better to renew before it is sent. */
  readonly isLarge: boolean
  /** The body for the first sending; `undefined`: as it stands in the config. */
  readonly first: (() => unknown) | undefined
  /** Puts it into the config for the second one; `undefined`: it can't be sent twice. */
  readonly again: ((config: InternalAxiosRequestConfig) => unknown) | undefined
}

const asItIs = (config: InternalAxiosRequestConfig): unknown => config.data

/** Whether a body needs no thought: small, and the same however often it is sent. */
export function isSimple(data: unknown): boolean {
  return data === undefined || data === null || (typeof data === 'string' && data.length < large)
}

/** What is known of a body, after Axios has transformed it. */
export function bodyOf({ data }: InternalAxiosRequestConfig): Body {
  if (typeof data === 'function') {
    const make = data as () => unknown
    return { isLarge: true, first: make, again: () => make() }
  }
  if (isFormOfNode(data)) return { isLarge: true, first: undefined, again: bufferOf(data) }
  if (isStream(data)) return { isLarge: true, first: undefined, again: undefined }
  return { isLarge: sizeOf(data) >= large, first: undefined, again: asItIs }
}

function isStream(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return false
  return 'pipe' in data || 'getReader' in data || Symbol.asyncIterator in data
}

/** The `form-data` package: a stream that can give its content as long as it holds no stream itself. */
interface FormOfNode {
  getBuffer(): Uint8Array
  getHeaders(): Record<string, string>
}

function isFormOfNode(data: unknown): data is FormOfNode {
  return typeof data === 'object' && data !== null && 'getBuffer' in data && 'getHeaders' in data
}

/** Taken before the first sending, which uses it up. */
function bufferOf(form: FormOfNode): Body['again'] {
  let content: Uint8Array
  try {
    content = form.getBuffer()
  } catch {
    return undefined
  }
  return ({ headers }) => {
    headers.setContentType(form.getHeaders()['content-type'] ?? 'multipart/form-data')
    return content
  }
}

function sizeOf(data: unknown): number {
  if (typeof data === 'string') return data.length
  if (typeof data !== 'object' || data === null) return 0
  if ('byteLength' in data) return Number(data.byteLength)
  if ('size' in data) return Number(data.size)
  if (typeof FormData === 'function' && data instanceof FormData) {
    let sum = 0
    for (const [, value] of data) sum += typeof value === 'string' ? value.length : value.size
    return sum
  }
  return 0
}
