import type { FieldDefinition, FieldFormat, GrantType } from '@particle-grants/core/protocol'
import {
  explainGrant,
  type FieldReference,
  fieldFormats,
  type GrantExplanation,
  pages,
  questions,
} from '@particle-grants/reference'
import { bodyOf } from '../exchange/exchange.ts'
import type { Recordings } from '../exchange/recordings.ts'
import { grantPages } from '../grant-pages.ts'
import { blocks, details, escapeTags, fence, heading, list, table } from '../markdown/markdown.ts'
import { fact, facts, from } from '../markdown/provenance.ts'
import { type GeneratedFile, page } from '../page.ts'
import type { Place } from '../place.ts'
import { samplesOf, tabs } from '../samples/samples.ts'
import { responseSection } from './grant-responses.ts'
import { renewals } from './grants-overview.ts'
import { type ShownExchange, shownExchanges } from './shown-exchanges.ts'

/** The page of one grant. It answers first: what the request is for, the request, and its response. */
export function grantPage(type: GrantType, recordings: Recordings): GeneratedFile {
  const grant = explainGrant<GrantType>(type)
  const { reference } = grant
  const { caution } = reference
  return page(grantPages[type], {
    title: reference.title,
    body: (at) => [
      `\`${type}\``,
      reference.summary,
      caution === undefined ? '' : `**${caution.text}** ${from(caution.from, at)}`,
      ...shownExchanges[type].map((shown) => exchange(shown, recordings)),
      heading(2, 'Fields', 'fields'),
      fields(grant, at),
      responseSection(grant, at),
      heading(2, 'Lifetime and renewal', 'lifetime'),
      facts(reference.lifetimes, at),
      `As a timeline: [how long tokens live](${at.to('reference/token-life.md')}).`,
      heading(2, 'Who may use it', 'clients'),
      clients(grant, at),
      heading(2, 'When to use it', 'when'),
      list(reference.whenToUse),
      heading(2, 'Questions', 'questions'),
      ...reference.questions.map((id) => question(id, at)),
      heading(2, "Particle's documentation", 'pages'),
      list(reference.pages.map((id) => `[${pages[id].title}](${pages[id].url})`)),
    ],
  })
}

function exchange({ id, title, text }: ShownExchange, recordings: Recordings): string {
  const { request, response, status } = recordings[id]
  return blocks(
    heading(2, title, id),
    text,
    tabs(samplesOf(id, recordings)),
    `The response, status ${status}:`,
    fence('json', JSON.stringify(JSON.parse(bodyOf(response)), undefined, 2)),
    details('The complete HTTP request and response', [
      'Recorded from the sandbox of this project. Values that differ each time are replaced, and `Host` is the address of Particle.',
      fence('http', request),
      fence('http', response),
    ]),
  )
}

function clients({ type, definition, reference }: GrantExplanation, at: Place): string {
  const outcomes: readonly string[] = definition.outcomes
  return blocks(
    table(
      ['Client', 'Whose token'],
      Object.entries(reference.clients).map(([kind, whose]) => [
        `[${kind}](${at.to('reference/clients.md')}#${kind})`,
        fact(whose, at),
      ]),
    ),
    list([
      outcomes.includes('mfa_required')
        ? 'MFA: required if the account has it, in a [second request](./mfa-otp.md).'
        : 'MFA: this request is not answered with `mfa_required`.',
      `Renewal: ${renewals(type, at).replaceAll('<br>', '; ')}.`,
    ]),
  )
}

function fields({ type, definition, reference }: GrantExplanation, at: Place): string {
  const references: Readonly<Record<string, FieldReference>> = reference.fields
  const all = Object.entries<FieldDefinition>(definition.fields).flatMap(([name, one]) => {
    const explained = references[name]
    return explained === undefined ? [] : [{ name, ...one, ...explained }]
  })
  const row = ({ name, required, format, meaning, example, from: provenance }: (typeof all)[number]) => [
    fieldName(name, required, format),
    `${escapeTags(meaning)} ${from(provenance, at)}<br>Example: \`${example}\``,
  ]
  const grantType = [
    fieldName('grant_type', true, 'text'),
    `\`${type}\`, in lower case. Also send the client's id and secret, with HTTP Basic or as fields: [token requests](${at.to('reference/request.md')}).`,
  ]
  const optional = all.filter(({ required }) => !required)
  const notes = all.flatMap(({ name, facts: known = [] }) =>
    known.map((one) => `- \`${name}\`: ${fact(one, at)}`),
  )
  const formats = [...new Set(all.map(({ format }) => format))]
  return blocks(
    table(['Field', 'Meaning'], [grantType, ...all.filter(({ required }) => required).map(row)]),
    optional.length === 0 ? '' : details('Optional fields', [table(['Field', 'Meaning'], optional.map(row))]),
    notes.join('\n'),
    list(formats.map((format) => `*${format}*: ${fieldFormats[format]}`)),
  )
}

function fieldName(name: string, required: boolean, format: FieldFormat): string {
  return `\`${name}\`<br>${required ? '**required**' : 'optional'}, *${format}*`
}

function question(id: keyof typeof questions, at: Place): string {
  const { question: asked, answer } = questions[id]
  return blocks(heading(3, asked, id), answer.map((one) => fact(one, at)).join('\n'))
}
