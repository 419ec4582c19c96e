import { type ClientKind, type FieldDefinition, isGrantType } from '@particle-grants/core'
import {
  clientKinds,
  explainGrant,
  explainGrants,
  type Fact,
  type FieldReference,
  forms,
  type GrantExplanation,
  type NotServed,
  type NotServedId,
  notServed,
  pages,
  questions,
  tokenRequest,
} from '@particle-grants/core/reference'
import { curlOf } from './curl.ts'
import type { Block, Saying, Term } from './document.ts'

/** What a name stands for: a grant, or something known that is not served. */
export type Named =
  | { readonly kind: 'grant'; readonly grant: GrantExplanation }
  | { readonly kind: 'not_served'; readonly name: NotServedId; readonly entry: NotServed }

/** Finds a grant by its `grant_type`. The `urn:custom:` of Particle's own may be left out, and `_` may be `-`. */
export function findGrant(given: string): Named | undefined {
  const plain = given.trim().toLowerCase()
  const custom = `urn:custom:${plain}`
  const candidates = [plain, plain.replaceAll('-', '_'), custom, custom.replaceAll('_', '-')]
  const type = candidates.find(isGrantType)
  if (type !== undefined) return { kind: 'grant', grant: explainGrant(type) }
  const name = candidates.find((one): one is NotServedId => Object.hasOwn(notServed, one))
  return name && { kind: 'not_served', name, entry: notServed[name] }
}

/** All grants in short, and what is known besides. `command` prints one of them. */
export function overview(command: string): Block[] {
  return [
    { kind: 'title', text: `${tokenRequest.method} ${tokenRequest.path}` },
    { kind: 'text', text: tokenRequest.facts[0].text },
    { kind: 'heading', text: 'Grant types' },
    {
      kind: 'terms',
      terms: explainGrants().map(({ type, runs, reference }) => ({
        name: type,
        beside: runs.clients.join(', '),
        below: [reference.summary],
      })),
    },
    { kind: 'heading', text: 'Kinds of client' },
    {
      kind: 'terms',
      terms: Object.entries(clientKinds).map(([kind, { summary, example }]) => ({
        name: kind,
        beside: example,
        below: [summary],
      })),
    },
    { kind: 'heading', text: 'Known, and not served' },
    {
      kind: 'terms',
      terms: Object.entries(notServed).map(([name, { title, instead }]) => ({
        name,
        beside: title,
        below: [instead],
      })),
    },
    { kind: 'heading', text: 'One of them in full' },
    { kind: 'command', lines: [`${command} password`] },
  ]
}

/** Everything about one grant. */
export function grantText({ type, runs, reference, errors }: GrantExplanation, say: Saying): Block[] {
  return [
    { kind: 'title', text: type },
    { kind: 'text', text: `${reference.title}. ${reference.summary}` },
    { kind: 'heading', text: 'When to use it' },
    { kind: 'bullets', items: reference.whenToUse },
    { kind: 'heading', text: 'Who may' },
    { kind: 'terms', terms: clientTerms(reference.clients, say) },
    { kind: 'heading', text: 'Fields' },
    { kind: 'terms', terms: fieldTerms(runs.fields, { references: reference.fields, say }) },
    { kind: 'heading', text: 'With curl' },
    { kind: 'command', lines: curlOf(type) },
    { kind: 'heading', text: 'Answers' },
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

/** What is known and not served: why, and what to use instead. */
export function notServedText(name: string, { title, facts, why, instead }: NotServed): Block[] {
  return [
    { kind: 'title', text: name },
    { kind: 'text', text: `${title}. ${why}` },
    { kind: 'bullets', items: facts.map(({ text }) => text) },
    { kind: 'heading', text: 'Instead' },
    { kind: 'text', text: instead },
  ]
}

function clientTerms(clients: Readonly<Partial<Record<ClientKind, Fact>>>, say: Saying): Term[] {
  return Object.entries(clients).map(([kind, fact]) => ({
    name: kind,
    beside: clientKinds[kind as ClientKind].example,
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
  return Object.entries(fields).flatMap(([name, { form, required }]) => {
    const reference = references[name]
    if (reference === undefined) return []
    const { meaning, from, facts = [] } = reference
    return {
      name,
      beside: required ? 'required' : 'optional',
      below: [say({ text: `${meaning} ${forms[form]}`, from }), ...facts.map(say)],
    }
  })
}
