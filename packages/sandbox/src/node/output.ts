import { styleText } from 'node:util'
import type { JournalEntry } from '../control/journal.ts'
import type { Sandbox } from '../sandbox.ts'
import type { AccountView } from '../state/accounts.ts'
import type { ClientOptions } from '../state/clients.ts'
import { version } from './listen.ts'

/** Formats what the terminal shows at the start: the URL, the accounts and clients, and commands to paste. */
export function formatGreeting({ accounts, clients }: Sandbox, url: string): string {
  return `Particle sandbox ${version} · unofficial, not affiliated with Particle

  ${url}   open it in a browser to see the current codes and the requests

Accounts (username, password)
${formatColumns(accounts.map((account) => [account.username, account.password ?? 'no password', describeAccount(account)]))}

Clients (id:secret)
${formatColumns(clients.map((client) => [`${client.id}:${client.secret}`, describeClient(client)]))}

${formatCommands(accounts, url)}Requests
`
}

function describeAccount({ sso, customerOf, mfa }: AccountView): string {
  if (sso) return 'signs in through SSO'
  if (customerOf !== undefined) return `customer of product ${customerOf}`
  if (!mfa) return ''
  const recovery = mfa.recoveryCodes.length === 0 ? '' : `; recovery codes ${mfa.recoveryCodes.join(' ')}`
  return `MFA: secret ${mfa.secret}, now ${mfa.code}${recovery}`
}

function describeClient({ kind, product, owner, disallowedGrants = [] }: ClientOptions): string {
  const parts = [
    product ? `product ${product.id}, ${product.slug}` : kind,
    owner && `owner ${owner}`,
    disallowedGrants.length > 0 && `may not use ${disallowedGrants.join(', ')}`,
  ]
  return parts.filter(Boolean).join('; ')
}

/** The two steps of a sign-in with MFA, for the first account that has it. */
function formatCommands(accounts: readonly AccountView[], url: string): string {
  const account = accounts.find(({ mfa, password }) => mfa && password)
  if (!account) return ''
  const { username, password } = account
  return `Sign in with MFA: run the first command, put its mfa_token into the second one, and the access_token into the third one
  curl ${url}/oauth/token -u particle:particle -d grant_type=password -d username=${username} --data-urlencode 'password=${password}'
  curl ${url}/oauth/token -u particle:particle -d grant_type=urn:custom:mfa-otp -d mfa_token=MFA_TOKEN -d otp=$(curl -s ${url}/__sandbox/otp/${username} | tr -dc 0-9)
  curl ${url}/v1/user -H 'Authorization: Bearer ACCESS_TOKEN'

`
}

function formatColumns(rows: readonly (readonly string[])[]): string {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(width(column))).join('   ')}`.trimEnd())
    .join('\n')
}

/** Formats a request as a line for the terminal, with its hint below. */
export function formatRequest(entry: JournalEntry, colors: boolean): string {
  const paint = (style: Parameters<typeof styleText>[0], text: string) => (colors ? styleText(style, text) : text)
  const { at, method, path, grant_type: grantType, client_id: clientId, status, hint } = entry
  const details = [grantType, clientId].filter(Boolean).join(' · ')
  const line = [
    // Counted from the end, because years after 9999 have more digits.
    paint('dim', new Date(at).toISOString().slice(-13, -5)),
    `${method} ${path}`,
    details && paint('dim', details),
    paint(status >= 200 && status < 300 ? 'green' : 'red', formatOutcome(entry)),
  ]
  return `  ${line.filter((part) => part !== '').join('  ')}${hint ? `\n            ${paint('cyan', 'hint')}  ${hint}` : ''}\n`
}

function formatOutcome({ status, error, fault, dropped }: JournalEntry): string {
  const parts = [
    status === 0 ? 'no response' : String(status),
    error,
    dropped && `dropped ${dropped}`,
    fault && '(fault)',
  ]
  return parts.filter(Boolean).join(' ')
}
