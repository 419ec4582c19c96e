import { type FieldDefinition, type GrantType, grants, isGrantType } from '@particle-grants/core/protocol'
import {
  clientReferences,
  errorUrl,
  explainGrant,
  explainGrants,
  type Fact,
  type FieldReference,
  fieldFormats,
  type GrantExplanation,
  grantReferences,
  tokenRequest,
  type UnsupportedGrant,
  type UnsupportedGrantId,
  unsupportedGrants,
} from '@particle-grants/reference'
import { Printer } from '../output/text.ts'

type FoundGrant =
  | { readonly grant: GrantExplanation }
  | { readonly name: UnsupportedGrantId; readonly unsupported: UnsupportedGrant }

/** Finds a grant type, with or without `urn:custom:`, with `-` or `_`. */
export function findGrant(given: string): FoundGrant | undefined {
  const name = given.trim().toLowerCase()
  const custom = `urn:custom:${name}`
  const candidates = [name, name.replaceAll('-', '_'), custom, custom.replaceAll('_', '-')]
  const type = candidates.find(isGrantType)
  if (type !== undefined) return { grant: explainGrant(type) }
  const known = candidates.find((one): one is UnsupportedGrantId => Object.hasOwn(unsupportedGrants, one))
  return known && { name: known, unsupported: unsupportedGrants[known] }
}

/** Formats a list of all grants. `command` explains one of them. */
export function printOverview(command: string, width?: number): string {
  const printer = new Printer(width)
  printer.heading(`${tokenRequest.method} ${tokenRequest.path}`).text(tokenRequest.facts[0].text)
  printer.heading('Grant types')
  for (const { type, definition, reference } of explainGrants()) {
    printer.term(type, definition.clients.join(', '), reference.summary)
  }
  printer.heading('Client types')
  for (const [kind, { summary, example }] of Object.entries(clientReferences)) printer.term(kind, example, summary)
  printer.heading('Known grant types that are not supported here')
  for (const [name, { title, alternative }] of Object.entries(unsupportedGrants)) printer.term(name, title, alternative)
  return printer.heading('Explain one of them').command([command]).toString()
}

/** Formats what a grant is for, who may use it, its fields and a request. The site has the rest. */
export function printGrant({ type, definition, reference, errors }: GrantExplanation, width?: number): string {
  const printer = new Printer(width).heading(type).text(`${reference.title}. ${reference.summary}`)
  printer.heading('Who may use it')
  for (const [kind, fact] of Object.entries(reference.clients)) printer.term(kind, '', formatFact(fact))
  printer.heading('Fields')
  for (const [name, field] of Object.entries<FieldReference>(reference.fields)) {
    const { format, required } = (definition.fields as Readonly<Record<string, FieldDefinition>>)[name] ?? {}
    const meaning = formatFact({ text: field.meaning, from: field.from })
    // The meaning may say already what the format says, too.
    const rest = (format ? fieldFormats[format] : '')
      .split(/(?<=\.) /)
      .filter((sentence) => !meaning.includes(sentence))
    printer.term(name, required ? 'required' : 'optional', [meaning, ...rest].join(' '))
  }
  printer.heading('With curl').command(formatCurl(type))
  printer.heading('Errors').text(errors.map(({ code }) => code).join(', '))
  const page = type.replace('urn:custom:', '').replaceAll('_', '-')
  return printer
    .heading('More')
    .text(new URL(`grants/${page}`, errorUrl('')).href)
    .toString()
}

/** Formats why a grant type is not supported, and what to use instead. */
export function printUnsupportedGrant(name: string, grant: UnsupportedGrant, width?: number): string {
  const { title, facts, reason, alternative } = grant
  const printer = new Printer(width).heading(name).text(`${title}. ${reason}`)
  for (const { text } of facts) printer.text(text, '- ')
  return printer.heading('Instead').text(alternative).toString()
}

/** Formats a request for curl: the required fields, with the examples of the reference. */
export function formatCurl(type: GrantType): string[] {
  const { fields, clients } = grants[type]
  const references: Readonly<Record<string, FieldReference>> = grantReferences[type].fields
  const required = Object.entries<FieldDefinition>(fields).filter(([, field]) => field.required)
  return [
    `curl ${tokenRequest.url} \\`,
    `  -u '${clientReferences[clients[0]].example}' \\`,
    ...required.map(([name]) => `  --data-urlencode '${name}=${references[name]?.example ?? '…'}' \\`),
    `  -d grant_type=${type}`,
  ]
}

/** Formats a fact; it is marked if it is not known. */
export function formatFact({ text, from }: Pick<Fact, 'text' | 'from'>): string {
  return from[0] === 'unknown' ? `${text} (unknown)` : text
}
