import { type Fact, type TokenKind, type TokenKindId, tokenKinds } from '@particle-grants/reference'
import { grantPages } from '../grant-pages.ts'
import { blocks, component, heading, list, table } from '../markdown/markdown.ts'
import { fact, facts } from '../markdown/provenance.ts'
import { type GeneratedFile, page } from '../page.ts'
import type { Place } from '../place.ts'

/** How to get each kind of token with this project, from `guides/`. */
const guides: Readonly<Record<TokenKindId, string>> = {
  api_user:
    '[create the API user](../../packages/management/README.md), and [use its token](./scripts-and-ci.md#a-token-from-elsewhere)',
  product: '[a session of the product](./renewal-and-stores.md)',
  customer: '[a pool of sessions](./many-customers.md)',
  customer_password: '[let your users sign in](./web-sign-in.md)',
  user: '[a client of your own account](./scripts-and-ci.md#a-client-of-your-own-account)',
  developer: '`pgrants auth login`, or [a session](./renewal-and-stores.md)',
}

/** What Particle says, in a few words. The sections have the facts and their sources. */
const advice: Readonly<Partial<Record<TokenKindId, string>>> = {
  api_user: 'Recommended for servers',
  product: 'Recommended for back ends',
  customer: 'Not recommended for new products',
  customer_password: 'Not recommended for new products',
}

/** The guide to the kinds of token, and to which one to choose. */
export function choosePage(): GeneratedFile {
  const kinds = Object.entries(tokenKinds) as (readonly [TokenKindId, TokenKind])[]
  return page('guides/choose.md', {
    title: 'Which token do I need?',
    body: (at) => [
      'For a new product, use an API user or a product client in your back end. Particle no longer recommends customer accounts for new products.',
      component('Chooser', ['On the site, your answers to two questions lead to the command.']),
      table(
        ['You build', 'Use', 'Owner', 'Expiry and renewal', 'MFA'],
        kinds.map(([id, { chooseFor, title, owner, expiry, renewal, mfa }]) => [
          chooseFor,
          `[${title}](#${id})${advice[id] === undefined ? '' : `<br>${advice[id]}`}`,
          owner,
          `${firstSentence(expiry)}<br>Renewal: ${firstSentence(renewal).replace(/^\w/, (letter) => letter.toLowerCase())}`,
          firstSentence(mfa),
        ]),
      ),
      ...kinds.map((kind) => section(kind, at)),
    ],
  })
}

function section([id, kind]: readonly [TokenKindId, TokenKind], at: Place): string {
  const { title, client, grant, owner, permissions, expiry, renewal, mfa, advice: known } = kind
  const request =
    grant === undefined
      ? `[create the API user](${at.to('reference/calls.md')}#create_api_user)`
      : `[\`${grant}\`](${at.to(grantPages[grant])}) with a [${client}](${at.to('reference/clients.md')}#${client}) client`
  return blocks(
    heading(2, title, id),
    list([
      `**Owner:** ${owner.replace(/^(?:A|The) /, (article) => article.toLowerCase())}`,
      `**May:** ${fact(permissions)}`,
      `**Request:** ${request}`,
      `**Expires:** ${fact(expiry)}`,
      `**Renewal:** ${fact(renewal)}`,
      `**MFA:** ${fact(mfa)}`,
      `**With this project:** ${guides[id]}`,
    ]),
    facts(known),
  )
}

function firstSentence({ text }: Fact): string {
  return /^.*?[.:,](?= |$)/.exec(text)?.[0].replace(/[:,]$/, '.') ?? text
}
