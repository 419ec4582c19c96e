import type { InternalAxiosRequestConfig } from 'axios'

/** A body of this many bytes is sent with a token that lasts: sending it twice costs more than renewing before. */
const large = 1_000_000

/** How a body is sent, and sent once more. */
export interface Body {
  /** Whether it is better to renew before it is sent. */
  readonly isLarge: boolean
  /** The body for the first sending; `undefined`: as it stands in the config. */
  readonly first: (() => unknown) | undefined
  /** What makes it for the second one, asked for only then; `undefined`: it can't be sent twice. */
  again(): SecondBody | undefined
}

/** Makes the body for the second sending, and sets the headers that it needs. */
export type SecondBody = (config: InternalAxiosRequestConfig) => unknown

const never = () => undefined
const asItIs = () => (config: InternalAxiosRequestConfig) => config.data

/** Whether a body needs no thought: small, and the same however often it is sent. */
export function isSimple(data: unknown): boolean {
  return data === undefined || data === null || (typeof data === 'string' && data.length < large)
}

/** What is known of a body, after Axios has transformed it. */
export function bodyOf({ data }: InternalAxiosRequestConfig): Body {
  if (typeof data === 'function') {
    const make = data as () => unknown
    return { isLarge: true, first: make, again: () => make }
  }
  if (isFormOfNode(data)) return { isLarge: true, first: undefined, again: partsOf(data) }
  if (isStream(data)) return { isLarge: true, first: undefined, again: never }
  return { isLarge: sizeOf(data) >= large, first: undefined, again: asItIs }
}

function isStream(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return false
  return 'pipe' in data || 'getReader' in data || Symbol.asyncIterator in data
}

/** The `form-data` package: a stream that can give its content as long as it holds no stream itself. */
interface FormOfNode {
  /** Its parts. Sending takes them off this list one by one; the parts themselves stay as they are. */
  readonly _streams: readonly unknown[]
  getBuffer(): Uint8Array
  getHeaders(): Record<string, string>
}

function isFormOfNode(data: unknown): data is FormOfNode {
  if (typeof data !== 'object' || data === null) return false
  return 'getBuffer' in data && 'getHeaders' in data && '_streams' in data && Array.isArray(data._streams)
}

/** Its parts as they are before the first sending; put together only when there is a second one. */
function partsOf(form: FormOfNode): Body['again'] {
  const kept: FormOfNode = Object.create(form, { _streams: { value: [...form._streams] } })
  return () => {
    try {
      const content = kept.getBuffer()
      return ({ headers }) => {
        headers.setContentType(kept.getHeaders()['content-type'] ?? 'multipart/form-data')
        return content
      }
    } catch {
      return undefined
    }
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
