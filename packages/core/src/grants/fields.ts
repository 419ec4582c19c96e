import { invalidArgument } from '../errors.ts'
import { Secret } from '../secret.ts'
import { type FieldName, type GrantType, grants } from './catalogue.ts'
import type { FieldDefinition, FieldFormat } from './grant.ts'

/** Checks a field's value and returns it as it is sent. Throws `invalid_argument`, which never repeats the value. */
export function encodeField(name: string, format: FieldFormat, given: unknown): string {
  const value = Secret.isInstance(given) ? given.reveal() : given
  const isRightType = format === 'seconds' ? Number.isSafeInteger(value) : typeof value === 'string'
  const text = isRightType ? String(value) : ''
  // People paste codes as "123 456". A number would have lost its leading zeros already.
  const sent = format === 'otp' ? text.replace(/\s/g, '') : text
  const [pattern, problem] = formats[format]
  if (!pattern.test(sent) || (format === 'date' && !isDate(sent))) throw invalidArgument(name, problem)
  return sent
}

const text = [/./s, 'must be a non-empty string'] as const

const formats: Readonly<Record<FieldFormat, readonly [pattern: RegExp, problem: string]>> = {
  text,
  secret: text,
  otp: [/^\d{6}$/, 'must be a string of six digits'],
  // The server takes a negative or non-numeric value for "never expires".
  seconds: [/^\d+$/, 'must be an integer of seconds, 0 or more'],
  date: [
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/,
    'must be an ISO 8601 time with its offset, such as 2030-01-31T00:00:00Z',
  ],
  scope: [/^[^\s\p{Cc}]+( [^\s\p{Cc}]+)*$/u, 'must be words separated by single spaces'],
}

/** `Date` takes the 31st of February for the 3rd of March. */
function isDate(value: string): boolean {
  const day = value.slice(0, 10)
  return !Number.isNaN(Date.parse(value)) && new Date(day).toISOString().startsWith(day)
}

/** Whether fields of this format hold a secret. */
export function isSecretFormat(format: FieldFormat): boolean {
  return format === 'secret' || format === 'otp'
}

/** Checks a value against the format of a grant's field. Throws `invalid_argument`, naming the parameter. */
export function checkField<G extends GrantType>(
  [grantType, field]: readonly [G, FieldName<G>],
  value: unknown,
  parameter: string = field,
): void {
  // FieldName<G> is the name of a field of this grant.
  const { format } = (grants[grantType].fields as Record<string, FieldDefinition>)[field] as FieldDefinition
  // A session compares and stores values that are no secrets, so they must not be wrapped as one.
  encodeField(parameter, format, Secret.isInstance(value) && !isSecretFormat(format) ? undefined : value)
}
