import { grantTypes } from '@particle-grants/core/protocol'
import {
  type ErrorCause,
  explainErrorCode,
  type Fact,
  type GrantExplanation,
  type PossibleError,
  successFields,
} from '@particle-grants/reference'
import { blocks, escapeTags, heading, table } from '../markdown/markdown.ts'
import { fact, from } from '../markdown/provenance.ts'
import type { Place } from '../place.ts'

const head = ['Response', 'When, and what to do']

/** The part of a grant's page about its responses: tokens, errors, and the fields of a response with tokens. */
export function responseSection(grant: GrantExplanation, at: Place): string {
  return blocks(
    heading(2, 'Responses and errors', 'responses'),
    table(head, [...successes(grant, at), ...errors(grant, { at, ofAnyGrant: false })]),
    'Errors that any grant can return:',
    table(head, errors(grant, { at, ofAnyGrant: true })),
    `Another code: [other errors](${at.to('errors.md')}#other_error). Decide by \`error\`, never by \`error_description\`.`,
    heading(3, 'Fields of a response with tokens', 'token-response'),
    table(['Field', 'Meaning'], tokenFields(at)),
  )
}

function successes({ reference }: GrantExplanation, at: Place): string[][] {
  const { tokens, mfa_required } = reference.outcomes as Readonly<Record<string, Fact | undefined>>
  return [
    ...(tokens === undefined ? [] : [['200 [tokens](#token-response)', fact(tokens, at)]]),
    ...(mfa_required === undefined
      ? []
      : [[`403 [\`mfa_required\`](${at.to('errors.md')}#mfa_required)`, fact(mfa_required, at)]]),
  ]
}

interface Wanted {
  readonly at: Place
  /** The errors that any grant can return, or those of this grant. */
  readonly ofAnyGrant: boolean
}

function errors({ errors: possible }: GrantExplanation, { at, ofAnyGrant }: Wanted): string[][] {
  const refusals = possible.filter(({ code }) => code !== 'mfa_required') // listed with the successes
  return refusals.flatMap(({ code, status, causes }) =>
    causes
      .filter((cause) => (cause.grants.length === grantTypes.length) === ofAnyGrant)
      .map((cause) => [
        `${status} [\`${code}\`](${at.to('errors.md')}#${cause.anchor})`,
        `${escapeTags(cause.when)} ${from(cause.from, at)}<br>${escapeTags(findAdvice(code, cause))}`,
      ]),
  )
}

function tokenFields(at: Place): string[][] {
  return Object.entries(successFields).map(([name, { always, meaning, facts, from: provenance }]) => [
    `\`${name}\`<br>${always ? 'always' : 'not always'}`,
    [`${escapeTags(meaning)} ${from(provenance, at)}`, ...facts.map((one) => fact(one, at))].join('<br>'),
  ])
}

/** Returns what to do about a cause: its own advice, or that of the code. */
function findAdvice(code: PossibleError['code'], cause: ErrorCause): string {
  return cause.advice ?? explainErrorCode(code)?.tokenEndpoint?.advice ?? ''
}
