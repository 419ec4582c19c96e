/** What is known about a body after Axios has transformed it. */
export interface Body {
  readonly data: unknown
  readonly isReplayable: boolean
  /** The header that the body needs, if Axios cannot tell. */
  readonly contentType?: string | undefined
}

export function describeBody(data: unknown): Body {
  if (typeof data !== 'object' || data === null) return { data, isReplayable: true }
  if ('getBuffer' in data && 'getHeaders' in data) return describeFormData(data as FormDataPackage)
  return { data, isReplayable: !('pipe' in data || 'getReader' in data || Symbol.asyncIterator in data) }
}

/** The `form-data` package, of Node. It is a stream, but can return its content if no part of it is one. */
interface FormDataPackage {
  getBuffer(): Uint8Array
  getHeaders(): Record<string, string>
}

function describeFormData(form: FormDataPackage): Body {
  try {
    return { data: form.getBuffer(), isReplayable: true, contentType: form.getHeaders()['content-type'] }
  } catch {
    return { data: form, isReplayable: false }
  }
}
