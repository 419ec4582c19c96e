import { type ClientKind, type GrantType, grants, grantTypes } from '@particle-grants/core'
import { explainGrant, lifetimes, notServed } from '@particle-grants/core/reference'
import { grantPages } from '../grant-pages.ts'
import { heading, list, table } from '../markdown/markdown.ts'
import { facts, from } from '../markdown/provenance.ts'
import { type GeneratedFile, page } from '../page.ts'
import type { Place } from '../place.ts'
import { anchorOfGrant } from './facts-pages.ts'

/** The overview: every grant, who may use it, whether MFA is asked, who renews its tokens, how long they live. */
export function grantsOverview(): GeneratedFile {
  return page('grants/README.md', {
    title: 'Grant types',
    body: (at) => [
      `Every \`grant_type\` that \`POST /oauth/token\` takes of you. What goes into every request besides is under
[every request](${at.to('reference/request.md')}); which kind of client is yours, under [clients](${at.to('reference/clients.md')}).`,
      table(
        [
          '`grant_type`, and what it requires',
          'Who may use it, and what renews its tokens',
          'MFA',
          'They live',
        ],
        grantTypes.map((type) => row(type, at)),
      ),
      "Nobody: sign in again when it ends. The client's id and secret are required with each.",
      'How long an access token lives:',
      lifetimeNote(at),
      heading(2, 'Which one do I need?', 'which'),
      table(
        ['', 'When to use it'],
        grantTypes.map((type) => [
          `[\`${type}\`](${at.to(grantPages[type])})`,
          explainGrant(type).reference.whenToUse.join('<br>'),
        ]),
      ),
      `Step by step, from what you have: [what do you have?](${at.to('guides/start.md')})`,
      heading(2, 'Known, and not served here', 'not-served'),
      list(
        Object.keys(notServed).map(
          (id) => `[\`${id}\`](${at.to('reference/not-served.md')}#${anchorOfGrant(id)})`,
        ),
      ),
    ],
  })
}

function row(type: GrantType, at: Place): string[] {
  const { caution } = explainGrant(type).reference
  const required = Object.entries(grants[type].fields)
    .filter(([, { required: is }]) => is)
    .map(([name]) => `\`${name}\``)
  const outcomes: readonly string[] = grants[type].outcomes
  return [
    `[\`${type}\`](${at.to(grantPages[type])})<br>${required.join(', ') || 'nothing else'}${caution ? `<br>**${caution.text}** ${from(caution.from, at)}` : ''}`,
    renewals(type, at, (kind) => `[${kind}](${at.to('reference/clients.md')}#${kind})`),
    mfa(type, outcomes.includes('mfa_required')),
    lifetime(),
  ]
}

/** What renews the tokens of a grant, for each kind of client that may use it. */
export function renewals(
  type: GrantType,
  at: Place,
  named: (kind: ClientKind) => string = (kind) => kind,
): string {
  const { clients, renewedBy } = grants[type]
  return clients.map((kind) => `${named(kind)}: ${renewer(kind, renewedBy[kind], at)}`).join('<br>')
}

function renewer(kind: ClientKind, by: string | null, at: Place): string {
  if (by !== null) return `\`${by}\``
  // This project never tries, and nobody has said that it fails.
  return kind === 'user' ? `[not known](${at.to('reference/unknowns.md')}#user_client_refresh)` : '**nobody**'
}

function mfa(type: GrantType, asked: boolean): string {
  if (asked) return 'asked'
  return 'mfa_token' in grants[type].fields ? 'second step' : 'never'
}

function lifetime(): string {
  return `${(lifetimes.access_token.seconds[0]?.value ?? 0) / 86_400} days`
}

function lifetimeNote(at: Place): string {
  return facts(
    [...lifetimes.access_token.seconds.map((one) => one.fact), ...lifetimes.access_token.facts],
    at,
  )
}
