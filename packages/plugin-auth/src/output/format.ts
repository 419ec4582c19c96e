import { homedir } from 'node:os'
import { sep } from 'node:path'
import { fileStoreFolder, type SignIn } from '@particle-grants/node/profiles'

export function formatClient({ kind, id }: SignIn['client']): string {
  return `${id} (${kind} client)`
}

export function formatStore({ store }: Pick<SignIn, 'store'>): string {
  return store === 'keyring' ? 'system keyring' : `plain text file in ${shortenHome(fileStoreFolder())}`
}

function shortenHome(path: string): string {
  const home = homedir()
  return home !== '/' && path.startsWith(home + sep) ? `~${path.slice(home.length)}` : path
}

export function formatAttempts(count: number): string {
  return count === 1 ? '1 attempt left' : `${count} attempts left`
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const

/** Formats a token's lifetime exactly, in the largest unit without a rest: `90 days`, `90 minutes`. */
export function formatLifetime(seconds: number): string {
  const [unit, length] = units.find(([, one]) => (seconds * 1000) % one === 0) ?? units[3]
  return new Intl.NumberFormat('en', { style: 'unit', unit, unitDisplay: 'long' }).format((seconds * 1000) / length)
}

/** Formats when a token expires; `null`: never. Milliseconds since 1970. */
export function formatExpiry(expiresAt: number | null, now = Date.now()): string {
  return expiresAt === null ? 'never' : formatTime(expiresAt, now)
}

/** Formats a time in the local time zone, and how far away it is, in its largest unit. Milliseconds since 1970. */
export function formatTime(at: number, now = Date.now()): string {
  // Some numbers are not a date, and a message must not throw.
  if (!(Math.abs(at) <= 8.64e15)) return 'an unknown time'
  // 59.9 minutes are an hour.
  const [unit, length] = units.find(([, one]) => Math.abs(at - now) >= 0.98 * one) ?? units[3]
  // Created on use, because that takes longer than the rest of `auth token`.
  const distance = new Intl.RelativeTimeFormat('en').format(Math.round((at - now) / length), unit)
  return `${new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' }).format(at)} (${distance})`
}

/** Formats a time for JSON; `null`: never. Milliseconds since 1970. */
export function toIsoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
