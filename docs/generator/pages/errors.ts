import type { TokenEndpointError } from '@particle-grants/core/protocol'
import {
  apiErrors,
  type ErrorCause,
  type ErrorCodeExplanation,
  errorCodes,
  errorFields,
  explainErrorCode,
  type LibraryErrorExplanation,
  otherError,
  type ReasonReference,
  type TokenEndpointErrorExplanation,
} from '@particle-grants/reference'
import { nextRequests } from '../../.vitepress/theme/error-box/next-requests.ts'
import { grantPages } from '../grant-pages.ts'
import { blocks, component, escapeTags, fence, heading, list, table } from '../markdown/markdown.ts'
import { fact, facts, from } from '../markdown/provenance.ts'
import { type GeneratedFile, page } from '../page.ts'
import type { Place } from '../place.ts'
import { responseFieldTable } from './grant-responses.ts'

/** The page of every error: those of the token endpoint with their causes, then those of the libraries. */
export function errorsPage(): GeneratedFile {
  const explained = errorCodes.map((code) => explainErrorCode(code) as ErrorCodeExplanation)
  const tokenEndpoint = explained.filter((one) => one.tokenEndpoint !== undefined)
  const library = explained.filter((one) => one.tokenEndpoint === undefined)
  return page('errors.md', {
    title: 'Errors',
    body: (at) => [
      'The errors of `POST /oauth/token` and the API, and the errors of the libraries of this project.',
      component('ErrorBox', [
        'On the site, paste a response or an error code here to have it explained. Nothing is sent anywhere.',
      ]),
      'In a terminal, `pgrants explain` explains a response from standard input.',
      index(tokenEndpoint),
      heading(2, "Particle's errors", 'token-endpoint'),
      'The body is JSON: `{"error":"…","error_description":"…"}`.',
      responseFieldTable(errorFields),
      ...tokenEndpoint.flatMap((one) => tokenEndpointSection(one, at)),
      heading(3, 'Other errors', otherError.anchor),
      `${otherError.meaning} ${otherError.advice}`,
      facts(otherError.facts),
      ...Object.entries(apiErrors).flatMap(([code, { status, meaning, advice }]) => [
        heading(3, `\`${code}\``, code),
        `**Status ${status}, in the rest of the API.** ${fact(meaning)}`,
        `**What to do:** ${escapeTags(advice)} [Which token may do what](${at.to('guides/choose.md')})`,
        nextRequest(code as keyof typeof apiErrors, at),
      ]),
      heading(2, 'Errors of the libraries', 'library'),
      'The packages of this project throw a `GrantsError` with one of these codes. Its `retry` says whether repeating the call can help. `mfa_required` is explained above.',
      ...library.flatMap((one) => [heading(3, `\`${one.code}\``, one.anchor), ...librarySection(one)]),
    ],
  })
}

function index(explained: readonly ErrorCodeExplanation[]): string {
  return table(
    ['Status and `error`', 'Meaning'],
    explained.map(({ code, anchor, tokenEndpoint }) => [
      `${tokenEndpoint?.status} [\`${code}\`](#${anchor})`,
      escapeTags(tokenEndpoint?.meaning ?? ''),
    ]),
  )
}

function tokenEndpointSection(explained: ErrorCodeExplanation, at: Place): readonly string[] {
  const { code, anchor, tokenEndpoint, library } = explained
  if (tokenEndpoint === undefined) return []
  const { status, meaning, advice, causes, facts: known } = tokenEndpoint
  return [
    heading(3, `\`${code}\``, anchor),
    `**Status ${status}.** ${escapeTags(meaning)}`,
    `**What to do:** ${escapeTags(advice)}`,
    nextRequest(code as TokenEndpointError, at),
    ...causes.flatMap((cause) => causeSection(cause, tokenEndpoint, at)),
    facts(known),
    ...(library === undefined
      ? []
      : ['**In this project:** a `GrantsError` can have this code too.', ...librarySection(explained)]),
  ]
}

function nextRequest(code: keyof typeof nextRequests, at: Place): string {
  const { text, command, page: target } = nextRequests[code]
  return blocks(`**The next request:** ${text} More: [${target.title}](${at.to(target.path)}).`, fence('sh', command))
}

function causeSection(
  { anchor, when, description, grants, advice, from: provenance }: ErrorCause,
  tokenEndpoint: TokenEndpointErrorExplanation,
  at: Place,
): readonly string[] {
  const wording = description === undefined ? 'not known' : `\`${description.text}\` ${from(description.from)}`
  const where =
    grants.length === 0
      ? 'the rest of the API'
      : grants.map((type) => `[\`${type}\`](${at.to(grantPages[type])})`).join(', ')
  return [
    heading(4, escapeTags(when.replace(/\.$/, '')), anchor),
    list([
      `Description: ${wording}`,
      `Returned by: ${where}${from(provenance)}`,
      `What to do: ${escapeTags(advice ?? tokenEndpoint.advice)}`,
    ]),
  ]
}

const retries: Readonly<Record<LibraryErrorExplanation['retry'], string>> = {
  later: 'try again later',
  after_sign_in: 'try again after signing in',
  never: 'do not repeat the call unchanged',
}

function librarySection({ library }: ErrorCodeExplanation): readonly string[] {
  if (library === undefined) return []
  const { title, when, advice, effect, reasons, retry, tokenEndpointErrors } = library
  return [
    `*${title}.* ${escapeTags(when)}`,
    `**What to do:**`,
    list(advice.map(escapeTags)),
    reasonTable(reasons),
    list([
      `The session: ${escapeTags(effect)}`,
      `\`retry\` is \`${retry}\`: ${retries[retry]}.`,
      ...(tokenEndpointErrors.length === 0 ? [] : [`After: ${tokenEndpointErrors.map(errorLink).join(', ')}`]),
    ]),
  ]
}

function reasonTable(reasons: Readonly<Record<string, ReasonReference>> | undefined): string {
  if (reasons === undefined) return ''
  return table(
    ['`details.reason`', 'Meaning'],
    Object.entries(reasons).map(([name, { meaning, advice }]) => [
      `\`${name}\``,
      escapeTags(advice === undefined ? meaning : `${meaning} ${advice}`),
    ]),
  )
}

function errorLink(code: TokenEndpointError): string {
  return `[\`${code}\`](#${code})`
}
