import {
  type ErrorCause,
  type ErrorExplanation,
  type LibraryErrorExplanation,
  otherError,
  type WireErrorExplanation,
} from '@particle-grants/core/reference'
import type { Block, Saying } from './document.ts'

/** What an error code means, why it comes, and what to do. */
export function errorText(explanation: ErrorExplanation, say: Saying): Block[] {
  const { code, wire, library, cause } = explanation
  return [
    { kind: 'title', text: wire === undefined ? code : `${code} (${wire.status})` },
    ...(wire === undefined ? [] : wireText(wire, { cause, say })),
    ...(library === undefined ? [] : libraryText(library, wire !== undefined)),
  ]
}

function wireText(
  wire: WireErrorExplanation,
  { cause = onlyOne(wire.causes), say }: { cause: ErrorCause | undefined; say: Saying },
): Block[] {
  return [
    { kind: 'text', text: wire.meaning },
    ...(cause === undefined
      ? [{ kind: 'heading', text: 'Why it may come' } as const, causesText(wire.causes, say)]
      : [
          { kind: 'heading', text: 'Why' } as const,
          { kind: 'text', text: say({ text: cause.when, from: cause.from }) } as const,
        ]),
    { kind: 'heading', text: 'What to do' },
    { kind: 'text', text: cause?.remedy ?? wire.remedy },
    ...(wire.facts.length === 0 ? [] : [{ kind: 'heading', text: 'Good to know' } as const]),
    { kind: 'bullets', items: wire.facts.map(say) },
  ]
}

function causesText(causes: readonly ErrorCause[], say: Saying): Block {
  return {
    kind: 'terms',
    terms: causes.map(({ when, description, grants, remedy, from }) => ({
      name: description === undefined ? '(any description)' : `"${description.text}"`,
      beside: grants.length === 0 ? 'the rest of the API' : grants.join(', '),
      below: [say({ text: when, from }), ...(remedy === undefined ? [] : [remedy])],
    })),
  }
}

function libraryText(
  { title, when, afterwards, says }: LibraryErrorExplanation,
  besideWire: boolean,
): Block[] {
  return [
    { kind: 'heading', text: besideWire ? `In this program: ${title}` : title },
    { kind: 'text', text: `${when} ${afterwards}` },
    { kind: 'bullets', items: says.map(({ what, remedy }) => `${what} ${remedy}`) },
  ]
}

function onlyOne(causes: readonly ErrorCause[]): ErrorCause | undefined {
  return causes.length === 1 ? causes[0] : undefined
}

/** What can be said of a code that nobody knows. */
export function otherErrorText(say: Saying): Block[] {
  return [
    { kind: 'title', text: 'Another error' },
    { kind: 'text', text: otherError.meaning },
    { kind: 'heading', text: 'What to do' },
    { kind: 'text', text: otherError.remedy },
    { kind: 'bullets', items: otherError.facts.map(say) },
  ]
}
