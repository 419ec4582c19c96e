import { type ClientKind, type GrantType, grants } from '@particle-grants/core/protocol'
import { type Lifetime, lifetimes, type TokenKind, tokenKinds } from '@particle-grants/reference'
import { exampleRequest } from '../../.vitepress/theme/chooser/request.ts'
import { type LifeKind, lifeKinds, timelineOf } from '../../.vitepress/theme/token-life/timeline.ts'
import { grantPages } from '../grant-pages.ts'
import { blocks, component, fence, heading, table } from '../markdown/markdown.ts'
import { fact, facts, from } from '../markdown/provenance.ts'
import { type GeneratedFile, page } from '../page.ts'
import type { Place } from '../place.ts'

const formatDays = (seconds: number) => `${seconds / 86_400} days`

/** The page about lifetimes: how long tokens are valid, and how they are renewed. */
export function tokenLifePage(): GeneratedFile {
  const kinds = Object.entries(tokenKinds) as [keyof typeof tokenKinds, TokenKind][]
  return page('reference/token-life.md', {
    title: 'How long tokens live',
    body: (at) => [
      'An access token is valid for 90 days. For a shorter lifetime, send `expires_in` in seconds; `0` requests a token that never expires. With MFA, send it in both requests. [Details](#access_token)',
      fence('sh', exampleRequest('password', 'developer', { expires_in: '3600' })),
      table(
        ['Token', 'Client', 'Grant', 'Renewal'],
        kinds.map(([id, { title, client, grant }]) => [
          `[${title}](#${id})`,
          client === undefined ? '' : `[${client}](./clients.md#${client})`,
          grant === undefined ? '' : `[\`${grant}\`](${at.to(grantPages[grant])})`,
          grant === undefined || client === undefined ? 'not needed: never expires' : formatRenewal(grant, client, at),
        ]),
      ),
      ...kinds.map(([id, { title, expiry, renewal, advice }]) =>
        blocks(
          heading(2, title, id),
          id in lifeKinds ? component(`TokenLife kind="${id}"`, describeTimeline(id as LifeKind)) : '',
          facts([expiry, renewal, ...advice]),
        ),
      ),
      ...Object.entries(lifetimes).map(([id, lifetime]) => section(id, lifetime)),
      `How the libraries of this project renew tokens: [staying signed in](${at.to('guides/renewal-and-stores.md')}).`,
    ],
  })
}

/** Returns the timeline as a table, for readers without the drawing. */
function describeTimeline(kind: LifeKind): readonly string[] {
  const { rows, end, text } = timelineOf(kind)
  const formatDay = (day: number) => `day ${day}`
  const bars = rows.flatMap(({ label, bars: all }) =>
    all.map((bar) => [
      bar.kind === 'next' ? `${label}, ${bar.label}` : label,
      formatDay(bar.from),
      formatDay(bar.to),
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
        [end.text, formatDay(end.day), '', ''],
      ],
    ),
    text.slice(0, 2).join(' '),
  ]
}

function formatRenewal(grant: GrantType, client: ClientKind, at: Place): string {
  const by = grants[grant].renewedBy[client]
  return by === null ? 'not possible: sign in again' : `[\`${by}\`](${at.to(grantPages[by])})`
}

function section(id: string, { title, seconds, facts: known }: Lifetime): string {
  const lengths = seconds.map(({ value, fact: known_ }) => [formatDays(value), `${known_.text}${from(known_.from)}`])
  return blocks(
    heading(2, title, id),
    lengths.length === 0 ? '' : table(['Length', 'Source'], lengths),
    known.map((one) => `- ${fact(one)}`).join('\n'),
  )
}
