import { grants } from '@particle-grants/core'
import { type Lifetime, lifetimes, type TokenLife, tokenLives } from '@particle-grants/core/reference'
import { type LifeKind, timelineOf } from '../../.vitepress/theme/token-life/timeline.ts'
import { grantPages } from '../grant-pages.ts'
import { blocks, component, heading, table } from '../markdown/markdown.ts'
import { fact, facts, from } from '../markdown/provenance.ts'
import { type GeneratedFile, page } from '../page.ts'
import type { Place } from '../place.ts'

const days = (seconds: number) => `${seconds / 86_400} days`

/** How long tokens live, and whose can be renewed by what. */
export function tokenLifePage(): GeneratedFile {
  return page('reference/token-life.md', {
    title: 'How long tokens live',
    body: (at) => [
      table(
        ['Whose', 'Client', 'Got by', 'Renewed by'],
        Object.entries(tokenLives).map(([kind, life]) => [
          `[${life.title}](#${kind})`,
          `[${life.client}](./clients.md#${life.client})`,
          `[\`${life.grant}\`](${at.to(grantPages[life.grant])})`,
          renewal(life, at),
        ]),
      ),
      ...Object.entries(tokenLives).map(([kind, life]) =>
        blocks(
          heading(2, life.title, kind),
          component(`TokenLife kind="${kind}"`, inWords(kind as LifeKind)),
          facts(life.facts, at),
        ),
      ),
      ...Object.entries(lifetimes).map(([id, lifetime]) => section(id, lifetime, at)),
      `How this project keeps a token fresh: [staying signed in](${at.to('guides/renewal-and-stores.md')}).`,
    ],
  })
}

/** The timeline as a table. */
function inWords(kind: LifeKind): readonly string[] {
  const { rows, end, text } = timelineOf(kind)
  const day = (at: number) => (at === 0 ? 'sign-in' : `day ${at}`)
  const bars = rows.flatMap(({ label, bars: all }) =>
    all.map((bar) => [
      bar.kind === 'next' ? `${label}, ${bar.label}` : label,
      day(bar.from),
      day(bar.to),
      bar.label,
    ]),
  )
  return [
    table(
      ['', 'From', 'To', ''],
      [
        ...bars.map(([what = '', start = '', stop = '', length = '']) =>
          what.endsWith(length) ? [what, start, '', ''] : [what, start, stop, length],
        ),
        [end.text, day(end.day), '', ''],
      ],
    ),
    text.slice(0, 2).join(' '),
  ]
}

function renewal({ grant, client }: TokenLife, at: Place): string {
  const by = grants[grant].renewedBy[client]
  return by === null ? 'nobody: sign in again' : `[\`${by}\`](${at.to(grantPages[by])})`
}

function section(id: string, { title, seconds, facts: known }: Lifetime, at: Place): string {
  const lengths = seconds.map(({ value, fact: known_ }) => [
    days(value),
    `${known_.text} ${from(known_.from, at)}`,
  ])
  return blocks(
    heading(2, title, id),
    lengths.length === 0 ? '' : table(['Length', 'Where that is known from'], lengths),
    known.map((one) => `- ${fact(one, at)}`).join('\n'),
  )
}
