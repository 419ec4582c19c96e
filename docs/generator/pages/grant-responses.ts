import { grantTypes } from '@particle-grants/core/protocol'
import {
  type ErrorCause,
  explainErrorCode,
  type Fact,
  type GrantExplanation,
  type PossibleError,
  type ResponseField,
} from '@particle-grants/reference'
import { blocks, escapeTags, table } from '../markdown/markdown.ts'
import { fact, from } from '../markdown/provenance.ts'
import type { Place } from '../place.ts'

const head = ['Response', 'When, and what to do']

/** The responses of this grant: tokens, `mfa_required`, and its own errors. */
export function responseTable(grant: GrantExplanation, at: Place): string {
  const { tokens, mfa_required } = grant.reference.outcomes as Readonly<Record<string, Fact | undefined>>
  const outcomes = [
    ...(tokens === undefined ? [] : [['200', fact(tokens)]]),
    ...(mfa_required === undefined
      ? []
      : [[`403 [\`mfa_required\`](${at.to('errors.md')}#mfa_required)`, fact(mfa_required)]]),
  ]
  return blocks(
    table(head, [...outcomes, ...rows(grant, at)]),
    `Decide by \`error\`, never by \`error_description\`. [All errors](${at.to('errors.md')}), and [the fields of a response](${at.to('reference/request.md')}#response)`,
  )
}

/** The fields of a response, with tokens or with an error. */
export function responseFieldTable(fields: Readonly<Record<string, ResponseField>>): string {
  return table(
    ['Field', 'Meaning'],
    Object.entries(fields).map(([name, { always, meaning, facts, from: provenance }]) => [
      `\`${name}\`<br>${always ? 'always' : 'not always'}`,
      [`${escapeTags(meaning)}${from(provenance)}`, ...facts.map(fact)].join('<br>'),
    ]),
  )
}

function rows({ errors }: GrantExplanation, at: Place): string[][] {
  const refusals = errors.filter(({ code }) => code !== 'mfa_required') // in a separate row
  return refusals.flatMap(({ code, status, causes }) =>
    causes
      .filter((cause) => cause.grants.length < grantTypes.length) // the errors of any grant are on the page of all errors
      .map((cause) => [
        `${status} [\`${code}\`](${at.to('errors.md')}#${cause.anchor})`,
        `${escapeTags(cause.when)}${from(cause.from)}<br>${escapeTags(findAdvice(code, cause))}`,
      ]),
  )
}

/** Returns what to do about a cause: its own advice, or that of the code. */
function findAdvice(code: PossibleError['code'], cause: ErrorCause): string {
  return cause.advice ?? explainErrorCode(code)?.tokenEndpoint?.advice ?? ''
}
