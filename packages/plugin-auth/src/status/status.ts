import { isChallengeOpen, type SettledState } from '@particle-grants/core/machine'
import type { SignIn } from '../connection/profile.ts'
import type { Source } from '../connection/source.ts'
import { fileStoreFolder } from '../connection/stores.ts'
import {
  accountOf,
  clientInWords,
  endInWords,
  formatConnectionFlags,
  isoTime,
  nameOf,
  storeInWords,
} from '../connection/wording.ts'
import { exitCodes } from '../errors/exit-codes.ts'
import type { Row } from '../terminal/rows.ts'
import { formatRenewal, getTokenFacts, isUsable } from '../token/token-facts.ts'

/** What this machine knows of a sign-in or a token of the environment. */
export interface Status {
  readonly source: Source
  readonly baseUrl: string
  readonly signIn: SignIn | undefined
  /** What the store has. */
  readonly state?: SettledState | undefined
  /** The sign-in that waits for its code. */
  readonly waiting?: SignIn | undefined
  /** What Particle says about the token, where it was asked. */
  readonly check?: 'valid' | 'rejected' | undefined
}

/** A status in a word. */
export type StatusWord = 'signed_in' | 'mfa_required' | 'ended' | 'not_signed_in'

/** Returns the status in a word. */
export function formatStatus({ source, state, check }: Status, now = Date.now()): StatusWord {
  if (source.from === 'environment') return check === 'rejected' ? 'ended' : 'signed_in'
  if (state === undefined || state.status === 'signed_out') return 'not_signed_in'
  if (state.status === 'reauthentication_required') return 'ended'
  const facts = getTokenFacts(state)
  if (facts !== undefined) return check !== 'rejected' && isUsable(facts, now) ? 'signed_in' : 'ended'
  return state.status === 'mfa_required' && isChallengeOpen(state, now) ? 'mfa_required' : 'not_signed_in'
}

/** The exit code that says the same. */
export function exitCodeOf(word: StatusWord) {
  if (word === 'signed_in') return exitCodes.done
  return word === 'mfa_required' ? exitCodes.mfaNeeded : exitCodes.notSignedIn
}

/** What `auth status --json` prints. */
export function statusDocument(status: Status, now = Date.now()) {
  const { source, baseUrl, signIn, state, check, waiting } = status
  const facts = state && getTokenFacts(state)
  const expiresAt = facts?.tokens.expiresAt
  return {
    status: formatStatus(status, now),
    profile: source.from === 'profile' ? source.name : null,
    source:
      source.from === 'environment'
        ? { from: source.from, variable: source.variable }
        : { from: source.from, chosenBy: source.chosenBy },
    baseUrl,
    account: signIn === undefined ? null : nameOf(signIn),
    subject: signIn?.subject ?? null,
    client: signIn === undefined ? null : { id: signIn.client.id, kind: signIn.client.kind },
    store: signIn?.store ?? null,
    folder: signIn?.store === 'file' ? fileStoreFolder() : null,
    particleCli: signIn?.particleCli === true,
    grant: facts?.tokens.grantType ?? (source.from === 'environment' ? 'external' : null),
    expiresAt: isoTime(expiresAt ?? null),
    secondsLeft: secondsLeft(expiresAt, now),
    neverExpires: expiresAt === null,
    renewedBy: facts?.renewal.grantType ?? null,
    checked: check ?? null,
    waitsForCode: waiting !== undefined,
  }
}

/** The same for people. */
export function statusRows(status: Status, bin: string, now = Date.now()): Row[] {
  const { source, baseUrl, signIn, check } = status
  const signInAgain = `${bin} auth login${formatConnectionFlags(source)}`
  const rows: Row[] = [
    ['Account', signIn && accountOf(signIn)],
    ['Client', signIn && clientInWords(signIn.client)],
    ...(source.from === 'environment' ? externalTokenRows : tokenRows(status, signInAgain, now)),
    [
      'Checked',
      check && (check === 'valid' ? 'Particle accepts this token' : 'Particle rejected this token'),
    ],
    ['Code awaited', formatWaiting(status, signInAgain, now)],
    ['Stored', signIn && storeInWords(signIn.store)],
    ['Shared', signIn?.particleCli && 'with particle-cli'],
    ['Source', sourceInWords(source)],
    ['API URL', baseUrl],
  ]
  return rows.filter(([, value]) => value !== undefined)
}

const unknownGrant = 'unknown (external token)'

const externalTokenRows: readonly Row[] = [
  ['Grant', unknownGrant],
  ['Expires', 'unknown'],
  ['Refresh', 'not possible: the token comes from the environment'],
]

function tokenRows({ state }: Status, signInAgain: string, now: number): readonly Row[] {
  const facts = state && getTokenFacts(state)
  if (facts === undefined) return []
  const { grantType, expiresAt } = facts.tokens
  const hasExpired = expiresAt !== null && expiresAt <= now
  const isLost = hasExpired && facts.renewal.grantType === undefined
  return [
    ['Grant', grantType === 'external' ? unknownGrant : grantType],
    [hasExpired ? 'Expired' : 'Expires', endInWords(expiresAt, now)],
    ['Refresh', isLost ? undefined : formatRenewal(facts, signInAgain)],
  ]
}

/** Another sign-in may wait beside a valid one. If it is the only one, it is the headline. */
function formatWaiting(status: Status, signIn: string, now: number): string | undefined {
  const { waiting } = status
  if (waiting === undefined || formatStatus(status, now) === 'mfa_required') return undefined
  return `for the sign-in of ${accountOf(waiting)}: ${signIn} --otp-stdin`
}

function sourceInWords(source: Source): string {
  if (source.from === 'environment') return `the environment variable ${source.variable}`
  const why = { flag: 'by --profile', environment: 'by PARTICLE_GRANTS_PROFILE', profiles: 'the active one' }
  return `profile ${source.name}, ${why[source.chosenBy]}`
}

function secondsLeft(expiresAt: number | null | undefined, now: number): number | null {
  return expiresAt === null || expiresAt === undefined
    ? null
    : Math.max(0, Math.floor((expiresAt - now) / 1000))
}
