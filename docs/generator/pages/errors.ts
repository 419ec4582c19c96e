import {
  type ErrorExplanation,
  errorCodes,
  errorFields,
  explainError,
  otherError,
} from '@particle-grants/core/reference'
import { grantPages } from '../grant-pages.ts'
import { component, escapeTags, heading, list, table } from '../markdown/markdown.ts'
import { fact, facts, from } from '../markdown/provenance.ts'
import { type GeneratedFile, page } from '../page.ts'
import type { Place } from '../place.ts'
import { remedyOf } from './grant-answers.ts'

/** Every error: those of the wire with their causes, then those of this project alone. */
export function errorsPage(): GeneratedFile {
  const explained = errorCodes.map((code) => explainError(code) as ErrorExplanation)
  const ofTheWire = explained.filter(({ wire }) => wire !== undefined)
  const own = explained.filter(({ wire }) => wire === undefined)
  return page('errors.md', {
    title: 'Errors',
    body: (at) => [
      'What `POST /oauth/token` and the API answer when they refuse, and what the libraries of this project say.',
      component('ErrorBox', [
        'On the site a box stands here that explains an answer, or a code, that is pasted into it. It sends nothing anywhere.',
      ]),
      'In a terminal, `pgrants auth explain` takes an answer on standard input and explains it.',
      index(ofTheWire),
      heading(2, "The service's errors", 'wire'),
      'The body is JSON: `{"error":"…","error_description":"…"}`.',
      fieldTable(at),
      ...ofTheWire.flatMap((one) => wireSection(one, at)),
      heading(3, 'Other errors', otherError.anchor),
      `${otherError.meaning} ${otherError.remedy}`,
      facts(otherError.facts, at),
      heading(2, "This project's own errors", 'library'),
      'What `@particle-grants/core` rejects with: a `GrantsError` with this `code`. `mfa_required` and `sso_user` are above.',
      ...own.flatMap((one) => [heading(3, `\`${one.code}\``, one.anchor), ...librarySection(one)]),
    ],
  })
}

function fieldTable(at: Place): string {
  return table(
    ['Field', 'Meaning'],
    Object.entries(errorFields).map(([name, { always, meaning, facts: known, from: provenance }]) => [
      `\`${name}\`<br>${always ? 'always' : 'not always'}`,
      [`${meaning} ${from(provenance, at)}`, ...known.map((one) => fact(one, at))].join('<br>'),
    ]),
  )
}

function index(explained: readonly ErrorExplanation[]): string {
  return table(
    ['Status and `error`', 'What it means'],
    explained.map(({ code, anchor, wire }) => [
      `${wire?.status} [\`${code}\`](#${anchor})`,
      escapeTags(wire?.meaning ?? ''),
    ]),
  )
}

function wireSection(explained: ErrorExplanation, at: Place): readonly string[] {
  const { code, anchor, wire } = explained
  if (wire === undefined) return []
  const repeat = wire.transient
    ? 'The same request may be sent again later.'
    : 'Sending the same request again does not help.'
  return [
    heading(3, `\`${code}\``, anchor),
    `**Status ${wire.status}.** ${escapeTags(wire.meaning)}`,
    `**What to do:** ${escapeTags(wire.remedy)} ${repeat}`,
    ...wire.causes.flatMap((cause) => causeSection(cause, explained, at)),
    facts(wire.facts, at),
    ...(explained.library === undefined
      ? []
      : ['**In this project:** a `GrantsError` has this code, too.', ...librarySection(explained)]),
  ]
}

type Wire = NonNullable<ErrorExplanation['wire']>

function causeSection(
  cause: Wire['causes'][number],
  { code }: ErrorExplanation,
  at: Place,
): readonly string[] {
  const { description, grants } = cause
  const wording =
    description === undefined
      ? 'The wording is not known.'
      : `\`${description.text}\` ${from(description.from, at)}`
  const where =
    grants.length === 0
      ? 'the rest of the API'
      : grants.map((type) => `[\`${type}\`](${at.to(grantPages[type])})`).join(', ')
  return [
    heading(4, escapeTags(cause.when.replace(/\.$/, '')), cause.anchor),
    list([
      `Description: ${wording}`,
      `Answered by: ${where} ${from(cause.from, at)}`,
      `What to do: ${escapeTags(remedyOf(code as Parameters<typeof remedyOf>[0], cause))}`,
    ]),
  ]
}

function librarySection({ library }: ErrorExplanation): readonly string[] {
  if (library === undefined) return []
  const { title, when, afterwards, says, wire } = library
  return [
    `*${title}.* ${escapeTags(when)} ${escapeTags(afterwards)}`,
    'For example it says, with values made up:',
    list(says.map(({ what, remedy }) => `${escapeTags(what)} **${escapeTags(remedy)}**`)),
    wire.length === 0 ? '' : `Stands for: ${wire.map((code) => `[\`${code}\`](#${code})`).join(', ')}.`,
  ]
}
