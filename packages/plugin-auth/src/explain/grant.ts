import {
  type ClientKind,
  type FieldDefinition,
  type GrantType,
  grants,
  isGrantType,
} from '@particle-grants/core/protocol'
import {
  clientReferences,
  explainGrant,
  explainGrants,
  type FieldReference,
  fieldFormats,
  type GrantExplanation,
  grantReferences,
  pages,
  questions,
  tokenRequest,
  type UnsupportedGrant,
  type UnsupportedGrantId,
  unsupportedGrants,
} from '@particle-grants/reference'
import { Printer } from './printer.ts'

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
  const printer = new Printer(false, width)
  printer.title(`${tokenRequest.method} ${tokenRequest.path}`).text(tokenRequest.facts[0].text)
  printer.heading('Grant types')
  for (const { type, definition, reference } of explainGrants()) {
    printer.term(type, definition.clients.join(', '), [reference.summary])
  }
  printer.heading('Client types')
  for (const [kind, { summary, example }] of Object.entries(clientReferences)) {
    printer.term(kind, example, [summary])
  }
  printer.heading('Known grant types that are not supported here')
  for (const [name, { title, alternative }] of Object.entries(unsupportedGrants)) {
    printer.term(name, title, [alternative])
  }
  return printer.heading('Explain one of them').command([command]).toString()
}

/** Formats everything about one grant. */
export function printGrant(explanation: GrantExplanation, showSources: boolean, width?: number): string {
  const { type, definition, reference, errors } = explanation
  const printer = new Printer(showSources, width)
  printer.title(type).text(`${reference.title}. ${reference.summary}`)
  printer.section('When to use it', reference.whenToUse)
  printer.heading('Who may use it')
  for (const [kind, fact] of Object.entries(reference.clients)) {
    printer.term(kind, clientReferences[kind as ClientKind].example, [printer.fact(fact)])
  }
  printer.heading('Fields')
  const references: Readonly<Record<string, FieldReference>> = reference.fields
  for (const [name, { format, required }] of Object.entries<FieldDefinition>(definition.fields)) {
    const field = references[name]
    if (field === undefined) continue
    const meaning = { text: `${field.meaning} ${fieldFormats[format]}`, from: field.from }
    const texts = [meaning, ...(field.facts ?? [])].map(printer.fact)
    printer.term(name, required ? 'required' : 'optional', texts)
  }
  printer.heading('With curl').command(formatCurl(type))
  printer.heading('Responses')
  for (const [name, fact] of Object.entries(reference.outcomes)) printer.term(name, '', [printer.fact(fact)])
  printer.heading('Errors')
  for (const { code, status, causes } of errors) {
    const texts = causes.map(({ when, from }) => printer.fact({ text: when, from }))
    printer.term(code, String(status), texts)
  }
  printer.section('Lifetimes', reference.lifetimes.map(printer.fact))
  printer.heading('Questions')
  for (const id of reference.questions) {
    printer.term(questions[id].question, '', questions[id].answer.map(printer.fact))
  }
  printer.heading("Particle's documentation")
  for (const id of reference.pages) printer.term(pages[id].title, '', [pages[id].url])
  return printer.toString()
}

/** Formats why a grant type is not supported, and what to use instead. */
export function printUnsupportedGrant(name: string, grant: UnsupportedGrant, width?: number): string {
  const { title, facts, reason, alternative } = grant
  const printer = new Printer(false, width)
  printer
    .title(name)
    .text(`${title}. ${reason}`)
    .list(facts.map(({ text }) => text))
  return printer.heading('Instead').text(alternative).toString()
}

/** Formats that need neither quotes nor encoding. */
const plainFormats: readonly FieldDefinition['format'][] = ['otp', 'seconds']

/** Formats a request for curl: the required fields, with the examples of the reference or with `…`. */
export function formatCurl(type: GrantType, values: 'examples' | 'placeholders' = 'examples'): string[] {
  const { fields, clients } = grants[type]
  const references: Readonly<Record<string, FieldReference>> = grantReferences[type].fields
  const required = Object.entries<FieldDefinition>(fields).filter(([, field]) => field.required)
  const lines = [
    `curl ${tokenRequest.url}`,
    `-u '${clientReferences[clients[0]].example}'`,
    `-d grant_type=${type}`,
    ...required.map(([name, { format }]) => {
      const value = (values === 'examples' && references[name]?.example) || '…'
      return plainFormats.includes(format) ? `-d ${name}=${value}` : `--data-urlencode '${name}=${value}'`
    }),
  ]
  const isLast = (index: number) => index === lines.length - 1
  return lines.map((line, index) => `${index === 0 ? '' : '  '}${line}${isLast(index) ? '' : ' \\'}`)
}
