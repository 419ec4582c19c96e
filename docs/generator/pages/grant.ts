import type { FieldDefinition, FieldFormat, GrantType } from '@particle-grants/core/protocol'
import {
  explainGrant,
  type FieldReference,
  fieldFormats,
  type GrantExplanation,
  pages,
  questions,
} from '@particle-grants/reference'
import type { Recordings } from '../exchange/exchanges.ts'
import { grantPages } from '../grant-pages.ts'
import { blocks, details, escapeTags, heading, list, table } from '../markdown/markdown.ts'
import { fact, facts, from } from '../markdown/provenance.ts'
import { type GeneratedFile, generatedFile } from '../page.ts'
import { type Place, place } from '../place.ts'
import { responseTable } from './grant-responses.ts'
import { rawHttp, requestAndResponses, variant } from './grant-samples.ts'
import { renewals } from './grants-overview.ts'
import { shownExchanges } from './shown-exchanges.ts'

/** The page of one grant: the request and its responses first, then what is often looked up, and the rest collapsed. */
export function grantPage(type: GrantType, recordings: Recordings): GeneratedFile {
  const grant = explainGrant<GrantType>(type)
  const at = place(grantPages[type])
  return generatedFile(
    at,
    blocks(
      pane('intro', introduction(grant)),
      pane('request', requestAndResponses(shownExchanges[type], recordings)),
      pane('text', [
        heading(2, 'Fields', 'fields'),
        requiredFields(grant, at),
        heading(2, 'Responses and errors', 'responses'),
        responseTable(grant, at),
        heading(2, 'Lifetime and renewal', 'lifetime'),
        facts(grant.reference.lifetimes),
        `Renewal by kind of client: ${renewals(type, at, (kind) => `*${kind}*`)
          .replaceAll(': ', ' ')
          .replaceAll('<br>', ', ')}. [How long tokens live](${at.to('reference/token-life.md')})`,
        heading(2, 'Who may use it', 'clients'),
        clients(grant, at),
        heading(2, 'More', 'more'),
        ...collapsed(grant, recordings),
      ]),
    ),
  )
}

/** A part of the page that the site places: on a wide screen the request is beside the text. */
function pane(name: string, content: readonly string[]): string {
  return blocks(`<div id="${name}" class="grant-${name}">`, content, '</div>')
}

function introduction({ type, reference }: GrantExplanation): readonly string[] {
  const { title, summary, caution } = reference
  return [
    `# ${title}`,
    `\`${type}\``,
    summary,
    caution === undefined ? '' : `**${caution.text}** ${from(caution.from)}`,
    shownExchanges[type].flow,
  ]
}

function collapsed(grant: GrantExplanation, recordings: Recordings): readonly string[] {
  const { type, reference } = grant
  const { request, variants } = shownExchanges[type]
  const optional = optionalFields(grant)
  return [
    ...variants.map((one) => variant(one, recordings)),
    optional === '' ? '' : details('Optional fields', [optional]),
    details('Formats of the fields', [formats(grant)]),
    details('The complete HTTP request and response', [rawHttp(request, recordings)]),
    details('When to use it', [list(reference.whenToUse)]),
    ...reference.questions.map((id) => {
      const { question, answer } = questions[id]
      return details(escapeTags(question).replaceAll(/`([^`]*)`/g, '<code>$1</code>'), [facts(answer)], id)
    }),
    details("Particle's documentation", [list(reference.pages.map((id) => `[${pages[id].title}](${pages[id].url})`))]),
  ]
}

function clients({ reference }: GrantExplanation, at: Place): string {
  return blocks(
    table(
      ['Client', 'Whose token'],
      Object.entries(reference.clients).map(([kind, whose]) => [
        `[${kind}](${at.to('reference/clients.md')}#${kind})`,
        fact(whose),
      ]),
    ),
    'mfa_required' in reference.outcomes
      ? 'MFA: required if the account has it, in a [second request](./mfa-otp.md).'
      : 'MFA: this request is not answered with `mfa_required`.',
  )
}

type ExplainedField = FieldDefinition & FieldReference & { readonly name: string }

function fieldsOf({ definition, reference }: GrantExplanation): readonly ExplainedField[] {
  const references: Readonly<Record<string, FieldReference>> = reference.fields
  return Object.entries<FieldDefinition>(definition.fields).flatMap(([name, one]) => {
    const explained = references[name]
    return explained === undefined ? [] : [{ name, ...one, ...explained }]
  })
}

function requiredFields(grant: GrantExplanation, at: Place): string {
  return table(
    ['Field', 'Meaning'],
    [
      [fieldName('grant_type', true, 'text'), `\`${grant.type}\`, in lower case.`],
      [
        '`client_id`, `client_secret`<br>**required**',
        `The client's id and secret, here or with HTTP Basic: [token requests](${at.to('reference/request.md')}).`,
      ],
      // The request beside the table has their examples.
      ...fieldsOf(grant).flatMap((field) => (field.required ? [fieldRow(field, false)] : [])),
    ],
  )
}

function optionalFields(grant: GrantExplanation): string {
  const rows = fieldsOf(grant).flatMap((field) => (field.required ? [] : [fieldRow(field, true)]))
  return rows.length === 0 ? '' : table(['Field', 'Meaning'], rows)
}

function fieldRow(field: ExplainedField, withExample: boolean): string[] {
  const { name, required, format, meaning, example, from: provenance, facts = [] } = field
  const lines = [`${escapeTags(meaning)}${from(provenance)}`, ...facts.map(fact)]
  if (withExample) lines.push(`Example: \`${example}\``)
  return [fieldName(name, required, format), lines.join('<br>')]
}

const formatName = (format: FieldFormat) => (format === 'otp' ? 'six digits' : format)

function fieldName(name: string, required: boolean, format: FieldFormat): string {
  return `\`${name}\`<br>${required ? '**required**' : 'optional'}, *${formatName(format)}*`
}

function formats(grant: GrantExplanation): string {
  const used = [...new Set(fieldsOf(grant).map(({ format }) => format))]
  return list(used.map((format) => `*${formatName(format)}*: ${fieldFormats[format]}`))
}
