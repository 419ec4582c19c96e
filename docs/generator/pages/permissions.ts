import { apiUserScopes, type Permission, permissions } from '@particle-grants/reference'
import { heading, table } from '../markdown/markdown.ts'
import { fact, facts } from '../markdown/provenance.ts'
import { type GeneratedFile, page } from '../page.ts'

/** The page of which token may do what, and of the scopes of API users. */
export function permissionsPage(): GeneratedFile {
  const rows: readonly Permission[] = Object.values(permissions)
  return page('reference/permissions.md', {
    title: 'Which token may do what',
    body: (at) => [
      `A token that may not do something is valid all the same: renewing it does not help. The kinds of token are explained at [which token do I need](${at.to('guides/choose.md')}).`,
      table(
        ['', "A developer's", "A product's", "A customer's", "An API user's"],
        rows.map(({ what, developer, product, customer, api_user }) => [
          what,
          ...[developer, product, customer, api_user].map(fact),
        ]),
      ),
      'The refusals are explained at ' +
        `[\`forbidden\`](${at.to('errors.md')}#forbidden) and [\`unauthorized\`](${at.to('errors.md')}#unauthorized). In \`@particle-grants/management\` they are [\`api_error\`](${at.to('errors.md')}#api_error), which says which token may do it.`,
      heading(2, 'The scopes of API users', 'scopes'),
      facts(apiUserScopes.facts),
      table(
        ['About', 'Scopes'],
        apiUserScopes.groups.map(({ about, scopes }) => [about, scopes.map((scope) => `\`${scope}\``).join(', ')]),
      ),
    ],
  })
}
