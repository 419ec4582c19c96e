import type { FieldFormat } from '@particle-grants/core/protocol'

/** Explains the format of a form field. */
export const fieldFormats: Readonly<Record<FieldFormat, string>> = {
  text: 'A string that is not empty.',
  secret: 'A string that is not empty. Never print it, log it or put it in a URL.',
  otp: 'Six digits as a string: a leading zero matters.',
  seconds: 'An integer of 0 or more. `0` requests a token that never expires.',
  date: 'A date and time in ISO 8601.',
  scope: 'Space-separated. A name in it cannot contain a space.',
}
