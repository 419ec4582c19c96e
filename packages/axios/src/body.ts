import type { InternalAxiosRequestConfig } from 'axios'

/** The `form-data` package, of Node. It is a stream, but can return its content if no part of it is one. */
interface FormDataPackage {
  getBuffer(): Uint8Array
  getHeaders(): Record<string, string>
}

/** Replaces the content of `form-data` by its bytes, which can be sent twice. */
export function replaceFormData(config: InternalAxiosRequestConfig): void {
  const form = config.data as Partial<FormDataPackage> | null | undefined
  if (!form?.getBuffer || !form.getHeaders) return
  try {
    config.data = form.getBuffer()
    config.headers.setContentType(form.getHeaders()['content-type'] ?? null)
  } catch {
    // One of its parts is a stream.
  }
}

/** Whether a body, after Axios has transformed it, can be sent twice. A stream can be read once. */
export function isReplayable(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return true
  return !('pipe' in data || 'getReader' in data || Symbol.asyncIterator in data)
}
