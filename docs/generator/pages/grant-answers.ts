import { grantTypes } from '@particle-grants/core'
import {
  answerFields,
  type ErrorCause,
  explainError,
  type Fact,
  type GrantExplanation,
  type PossibleError,
} from '@particle-grants/core/reference'
import { blocks, escapeTags, heading, table } from '../markdown/markdown.ts'
import { fact, from } from '../markdown/provenance.ts'
import type { Place } from '../place.ts'

const head = ['Answer', 'When, and what to do']

/** What a page says about the answers to a grant: those that get on, the tokens in them, and those that refuse. */
export function answerSection(grant: GrantExplanation, at: Place): string {
  return blocks(
    heading(2, 'What may come back, and what to do', 'answers'),
    table(head, [...granted(grant, at), ...refusals(grant, { at, toAny: false })]),
    'And what any grant may be answered:',
    table(head, refusals(grant, { at, toAny: true })),
    `A code that is not here: [other errors](${at.to('errors.md')}#other_error). Decide by \`error\`, and never by the sentence in \`error_description\`.`,
    heading(3, 'The tokens in it', 'token-answer'),
    table(['Field', 'Meaning'], tokenFields(at)),
  )
}

function granted({ reference }: GrantExplanation, at: Place): string[][] {
  const { tokens, mfa_required } = reference.outcomes as Readonly<Record<string, Fact | undefined>>
  return [
    ...(tokens === undefined ? [] : [['200 [tokens](#token-answer)', fact(tokens, at)]]),
    ...(mfa_required === undefined
      ? []
      : [[`403 [\`mfa_required\`](${at.to('errors.md')}#mfa_required)`, fact(mfa_required, at)]]),
  ]
}

interface Wanted {
  readonly at: Place
  /** Those that any grant may be answered, or those that are this grant's own. */
  readonly toAny: boolean
}

function refusals({ errors }: GrantExplanation, { at, toAny }: Wanted): string[][] {
  const refused = errors.filter(({ code }) => code !== 'mfa_required') // it gets on
  return refused.flatMap(({ code, status, causes }) =>
    causes
      .filter((cause) => (cause.grants.length === grantTypes.length) === toAny)
      .map((cause) => [
        `${status} [\`${code}\`](${at.to('errors.md')}#${cause.anchor})`,
        `${escapeTags(cause.when)} ${from(cause.from, at)}<br>${escapeTags(remedyOf(code, cause))}`,
      ]),
  )
}

function tokenFields(at: Place): string[][] {
  return Object.entries(answerFields).map(([name, { always, meaning, facts, from: provenance }]) => [
    `\`${name}\`<br>${always ? 'always' : 'not always'}`,
    [`${escapeTags(meaning)} ${from(provenance, at)}`, ...facts.map((one) => fact(one, at))].join('<br>'),
  ])
}

/** What to do about a cause: its own remedy, or the code's. */
export function remedyOf(code: PossibleError['code'], cause: ErrorCause): string {
  return cause.remedy ?? explainError(code)?.wire?.remedy ?? ''
}
