import type { GrantType } from '@particle-grants/core'
import { explainGrant, forms, type GrantExplanation, pages, questions } from '@particle-grants/core/reference'
import type { Recordings } from '../exchange/recordings.ts'
import { grantPages } from '../grant-pages.ts'
import { blocks, code, escapeTags, fence, heading, list, table } from '../markdown/markdown.ts'
import { fact, facts, from } from '../markdown/provenance.ts'
import { type GeneratedFile, page } from '../page.ts'
import type { Place } from '../place.ts'
import { samplesOf, tabs } from '../samples/samples.ts'
import { answerSection } from './grant-answers.ts'
import { renewals } from './grants-overview.ts'
import { type ShownExchange, shownExchanges } from './shown-exchanges.ts'

/** The page of one grant. */
export function grantPage(type: GrantType, recordings: Recordings): GeneratedFile {
  const grant = explainGrant(type)
  const { reference } = grant
  const { caution } = reference
  return page(grantPages[type], {
    title: `\`${type}\``,
    body: (at) => [
      `**${reference.title}.** ${reference.summary}`,
      caution === undefined ? '' : `**${caution.text}** ${from(caution.from, at)}`,
      glance(grant, at),
      heading(2, 'When to use it'),
      list(reference.whenToUse),
      heading(2, 'Fields', 'fields'),
      fields(grant, at),
      heading(2, 'The exchange', 'exchange'),
      'Requests and answers as they went over a connection to the sandbox of this project. What differs each time is replaced, and `Host` names Particle.',
      ...shownExchanges[type].map((shown) => exchange(shown, recordings)),
      answerSection(grant, at),
      heading(2, 'How long it lives', 'lifetime'),
      facts(reference.lifetimes, at),
      `Drawn as a timeline: [how long tokens live](${at.to('reference/token-life.md')}).`,
      heading(2, 'Questions', 'questions'),
      ...reference.questions.map((id) => question(id, at)),
      heading(2, "Particle's own pages", 'pages'),
      list(reference.pages.map((id) => `[${pages[id].title}](${pages[id].url})`)),
    ],
  })
}

function glance({ type, runs, reference }: GrantExplanation, at: Place): string {
  const clients = Object.entries(reference.clients).map(([kind, who]) => [
    `With a [${kind} client](${at.to('reference/clients.md')}#${kind})`,
    fact(who, at),
  ])
  const outcomes: readonly string[] = runs.outcomes
  return table(
    ['`grant_type`', code(type)],
    [
      ...clients,
      [
        'MFA',
        outcomes.includes('mfa_required') ? 'asked, in a [second step](./mfa-otp.md)' : 'not asked here',
      ],
      ['Its tokens are renewed by', renewals(type, at)],
    ],
  )
}

function fields({ type, runs, reference }: GrantExplanation, at: Place): string {
  const definitions = Object.entries(runs.fields) as [
    keyof typeof reference.fields,
    { form: keyof typeof forms; required: boolean },
  ][]
  const rows = definitions.map(([name, { form, required }]) => {
    const { meaning, example, from: provenance } = reference.fields[name]
    return [
      fieldName(name, required, form),
      `${escapeTags(meaning)} ${from(provenance, at)}<br>Example: \`${example}\``,
    ]
  })
  const forms_ = [...new Set(definitions.map(([, { form }]) => form))]
  const notes = definitions.flatMap(([name]) => {
    const { facts: about = [] } = reference.fields[name] as { facts?: Parameters<typeof facts>[0] }
    return about.map((one) => `- \`${name}\`: ${fact(one, at)}`)
  })
  return blocks(
    table(
      ['Field', 'Meaning'],
      [
        [
          fieldName('grant_type', true, 'text'),
          `\`${type}\`, in lower case. The client's id and secret come besides, by HTTP Basic or as fields: [every request](${at.to('reference/request.md')}).`,
        ],
        ...rows,
      ],
    ),
    notes.join('\n'),
    list(forms_.map((form) => `*${form}*: ${forms[form]}`)),
  )
}

function fieldName(name: string, required: boolean, form: keyof typeof forms): string {
  return `\`${name}\`<br>${required ? '**required**' : 'optional'}, *${form}*`
}

function exchange({ id, title, text }: ShownExchange, recordings: Recordings): string {
  const recording = recordings[id]
  return blocks(
    heading(3, title, id),
    text,
    tabs(samplesOf(id, recordings)),
    'The request:',
    fence('http', recording.request),
    'The answer:',
    fence('http', recording.answer),
  )
}

function question(id: keyof typeof questions, at: Place): string {
  const { question: asked, answer } = questions[id]
  return blocks(heading(3, asked, id), answer.map((one) => fact(one, at)).join('\n'))
}
