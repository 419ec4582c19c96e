import type { SessionState } from '@particle-grants/core'
import { type ClientKind, type GrantType, getRenewalGrant } from '@particle-grants/core/protocol'
import type { Names } from './record-fetch.ts'

/** What is shown of a session: its state, and labelled lines. Secrets are replaced by names. */
export interface SessionView {
  readonly status: SessionState['status']
  readonly lines: readonly (readonly [label: string, text: string])[]
}

interface Surroundings {
  readonly client: ClientKind
  readonly names: Names
  /** The time of the session's clock in milliseconds. */
  readonly now: number
}

/** Returns what is shown of a session. */
export function describeSession(state: SessionState, { client, names, now }: Surroundings): SessionView {
  const lines: [string, string][] = [['Clock', `${formatTime(now)} (stopped until you move it)`]]
  if (state.status === 'mfa_required') {
    const { attemptsLeft, expiresAt } = state.challenge
    lines.push(['Challenge', `${attemptsLeft} attempts left, expires ${formatDistance(now, expiresAt)}`])
  }
  if (!('tokens' in state)) return { status: state.status, lines: [...lines, ['Access token', 'none']] }
  const { accessToken, refreshToken, expiresAt } = state.tokens
  const expiry =
    expiresAt === null
      ? 'never expires'
      : `${now < expiresAt ? 'expires' : 'expired'} ${formatDistance(now, expiresAt)}`
  const grant: GrantType = refreshToken === undefined ? 'client_credentials' : 'password'
  lines.push(
    ['Access token', `${names.of(accessToken.reveal(), 'access_token')}, ${expiry}`],
    ['Refresh token', refreshToken === undefined ? 'none kept' : names.of(refreshToken.reveal(), 'refresh_token')],
    ['Renewal', getRenewalGrant(grant, client) ?? 'not possible'],
  )
  return { status: state.status, lines }
}

/** Formats a time in UTC, to the second. */
function formatTime(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

const relative = new Intl.RelativeTimeFormat('en')
const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const

/** Formats the distance between two times in the largest unit that fits: `in 90 days`, `2 hours ago`. */
export function formatDistance(from: number, to: number): string {
  const past = from - to
  const [unit, ms] = units.find(([, ms]) => Math.abs(past) >= ms) ?? ['second', 1000]
  return relative.format(-Math.trunc(past / ms), unit)
}
