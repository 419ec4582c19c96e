import { invalidArgument } from '../errors/invalid-argument.ts'
import { type FieldNameOf, type GrantType, grants } from '../grants/catalogue.ts'
import type { FieldDefinition } from '../grants/field.ts'
import type { Asked } from '../machine/state.ts'
import { encodeField, isHidden } from '../protocol/encode-field.ts'
import { isHeaderSafe } from '../protocol/header-safe.ts'
import { Secret, toSecret } from '../secret.ts'
import { namesCustomer } from '../subject.ts'
import type { AdoptOptions, TokenOptions } from './session.ts'

/** Checks a value against the catalogue's form of a field. Throws `invalid_argument` in the name of the parameter. */
export function checkField<G extends GrantType>(
  [grant, field]: readonly [G, FieldNameOf<G>],
  value: unknown,
  parameter: string = field,
): void {
  const fields: Readonly<Record<string, FieldDefinition>> = grants[grant].fields
  // FieldNameOf<G> names a field of this very grant.
  const { form } = fields[field] as FieldDefinition
  // A session compares and keeps in the clear what is no secret: it can't come wrapped as one.
  encodeField(parameter, form, Secret.isInstance(value) && !isHidden(form) ? undefined : value)
}

/** The lifetime and scope to ask for. */
export function readAsked(
  grant: 'password' | 'client_credentials',
  { expiresIn, scope }: TokenOptions,
): Asked {
  if (expiresIn !== undefined) checkField([grant, 'expires_in'], expiresIn, 'expiresIn')
  if (scope !== undefined) checkField([grant, 'scope'], scope)
  if (scope !== undefined && namesCustomer(scope)) {
    throw invalidArgument('scope', "must not name a customer: create the session with subject customer('…')")
  }
  return { expiresIn, scope }
}

/** Particle is younger than this, 2001-09-09. Seconds since 1970 don't reach it before the year 32970. ms. */
const earliest = 1e12

/** A token from elsewhere and its end, ms since 1970. */
export function readAdopted(options: AdoptOptions) {
  const { accessToken, expiresAt = null } = options ?? {}
  if (!isHeaderSafe(Secret.isInstance(accessToken) ? accessToken.reveal() : accessToken)) {
    const problem = 'must be a non-empty string without blanks, without "Bearer" before it'
    throw invalidArgument('accessToken', problem)
  }
  const end = expiresAt instanceof Date ? expiresAt.getTime() : expiresAt
  if (end !== null && !(Number.isFinite(end) && end >= earliest)) {
    const problem = 'must be a date, or milliseconds since 1970: multiply seconds by 1000'
    throw invalidArgument('expiresAt', problem)
  }
  return { accessToken: toSecret(accessToken), expiresAt: end }
}

/** Throws `invalid_argument` for a listener that can't be called. */
export function assertListener(listener: unknown): void {
  if (typeof listener !== 'function') throw invalidArgument('listener', 'must be a function')
}
