import { GrantsError } from '../errors/grants-error.ts'
import { type FieldNameOf, type GrantType, grants } from '../grants/catalogue.ts'
import type { FieldDefinition } from '../grants/field.ts'
import type { Asked } from '../machine/state.ts'
import { encodeField } from '../protocol/encode-field.ts'
import { Secret, toSecret } from '../secret.ts'
import type { AdoptOptions, TokenOptions } from './session.ts'

/** Checks a value against the catalogue's form of a field. Throws `invalid_argument` in the name of the parameter. */
export function checkField<G extends GrantType>(
  [grant, field]: readonly [G, FieldNameOf<G>],
  value: unknown,
  parameter: string = field,
): void {
  const fields: Readonly<Record<string, FieldDefinition>> = grants[grant].fields
  // FieldNameOf<G> names a field of this very grant.
  encodeField(parameter, (fields[field] as FieldDefinition).form, value)
}

/** The lifetime and scope to ask for. */
export function readAsked(
  grant: 'password' | 'client_credentials',
  { expiresIn, scope }: TokenOptions,
): Asked {
  if (expiresIn !== undefined) checkField([grant, 'expires_in'], expiresIn, 'expiresIn')
  if (scope !== undefined) checkField([grant, 'scope'], scope)
  if (scope?.split(' ').some((word) => word.startsWith('customer='))) {
    throw invalid('scope', "must not name a customer: create the session with subject customer('…')")
  }
  return { expiresIn, scope }
}

/** A token from elsewhere and its end, ms since 1970. */
export function readAdopted({ accessToken, expiresAt }: AdoptOptions) {
  const token = Secret.isInstance(accessToken) ? accessToken.reveal() : accessToken
  if (typeof token !== 'string' || !/^[\x21-\x7e]+$/.test(token)) {
    throw invalid('accessToken', 'must be a non-empty string without blanks, without "Bearer" before it')
  }
  const end = expiresAt instanceof Date ? expiresAt.getTime() : (expiresAt ?? null)
  if (end !== null && !Number.isFinite(end))
    throw invalid('expiresAt', 'must be a date, or milliseconds since 1970')
  return { accessToken: toSecret(accessToken), expiresAt: end }
}

function invalid(parameter: string, problem: string): GrantsError {
  return new GrantsError('invalid_argument', { parameter, problem })
}
