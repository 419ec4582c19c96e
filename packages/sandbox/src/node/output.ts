import { styleText } from 'node:util'
import type { JournalEntry } from '../control/journal.ts'
import type { Sandbox } from '../sandbox.ts'
import type { AccountView } from '../state/accounts.ts'
import type { ClientOptions } from '../state/clients.ts'
import { version } from './listen.ts'

/** What the text at the start contains. */
interface OutputOptions {
  readonly url: string
  /** A command that signs in, without the URL. */
  readonly login: string | undefined
  /** Also shows the clients, and `curl` commands where there is a `login`. */
  readonly verbose: boolean | undefined
}

/** Formats the text at the start. Without `verbose` it fits into a terminal of 80 columns and 24 rows. */
export function formatGreeting({ accounts, clients }: Sandbox, { url, login, verbose }: OutputOptions): string {
  const rows = clients.map((client) => [`${client.id}:${client.secret}`, describeClient(client)])
  const sections = [
    `Particle sandbox ${version} · unofficial, not affiliated with Particle\n${url} shows codes, clients and requests in a browser`,
    login && `Sign in, in another terminal\n  ${login} ${url}`,
    `Accounts (username, password)\n${formatAccounts(accounts, url)}`,
    verbose && `Clients (id:secret)\n${formatColumns(rows).join('\n')}`,
    (verbose || !login) && formatCommands(accounts, url),
    'Requests\n',
  ]
  return sections.filter(Boolean).join('\n\n')
}

function formatAccounts(accounts: readonly AccountView[], url: string): string {
  const rows = accounts.map((each) => [each.username, each.password ?? 'no password', describeAccount(each)])
  const mfaLines = accounts.map((account) => formatMfa(account, url))
  return formatColumns(rows)
    .flatMap((row, index) => [row, ...(mfaLines[index] ?? [])])
    .join('\n')
}

function describeAccount({ sso, customerOf }: AccountView): string {
  if (sso) return 'signs in through SSO'
  return customerOf === undefined ? '' : `customer of product ${customerOf}`
}

function formatMfa({ username, mfa }: AccountView, url: string): string[] {
  if (!mfa) return []
  const code = `    MFA code        curl -s ${url}/__sandbox/otp/${username}`
  return [code, `    MFA secret      ${mfa.secret}`, `    recovery codes  ${mfa.recoveryCodes.join(' ')}`]
}

function describeClient({ kind, product, owner, disallowedGrants = [] }: ClientOptions): string {
  if (!product) return owner ? `${kind} client of ${owner}` : `${kind} client`
  return [`product ${product.id}`, ...disallowedGrants.map((grant) => `not ${grant}`)].join(', ')
}

/** The two steps of a sign-in with MFA, for the first account that has it. */
function formatCommands(accounts: readonly AccountView[], url: string): string | undefined {
  const account = accounts.find(({ mfa, password }) => mfa && password)
  if (!account) return undefined
  return `Sign in with MFA, and use the token
  curl ${url}/oauth/token -u particle:particle \\
    -d grant_type=password -d username=${account.username} \\
    --data-urlencode 'password=${account.password}'
  curl ${url}/oauth/token -u particle:particle \\
    -d grant_type=urn:custom:mfa-otp -d mfa_token=MFA_TOKEN -d otp=MFA_CODE
  curl ${url}/v1/user -H 'Authorization: Bearer ACCESS_TOKEN'`
}

function formatColumns(rows: readonly (readonly string[])[]): string[] {
  const width = (column: number) => Math.max(...rows.map((row) => row[column]?.length ?? 0))
  return rows.map((row) => `  ${row.map((cell, column) => cell.padEnd(width(column))).join('   ')}`.trimEnd())
}

/** Formats a request as a line for the terminal, with its hint below. Without `columns` a hint is one line. */
export function formatRequest(entry: JournalEntry, { colors, columns }: { colors: boolean; columns?: number }): string {
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
  const indent = ' '.repeat(12)
  const hintLines = hint ? [`${indent}${paint('cyan', 'hint')}  ${breakLines(hint, `${indent}      `, columns)}`] : []
  return [`  ${line.filter((part) => part !== '').join('  ')}`, ...hintLines, ''].join('\n')
}

/** Breaks a text at spaces: a terminal breaks it in the middle of a word. */
function breakLines(text: string, indent: string, columns = 1000): string {
  const width = Math.max(columns - indent.length, 20)
  return text.replace(new RegExp(`(.{1,${width}})(?: |$)`, 'g'), `$1\n${indent}`).trimEnd()
}

function formatOutcome({ status, error, fault, dropped }: JournalEntry): string {
  const parts = [status || 'no response', error, dropped && `dropped ${dropped}`, fault && '(fault)']
  return parts.filter(Boolean).join(' ')
}
