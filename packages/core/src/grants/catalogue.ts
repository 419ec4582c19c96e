import { frozen } from '../frozen.ts'
import { clientCredentials } from './client-credentials.ts'
import type { FieldDefinition, FieldValue } from './field.ts'
import type { ClientKind } from './grant.ts'
import { mfaOtp } from './mfa-otp.ts'
import { password } from './password.ts'
import { recoveryCode } from './recovery-code.ts'
import { refreshToken } from './refresh-token.ts'

/** Every grant that Particle's token endpoint serves to this project's users, by its `grant_type`. */
export const grants = frozen({
  password,
  'urn:custom:mfa-otp': mfaOtp,
  'urn:custom:recovery-code': recoveryCode,
  client_credentials: clientCredentials,
  refresh_token: refreshToken,
})

/** A `grant_type` of the catalogue. */
export type GrantType = keyof typeof grants

/** The catalogue's grant types, in the order in which the reference shows them. */
export const grantTypes = frozen(Object.keys(grants) as readonly GrantType[])

/** The names of the form fields of a grant. */
export type FieldNameOf<G extends GrantType> = keyof (typeof grants)[G]['fields'] & string

type Fields = Readonly<Record<string, FieldDefinition>>
type RequiredFields<F extends Fields> = {
  readonly [N in keyof F as F[N]['required'] extends true ? N : never]: FieldValue<F[N]['form']>
}
type OptionalFields<F extends Fields> = {
  readonly [N in keyof F as F[N]['required'] extends true ? never : N]?: FieldValue<F[N]['form']> | undefined
}
type RequestOf<G extends GrantType> = { readonly grant_type: G } & RequiredFields<
  (typeof grants)[G]['fields']
> &
  OptionalFields<(typeof grants)[G]['fields']>

/** A token request in the wire's own words: `grant_type` and the fields that this grant takes. */
export type TokenRequest<G extends GrantType = GrantType> = { [K in G]: RequestOf<K> }[G]

/** Whether a string is a `grant_type` of the catalogue. */
export function isGrantType(value: string): value is GrantType {
  return Object.hasOwn(grants, value)
}

/** Whether a client of this kind may use the grant. */
export function mayUse(kind: ClientKind, grant: GrantType): boolean {
  const clients: readonly ClientKind[] = grants[grant].clients
  return clients.includes(kind)
}
