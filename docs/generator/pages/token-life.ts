import { grants } from '@particle-grants/core'
import { type Lifetime, lifetimes, type TokenLife, tokenLives } from '@particle-grants/core/reference'
import { grantPages } from '../grant-pages.ts'
import { blocks, heading, table } from '../markdown/markdown.ts'
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
        blocks(heading(2, life.title, kind), `<TokenLife kind="${kind}" />`, facts(life.facts, at)),
      ),
      ...Object.entries(lifetimes).map(([id, lifetime]) => section(id, lifetime, at)),
      `How this project keeps a token fresh: [staying signed in](${at.to('guides/renewal-and-stores.md')}).`,
    ],
  })
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
