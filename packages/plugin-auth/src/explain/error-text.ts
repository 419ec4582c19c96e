import {
  type ErrorCause,
  type ErrorCodeExplanation,
  type LibraryErrorExplanation,
  otherError,
  type ReasonReference,
  type TokenEndpointErrorExplanation,
} from '@particle-grants/reference'
import type { Block, Saying } from './document.ts'

/** What an error code means, why it is returned or thrown, and what to do. */
export function errorText(explanation: ErrorCodeExplanation, say: Saying): Block[] {
  const { code, tokenEndpoint, library, cause } = explanation
  return [
    { kind: 'title', text: tokenEndpoint === undefined ? code : `${code} (${tokenEndpoint.status})` },
    ...(tokenEndpoint === undefined ? [] : tokenEndpointText(tokenEndpoint, { cause, say })),
    ...(library === undefined ? [] : libraryText(library, tokenEndpoint !== undefined)),
  ]
}

function tokenEndpointText(
  error: TokenEndpointErrorExplanation,
  { cause = onlyOne(error.causes), say }: { cause: ErrorCause | undefined; say: Saying },
): Block[] {
  return [
    { kind: 'text', text: error.meaning },
    ...(cause === undefined
      ? [{ kind: 'heading', text: 'Possible causes' } as const, causesText(error.causes, say)]
      : [
          { kind: 'heading', text: 'Cause' } as const,
          { kind: 'text', text: say({ text: cause.when, from: cause.from }) } as const,
        ]),
    { kind: 'heading', text: 'What to do' },
    { kind: 'text', text: cause?.advice ?? error.advice },
    ...(error.facts.length === 0 ? [] : [{ kind: 'heading', text: 'Notes' } as const]),
    { kind: 'bullets', items: error.facts.map(say) },
  ]
}

function causesText(causes: readonly ErrorCause[], say: Saying): Block {
  return {
    kind: 'terms',
    terms: causes.map(({ when, description, grants, advice, from }) => ({
      name: description === undefined ? '(any description)' : `"${description.text}"`,
      beside: grants.length === 0 ? 'the rest of the API' : grants.join(', '),
      below: [say({ text: when, from }), ...(advice === undefined ? [] : [advice])],
    })),
  }
}

function libraryText(
  { title, when, advice, effect, reasons }: LibraryErrorExplanation,
  isBesideTokenEndpoint: boolean,
): Block[] {
  return [
    { kind: 'heading', text: isBesideTokenEndpoint ? `In this program: ${title}` : title },
    { kind: 'text', text: `${when} ${effect}` },
    {
      kind: 'terms',
      terms: Object.entries<ReasonReference>(reasons ?? {}).map(([name, reason]) => ({
        name,
        below: [reason.meaning, ...(reason.advice === undefined ? [] : [reason.advice])],
      })),
    },
    { kind: 'heading', text: 'What to do' },
    { kind: 'bullets', items: advice },
  ]
}

function onlyOne(causes: readonly ErrorCause[]): ErrorCause | undefined {
  return causes.length === 1 ? causes[0] : undefined
}

/** What can be said about an unknown code. */
export function otherErrorText(say: Saying): Block[] {
  return [
    { kind: 'title', text: 'Another error' },
    { kind: 'text', text: otherError.meaning },
    { kind: 'heading', text: 'What to do' },
    { kind: 'text', text: otherError.advice },
    { kind: 'bullets', items: otherError.facts.map(say) },
  ]
}
