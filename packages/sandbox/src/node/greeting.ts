import type { Sandbox } from '../contract.ts'
import type { AccountView } from '../model/account-view.ts'
import type { ClientOptions } from '../model/options.ts'
import { version } from './version.ts'

/** What the terminal shows at start: where it listens, who can sign in, and commands to paste. */
export function greeting({ accounts, clients }: Sandbox, url: string): string {
  return `Particle sandbox ${version} · unofficial, not affiliated with Particle

  ${url}   open it in a browser for the current codes and the requests, live

Accounts (username, password)
${columns(accounts.map((account) => [account.username, account.password ?? 'no password', aboutAccount(account)]))}

Clients (id:secret)
${columns(clients.map((client) => [`${client.id}:${client.secret}`, aboutClient(client)]))}

${commands(accounts, url)}Requests
`
}

function aboutAccount({ sso, customerOf, mfa }: AccountView): string {
  if (sso) return 'signs in through SSO'
  if (customerOf !== undefined) return `customer of product ${customerOf}`
  if (!mfa) return ''
  const recovery = mfa.recoveryCodes.length === 0 ? '' : `; recovery codes ${mfa.recoveryCodes.join(' ')}`
  return `MFA: secret ${mfa.secret}, now ${mfa.code} for ${mfa.secondsLeft} s${recovery}`
}

function aboutClient({ kind, product, owner, refusedGrants = [] }: ClientOptions): string {
  const parts = [
    product ? `product ${product.id}, ${product.slug}` : kind,
    owner && `owner ${owner}`,
    refusedGrants.length > 0 && `may not use ${refusedGrants.join(', ')}`,
  ]
  return parts.filter(Boolean).join('; ')
}

/** The two steps of a sign-in with MFA, for the first account that has it. */
function commands(accounts: readonly AccountView[], url: string): string {
  const account = accounts.find(({ mfa, password }) => mfa && password)
  if (!account) return ''
  const { username, password } = account
  return `Sign in with MFA: paste the first, put its mfa_token into the second, and that access_token into the third
  curl ${url}/oauth/token -u particle:particle -d grant_type=password -d username=${username} --data-urlencode 'password=${password}'
  curl ${url}/oauth/token -u particle:particle -d grant_type=urn:custom:mfa-otp -d mfa_token=MFA_TOKEN -d otp=$(curl -s ${url}/__sandbox/otp/${username} | tr -dc 0-9)
  curl ${url}/v1/user -H 'Authorization: Bearer ACCESS_TOKEN'

`
}

function columns(rows: readonly (readonly string[])[]): string {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(width(column))).join('   ')}`.trimEnd())
    .join('\n')
}
