import { type ClientKind, type GrantType, getRenewalGrant } from '@particle-grants/core/protocol'
import { type Lifetime, lifetimes, type TokenKind, tokenKinds } from '@particle-grants/reference'
import { exampleRequest } from '../../.vitepress/theme/chooser/request.ts'
import { describeTimeline, isDrawn } from '../draw-timelines.ts'
import { grantPages } from '../grant-pages.ts'
import { blocks, component, fence, heading, list, table } from '../markdown/markdown.ts'
import { fact, facts } from '../markdown/provenance.ts'
import { type GeneratedFile, page } from '../page.ts'
import type { Place } from '../place.ts'

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
          client === undefined ? 'none' : `[${client}](./clients.md#${client})`,
          grant === undefined
            ? `[create it](${at.to('reference/calls.md')}#create_api_user)`
            : `[\`${grant}\`](${at.to(grantPages[grant])})`,
          grant === undefined || client === undefined ? 'not needed: never expires' : formatRenewal(grant, client, at),
        ]),
      ),
      ...kinds.map(([id, { title, expiry, renewal, advice }]) =>
        blocks(
          heading(2, title, id),
          isDrawn(id) ? component(`TokenLife kind="${id}"`, [describeTimeline(id)]) : '',
          list([`**Expires:** ${fact(expiry)}`, `**Renewal:** ${fact(renewal)}`, ...advice.map(fact)]),
        ),
      ),
      ...Object.entries(lifetimes).map(([id, { title, seconds, facts: known }]: [string, Lifetime]) =>
        blocks(heading(2, title, id), facts([...seconds.map((one) => one.fact), ...known])),
      ),
      `How the libraries of this project renew tokens: [staying signed in](${at.to('guides/renewal-and-stores.md')}).`,
    ],
  })
}

function formatRenewal(grant: GrantType, client: ClientKind, at: Place): string {
  const by = getRenewalGrant(grant, client)
  return by === undefined ? 'not possible: sign in again' : `[\`${by}\`](${at.to(grantPages[by])})`
}
