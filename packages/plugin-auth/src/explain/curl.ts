import { type FieldDefinition, type GrantType, grants } from '@particle-grants/core/protocol'
import {
  clientReferences,
  type FieldReference,
  grantReferences,
  tokenRequest,
} from '@particle-grants/reference'

/** Formats whose values mean nothing to a shell or to a form as they are. */
const plainFormats: readonly FieldDefinition['format'][] = ['otp', 'seconds']

/**
 * A request of a grant as a shell takes it, one line each: the required fields, with the catalogue's examples, or
 * with a mark where the values of the answer at hand belong.
 */
export function curlOf(type: GrantType, values: 'examples' | 'marks' = 'examples'): string[] {
  const { fields, clients } = grants[type]
  const references: Readonly<Record<string, FieldReference>> = grantReferences[type].fields
  const required = Object.entries<FieldDefinition>(fields).filter(([, one]) => one.required)
  const lines = [
    `curl ${tokenRequest.url}`,
    `-u '${clientReferences[clients[0]].example}'`,
    `-d grant_type=${type}`,
    ...required.map(([name, { format }]) => {
      const value = values === 'marks' ? '…' : (references[name]?.example ?? '…')
      return plainFormats.includes(format) ? `-d ${name}=${value}` : `--data-urlencode '${name}=${value}'`
    }),
  ]
  return lines.map(
    (line, index) => `${index === 0 ? '' : '  '}${line}${index < lines.length - 1 ? ' \\' : ''}`,
  )
}
