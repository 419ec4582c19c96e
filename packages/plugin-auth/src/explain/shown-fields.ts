import { isTokenEndpointError } from '@particle-grants/core/protocol'
import { errorCodes, explainErrorCode } from '@particle-grants/reference'

const redacted = '[redacted]'

/** A field of an answer as it may be repeated. */
export interface ShownField {
  readonly name: string
  readonly value: string
}

/** How the values of a field are shown that are no secret. Everything else is hidden until it is listed here. */
const shown: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  token_type: (value) => (/^bearer$/i.test(String(value)) ? 'bearer' : undefined),
  expires_in: (value) => (typeof value === 'number' ? String(value) : undefined),
  ok: (value) => (typeof value === 'boolean' ? String(value) : undefined),
  scope: (value) => (typeof value === 'string' && value.startsWith('customer=') ? 'customer=…' : undefined),
  error: (value) => (typeof value === 'string' ? shownCode(value) : undefined),
  error_description: (value) => (isKnownDescription(value) ? value : '[not one that is known: not repeated]'),
}

/**
 * The fields of an answer's body, none where it is no object. Only what is known to be harmless is repeated: people
 * paste secrets into any place, and servers put them into sentences.
 */
export function shownFields(body: Uint8Array): ShownField[] {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(body))
  } catch {
    return []
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  return Object.entries(value)
    .slice(0, 20)
    .map(([name, one]) => ({
      name: /^[a-z]{1,20}(?:_[a-z]{1,20}){0,3}$/.test(name) ? name : redacted,
      value: (Object.hasOwn(shown, name) ? shown[name]?.(one) : undefined) ?? redacted,
    }))
}

/** An error code that is known, or has the form of one: words of letters, with `_` between them. */
export function shownCode(code: string): string {
  return isTokenEndpointError(code) || /^[a-z]{2,20}(?:_[a-z]{2,20}){1,3}$/.test(code) ? code : redacted
}

function isKnownDescription(value: unknown): value is string {
  const causes = errorCodes.flatMap((code) => explainErrorCode(code)?.tokenEndpoint?.causes ?? [])
  return causes.some(({ description }) => description?.text === value)
}
