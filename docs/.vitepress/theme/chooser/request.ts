import { type ClientKind, type FieldDefinition, type GrantType, grants } from '@particle-grants/core/protocol'
import { clientReferences, type FieldReference, grantReferences } from '@particle-grants/reference'
import { toCurl } from '../samples/curl.ts'

/** The customer in the reference's example. */
export const customerName: string = grantReferences.client_credentials.fields.scope.example.replace(/^customer=/, '')

/** Returns the page of a grant on this site. */
export function grantPage(type: GrantType): string {
  return `/grants/${type.replace('urn:custom:', '').replaceAll('_', '-')}`
}

/** What a request contains in addition to the grant's required fields, or instead of their examples. */
export type FieldValues = Readonly<Record<string, string>>

/** Returns a grant's request as a curl command, with its required fields and the examples of the reference. */
export function exampleRequest(type: GrantType, client: ClientKind, given: FieldValues = {}): string {
  const definitions: Readonly<Record<string, FieldDefinition>> = grants[type].fields
  const references: Readonly<Record<string, FieldReference>> = grantReferences[type].fields
  const required = Object.keys(definitions).filter((name) => definitions[name]?.required)
  const values = {
    grant_type: type,
    ...Object.fromEntries(required.map((name) => [name, references[name]?.example ?? ''])),
    // With a product client its customers sign in, and the reference's example is an account.
    ...(client === 'product' && required.includes('username') && { username: customerName }),
    ...given,
  }
  return toCurl(clientReferences[client].example, Object.entries(values))
}
