import type { FieldForm } from '../grants/field.ts'

/** What each form of a field means, in words. */
export const forms: Readonly<Record<FieldForm, string>> = {
  text: 'A string that is not empty.',
  secret: 'A string that is not empty. Never print it, log it or put it in a URL.',
  otp: 'Six digits, sent as a string: a leading zero counts.',
  seconds: 'An integer of 0 or more. `0` asks for a token that never expires.',
  date: 'A date and time in ISO 8601.',
  scope: 'Words parted by blanks. A name in it can have no blank itself.',
}
