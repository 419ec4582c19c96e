import { type ClientKind, type FieldDefinition, type GrantType, grants } from '@particle-grants/core/protocol'
import {
  clientReferences,
  type FieldReference,
  grantReferences,
  tokenRequest,
} from '@particle-grants/reference'

/** The customer in the reference's example. */
export const customerName: string = grantReferences.client_credentials.fields.scope.example.replace(
  /^customer=/,
  '',
)

/** Returns the client id in the reference's example. */
export function clientId(kind: ClientKind): string {
  return clientReferences[kind].example.replace(/:.*/, '')
}

/** Returns a grant's request as a curl command, with its required fields and the examples of the reference. */
export function toCurl(type: GrantType, client: ClientKind, scope?: string): string {
  const fields: Readonly<Record<string, FieldDefinition>> = grants[type].fields
  const references: Readonly<Record<string, FieldReference>> = grantReferences[type].fields
  const required = Object.keys(fields).filter((name) => fields[name]?.required)
  // With a product client its customers sign in, and the reference's example is an account.
  const examples: Readonly<Record<string, string>> = client === 'product' ? { username: customerName } : {}
  const pairs = required.map((name) => [name, examples[name] ?? references[name]?.example ?? ''] as const)
  const all = [['grant_type', type], ...pairs, ...(scope === undefined ? [] : [['scope', scope] as const])]
  return [
    `curl ${tokenRequest.url}`,
    `-u ${quote(clientReferences[client].example)}`,
    ...all.map(([name, value = '']) =>
      /^[\w:-]+$/.test(value) ? `-d ${name}=${value}` : `--data-urlencode ${quote(`${name}=${value}`)}`,
    ),
  ].join(' \\\n  ')
}

/** Quotes a text that a shell would interpret. */
function quote(text: string): string {
  return /^[\w:@.=/-]+$/.test(text) ? text : `'${text}'`
}
