import type { Secret } from '../secret.ts'

/**
 * What a form field may hold.
 * `text` a non-empty string; `secret` the same, kept out of sight; `otp` six digits;
 * `seconds` an integer ≥ 0, where 0 means "never expires"; `date` ISO 8601; `scope` words parted by blanks.
 */
export type FieldForm = 'text' | 'secret' | 'otp' | 'seconds' | 'date' | 'scope'

/** One form field of a grant. */
export interface FieldDefinition {
  readonly form: FieldForm
  readonly required: boolean
}

/** The type of the value that a field of this form takes. */
export type FieldValue<F extends FieldForm> = F extends 'secret' | 'otp'
  ? Secret
  : F extends 'seconds'
    ? number
    : string
