import { invalidArgument } from '../errors/invalid-argument.ts'
import type { FieldForm } from '../grants/field.ts'
import { Secret } from '../secret.ts'

/** Checks a field's value against its form and gives it as it is sent. Throws `invalid_argument`; never repeats a secret. */
export function encodeField(name: string, form: FieldForm, value: unknown): string {
  const result = forms[form](Secret.isInstance(value) ? value.reveal() : value)
  if (typeof result === 'object') throw invalidArgument(name, result.problem)
  return result
}

/** Whether a field of this form holds a secret. */
export function isHidden(form: FieldForm): boolean {
  return form === 'secret' || form === 'otp'
}

type Encoder = (value: unknown) => string | { readonly problem: string }

const nonEmpty: Encoder = (value) =>
  typeof value === 'string' && value !== '' ? value : { problem: 'must be a non-empty string' }

const forms: Readonly<Record<FieldForm, Encoder>> = {
  text: nonEmpty,
  secret: nonEmpty,
  // People paste codes as "123 456". A number would have lost its leading zeros already.
  otp: (value) => {
    const digits = typeof value === 'string' ? value.replace(/\s/g, '') : ''
    return /^\d{6}$/.test(digits)
      ? digits
      : { problem: 'must be a string of the six digits that the authenticator shows' }
  },
  // The server takes a negative or non-numeric value for "never expires".
  seconds: (value) =>
    Number.isSafeInteger(value) && (value as number) >= 0
      ? String(value)
      : { problem: 'must be an integer of seconds, 0 for a token that never expires' },
  date: (value) =>
    typeof value === 'string' && dateForm.test(value) && isDay(value)
      ? value
      : { problem: 'must be a date and time in ISO 8601 with its offset, such as 2030-01-31T00:00:00Z' },
  scope: (value) =>
    typeof value === 'string' && /^[^\s\p{Cc}]+( [^\s\p{Cc}]+)*$/u.test(value)
      ? value
      : { problem: 'must be words parted by single blanks' },
}

const dateForm = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/

/** Whether the day is in the calendar: `Date` takes the 31st of February for the 3rd of March. */
function isDay(value: string): boolean {
  const day = value.slice(0, 10)
  const midnight = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(Date.parse(value)) && new Date(midnight).toISOString().startsWith(day)
}
