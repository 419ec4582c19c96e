import { type ClientKind, type GrantType, getRenewalGrant, grants, grantTypes } from '@particle-grants/core/protocol'
import { explainGrant, lifetimes, unsupportedGrants } from '@particle-grants/reference'
import { grantPages } from '../grant-pages.ts'
import { heading, list, table } from '../markdown/markdown.ts'
import { facts, from } from '../markdown/provenance.ts'
import { type GeneratedFile, page } from '../page.ts'
import type { Place } from '../place.ts'
import { toAnchor } from './facts-pages.ts'

/** The overview: the kinds of token to choose from, then every grant. */
export function grantsOverview(): GeneratedFile {
  return page('grants/README.md', {
    title: 'Grant types',
    body: (at) => [
      `Every \`grant_type\` that \`POST /oauth/token\` accepts from you. What all requests have in common:
[token requests](${at.to('reference/request.md')}). The kinds of client: [clients](${at.to('reference/clients.md')}).`,
      table(
        ['`grant_type`, and its required fields', 'Clients, and how tokens are renewed', 'MFA'],
        grantTypes.map((type) => row(type, at)),
      ),
      "The client's id and secret are always required.",
      heading(2, 'When to use which grant', 'which'),
      table(
        ['', 'When to use it'],
        grantTypes.map((type) => [
          `[\`${type}\`](${at.to(grantPages[type])})`,
          explainGrant<GrantType>(type).reference.whenToUse.join('<br>'),
        ]),
      ),
      `Not sure? [Which token do I need?](${at.to('guides/choose.md')})`,
      heading(2, 'How long an access token is valid', 'lifetime'),
      facts([...lifetimes.access_token.seconds.map((one) => one.fact), ...lifetimes.access_token.facts]),
      heading(2, 'Unsupported grants', 'unsupported'),
      list(
        Object.keys(unsupportedGrants).map(
          (id) => `[\`${id}\`](${at.to('reference/unsupported-grants.md')}#${toAnchor(id)})`,
        ),
      ),
    ],
  })
}

function row(type: GrantType, at: Place): string[] {
  const { reference } = explainGrant<GrantType>(type)
  const { caution } = reference
  const required = Object.entries(grants[type].fields)
    .filter(([, { required: is }]) => is)
    .map(([name]) => `\`${name}\``)
  return [
    `[\`${type}\`](${at.to(grantPages[type])})<br>${required.join(', ') || 'no other field'}${caution ? `<br>**${caution.text}** ${from(caution.from)}` : ''}`,
    renewals(type, at, (kind) => `[${kind}](${at.to('reference/clients.md')}#${kind})`),
    formatMfa(type, 'mfa_required' in reference.outcomes),
  ]
}

/** Returns how a grant's tokens are renewed, for each kind of client that may use it. */
export function renewals(type: GrantType, at: Place, format: (kind: ClientKind) => string = (kind) => kind): string {
  const { clients } = grants[type]
  return clients.map((kind) => `${format(kind)}: ${formatRenewal(kind, getRenewalGrant(type, kind), at)}`).join('<br>')
}

function formatRenewal(kind: ClientKind, grantType: string | undefined, at: Place): string {
  if (grantType !== undefined) return `\`${grantType}\``
  // This project never tries it, and no source says that it fails.
  return kind === 'user' ? `[not known](${at.to('reference/unknowns.md')}#user_client_refresh)` : '**not possible**'
}

function formatMfa(type: GrantType, isRequired: boolean): string {
  if (isRequired) return 'if the account has it'
  return 'mfa_token' in grants[type].fields ? 'second request' : 'never'
}
