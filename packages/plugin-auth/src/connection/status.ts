import {
  fileStoreFolder,
  formatAccount,
  getAccountName,
  type Source,
  type StatusName,
  type Status as StoredStatus,
} from '@particle-grants/node/profiles'
import type { Connections } from '@particle-grants/node/sessions'
import { type CommandCall, exitCodes } from '../errors/cli-error.ts'
import { type CommandContext, formatCommand } from '../errors/format-command.ts'
import { readCurrentToken, toApiError, toObject } from '../network/api-call.ts'
import { formatClient, formatExpiry, formatStore, toIsoTime } from '../output/format.ts'
import { formatList, formatOutcome, paint, type Row } from '../output/text.ts'

/** What this machine knows about a sign-in, and what the API said about it. */
export interface Status extends StoredStatus {
  /** Absent if the API was not asked. */
  readonly check?: 'valid' | 'rejected'
}

export const statusExitCodes = {
  signed_in: exitCodes.done,
  mfa_required: exitCodes.mfaRequired,
  expired: exitCodes.notSignedIn,
  not_signed_in: exitCodes.notSignedIn,
} as const satisfies Record<StatusName, number>

/** Asks the API whether the token is valid. */
export async function verifyStatus(status: Status, connections: Connections): Promise<Status> {
  if (status.name === 'not_signed_in' || status.name === 'mfa_required') return status
  const { session } = await connections.open(status.source)
  const response = await readCurrentToken(session)
  await session.idle()
  if (response.status === 200 && Object.keys(toObject(response.data)).length > 0) return { ...status, check: 'valid' }
  if (response.status === 401) return { ...status, name: 'expired', check: 'rejected' }
  throw toApiError(response, 'The token could not be verified')
}

/** The document of `auth status --json` and `auth login --json`. */
export function toStatusDocument({ name, source, baseUrl, signIn, token, waiting, check }: Status) {
  const isProfile = source.from === 'profile'
  const expiresAt = token?.tokens.expiresAt
  const leftMs = expiresAt == null ? null : expiresAt - Date.now()
  return {
    status: name,
    profile: isProfile ? source.name : null,
    source: isProfile
      ? { from: source.from, chosenBy: source.chosenBy }
      : { from: source.from, variable: source.variable },
    baseUrl,
    account: getAccountName(signIn),
    subject: signIn?.subject ?? null,
    client: signIn === undefined ? null : { id: signIn.client.id, kind: signIn.client.kind },
    store: signIn?.store ?? null,
    folder: signIn?.store === 'file' ? fileStoreFolder() : null,
    grant: token?.tokens.grantType ?? (isProfile ? null : 'external'),
    expiresAt: toIsoTime(expiresAt ?? null),
    secondsLeft: leftMs === null ? null : Math.max(0, Math.floor(leftMs / 1000)),
    neverExpires: expiresAt === null,
    renewedBy: token?.renewal.grantType ?? null,
    checked: check ?? null,
    waitsForCode: waiting !== undefined,
  }
}

/** Formats a status as `gh auth status` does: the server, the outcome, and a list of facts. */
export function formatStatus(status: Status, context: CommandContext): string {
  const { baseUrl, source } = status
  const lines = [paint('bold', baseUrl.replace(/^https:\/\//, ''))]
  for (const { outcome, text, call } of getHeadlines(status)) {
    lines.push(formatOutcome(outcome, text, { indent: '  ' }))
    if (call !== undefined) lines.push(`    ${formatCommand({ ...context, source }, call)}`)
  }
  return [...lines, formatList(getRows(status))].join('\n')
}

interface Headline {
  readonly outcome: 'success' | 'warning' | 'failure'
  readonly text: string
  /** The command to run next. */
  readonly call?: CommandCall
}

function getHeadlines({ name, source, signIn, check, waiting }: Status): readonly Headline[] {
  if (source.from === 'environment') {
    const { variable } = source
    if (check === 'valid') return [{ outcome: 'success', text: `Signed in with the token in ${variable}` }]
    return check === undefined
      ? [{ outcome: 'warning', text: `The token in ${variable} was not verified. Verify it with --check.` }]
      : [{ outcome: 'failure', text: `The token in ${variable} is not valid. Unset it, or set a valid one.` }]
  }
  const account = signIn && formatAccount(signIn)
  if (name === 'not_signed_in' || name === 'expired') {
    const text =
      name === 'expired'
        ? `The token of ${account} is no longer valid. Sign in again:`
        : 'You are not signed in. Sign in:'
    return [{ outcome: 'failure', text, call: ['auth login'] }]
  }
  const headlines: Headline[] = []
  if (name === 'signed_in') headlines.push({ outcome: 'success', text: `Signed in as ${account}` })
  if (waiting !== undefined) {
    const text = `MFA code required to sign in as ${formatAccount(waiting)}. Submit it:`
    headlines.push({ outcome: 'warning', text, call: ['auth login', '--otp-stdin'] })
  }
  return headlines
}

function getRows({ source, signIn, token, check, name }: Status): readonly Row[] {
  const verified = check && (check === 'valid' ? 'the API accepts this token' : 'the API rejected this token')
  if (source.from === 'environment') return [['Verified', verified]]
  const { expiresAt } = token?.tokens ?? {}
  const expiry = name === 'mfa_required' || expiresAt === undefined ? undefined : formatExpiry(expiresAt)
  const hasExpired = expiresAt != null && expiresAt <= Date.now()
  return [
    [hasExpired ? 'Expired' : 'Expires', expiry],
    ['Refresh', token?.renewal.grantType && 'automatic'],
    ['Verified', verified],
    ['Profile', formatProfile(source)],
    ['Client', signIn && formatClient(signIn.client)],
    ['Stored', signIn && formatStore(signIn)],
  ]
}

function formatProfile({ name, chosenBy, isActive }: Extract<Source, { from: 'profile' }>): string {
  const active = isActive ? `${name} (active)` : name
  return chosenBy === 'environment' ? `${name} (PARTICLE_GRANTS_PROFILE)` : active
}
