/** Whether a value is a token that a header can carry: no blanks, nothing but ASCII (RFC 6750 §2.1 allows less still). */
export function isHeaderSafe(value: unknown): value is string {
  return typeof value === 'string' && /^[\x21-\x7e]+$/.test(value)
}
