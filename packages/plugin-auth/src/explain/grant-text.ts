import { type ClientKind, type FieldDefinition, isGrantType } from '@particle-grants/core/protocol'
import {
  clientReferences,
  explainGrant,
  explainGrants,
  type Fact,
  type FieldReference,
  fieldFormats,
  type GrantExplanation,
  pages,
  questions,
  tokenRequest,
  type UnsupportedGrant,
  type UnsupportedGrantId,
  unsupportedGrants,
} from '@particle-grants/reference'
import { curlOf } from './curl.ts'
import type { Block, Saying, Term } from './document.ts'

/** What a name is: a grant, or a known grant type that is not supported. */
export type Named =
  | { readonly kind: 'grant'; readonly grant: GrantExplanation }
  | { readonly kind: 'unsupported'; readonly name: UnsupportedGrantId; readonly entry: UnsupportedGrant }

/** Finds a grant by its `grant_type`. The `urn:custom:` of Particle's own may be left out, and `_` may be `-`. */
export function findGrant(given: string): Named | undefined {
  const plain = given.trim().toLowerCase()
  const custom = `urn:custom:${plain}`
  const candidates = [plain, plain.replaceAll('-', '_'), custom, custom.replaceAll('_', '-')]
  const type = candidates.find(isGrantType)
  if (type !== undefined) return { kind: 'grant', grant: explainGrant(type) }
  const name = candidates.find((one): one is UnsupportedGrantId => Object.hasOwn(unsupportedGrants, one))
  return name && { kind: 'unsupported', name, entry: unsupportedGrants[name] }
}

/** All grants in short, and the known ones that are not supported. `command` prints one of them. */
export function overview(command: string): Block[] {
  return [
    { kind: 'title', text: `${tokenRequest.method} ${tokenRequest.path}` },
    { kind: 'text', text: tokenRequest.facts[0].text },
    { kind: 'heading', text: 'Grant types' },
    {
      kind: 'terms',
      terms: explainGrants().map(({ type, definition, reference }) => ({
        name: type,
        beside: definition.clients.join(', '),
        below: [reference.summary],
      })),
    },
    { kind: 'heading', text: 'Kinds of client' },
    {
      kind: 'terms',
      terms: Object.entries(clientReferences).map(([kind, { summary, example }]) => ({
        name: kind,
        beside: example,
        below: [summary],
      })),
    },
    { kind: 'heading', text: 'Known grant types that are not supported here' },
    {
      kind: 'terms',
      terms: Object.entries(unsupportedGrants).map(([name, { title, alternative }]) => ({
        name,
        beside: title,
        below: [alternative],
      })),
    },
    { kind: 'heading', text: 'One of them in full' },
    { kind: 'command', lines: [`${command} password`] },
  ]
}

/** Everything about one grant. */
export function grantText({ type, definition, reference, errors }: GrantExplanation, say: Saying): Block[] {
  return [
    { kind: 'title', text: type },
    { kind: 'text', text: `${reference.title}. ${reference.summary}` },
    { kind: 'heading', text: 'When to use it' },
    { kind: 'bullets', items: reference.whenToUse },
    { kind: 'heading', text: 'Who may use it' },
    { kind: 'terms', terms: clientTerms(reference.clients, say) },
    { kind: 'heading', text: 'Fields' },
    { kind: 'terms', terms: fieldTerms(definition.fields, { references: reference.fields, say }) },
    { kind: 'heading', text: 'With curl' },
    { kind: 'command', lines: curlOf(type) },
    { kind: 'heading', text: 'Responses' },
    { kind: 'terms', terms: factTerms(reference.outcomes, say) },
    { kind: 'heading', text: 'Errors' },
    {
      kind: 'terms',
      terms: errors.map(({ code, status, causes }) => ({
        name: code,
        beside: String(status),
        below: causes.map(({ when, from }) => say({ text: when, from })),
      })),
    },
    { kind: 'heading', text: 'How long' },
    { kind: 'bullets', items: reference.lifetimes.map(say) },
    { kind: 'heading', text: 'Questions' },
    {
      kind: 'terms',
      terms: reference.questions.map((id) => ({
        name: questions[id].question,
        below: questions[id].answer.map(say),
      })),
    },
    { kind: 'heading', text: "Particle's own pages" },
    {
      kind: 'terms',
      terms: reference.pages.map((id) => ({ name: pages[id].title, below: [pages[id].url] })),
    },
  ]
}

/** A grant type that is not supported: why, and what to use instead. */
export function unsupportedGrantText(
  name: string,
  { title, facts, reason, alternative }: UnsupportedGrant,
): Block[] {
  return [
    { kind: 'title', text: name },
    { kind: 'text', text: `${title}. ${reason}` },
    { kind: 'bullets', items: facts.map(({ text }) => text) },
    { kind: 'heading', text: 'Instead' },
    { kind: 'text', text: alternative },
  ]
}

function clientTerms(clients: Readonly<Partial<Record<ClientKind, Fact>>>, say: Saying): Term[] {
  return Object.entries(clients).map(([kind, fact]) => ({
    name: kind,
    beside: clientReferences[kind as ClientKind].example,
    below: [say(fact)],
  }))
}

function factTerms(facts: Readonly<Record<string, Fact>>, say: Saying): Term[] {
  return Object.entries(facts).map(([name, fact]) => ({ name, below: [say(fact)] }))
}

function fieldTerms(
  fields: Readonly<Record<string, FieldDefinition>>,
  { references, say }: { references: Readonly<Record<string, FieldReference>>; say: Saying },
): Term[] {
  return Object.entries(fields).flatMap(([name, { format, required }]) => {
    const reference = references[name]
    if (reference === undefined) return []
    const { meaning, from, facts = [] } = reference
    return {
      name,
      beside: required ? 'required' : 'optional',
      below: [say({ text: `${meaning} ${fieldFormats[format]}`, from }), ...facts.map(say)],
    }
  })
}
