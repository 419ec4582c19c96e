import { type ClientKind, type FieldDefinition, type GrantType, grants } from '@particle-grants/core'
import {
  clientKinds,
  type FieldReference,
  grantReferences,
  tokenRequest,
} from '@particle-grants/core/reference'

/** The customer of the catalogue's example. */
export const customerName: string = grantReferences.client_credentials.fields.scope.example.replace(
  /^customer=/,
  '',
)

/** The id in the catalogue's example of a client. */
export function clientId(kind: ClientKind): string {
  return clientKinds[kind].example.replace(/:.*/, '')
}

/** The request of a grant as a curl command, with the catalogue's required fields and examples. */
export function requestOf(type: GrantType, client: ClientKind, scope?: string): string {
  const fields: Readonly<Record<string, FieldDefinition>> = grants[type].fields
  const references: Readonly<Record<string, FieldReference>> = grantReferences[type].fields
  const required = Object.keys(fields).filter((name) => fields[name]?.required)
  // With a product's client its customers sign in, and the catalogue's example is an account of one's own.
  const examples: Readonly<Record<string, string>> = client === 'product' ? { username: customerName } : {}
  const pairs = required.map((name) => [name, examples[name] ?? references[name]?.example ?? ''] as const)
  const all = [['grant_type', type], ...pairs, ...(scope === undefined ? [] : [['scope', scope] as const])]
  return [
    `curl ${tokenRequest.url}`,
    `-u ${quoted(clientKinds[client].example)}`,
    ...all.map(([name, value = '']) =>
      /^[\w:-]+$/.test(value) ? `-d ${name}=${value}` : `--data-urlencode ${quoted(`${name}=${value}`)}`,
    ),
  ].join(' \\\n  ')
}

/** In quotes where a shell would read something into it. */
function quoted(text: string): string {
  return /^[\w:@.=/-]+$/.test(text) ? text : `'${text}'`
}
