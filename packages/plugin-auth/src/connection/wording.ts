import { homedir } from 'node:os'
import { sep } from 'node:path'
import { particleUrl } from '@particle-grants/core/protocol'
import { defaultProfile, type SignIn, type StoreName } from './profile.ts'
import type { Source } from './source.ts'
import { fileStoreFolder } from './stores.ts'

/** A subject as people say it. */
export function accountOf({ subject, client }: Pick<SignIn, 'subject' | 'client'>): string {
  if (subject === 'owner') return `the owner of ${client.id}`
  if (subject.startsWith(`account:${unnamedAccount}`)) return 'an account whose name Particle did not return'
  return subject.slice(subject.indexOf(':') + 1)
}

/** The name behind a subject, where it has one. */
export function nameOf({ subject }: Pick<SignIn, 'subject'>): string | null {
  if (subject === 'owner' || subject.startsWith(`account:${unnamedAccount}`)) return null
  return subject.slice(subject.indexOf(':') + 1)
}

/** The name of an account that is not known starts so: every stored token needs a subject. */
export const unnamedAccount = 'unnamed-'

/** A client as people say it. */
export function clientInWords({ kind, id }: SignIn['client']): string {
  return `${id} (${kind} client)`
}

/** Where something is kept, in words. */
export function storeInWords(store: StoreName): string {
  if (store === 'keyring') return 'in the keyring of the system'
  return `in a file that only you can read, in ${fromHome(fileStoreFolder())}`
}

/** A path as shells take it, and no longer than it has to be. */
function fromHome(path: string): string {
  const home = homedir()
  return home !== '/' && path.startsWith(home + sep) ? `~${path.slice(home.length)}` : path
}

/**
 * Formats the flags that lead to the same profile and base URL, each with a space before it. None for the default
 * profile, and none for the base URL that the profile has.
 */
export function formatConnectionFlags(source: Source): string {
  if (source.from === 'environment') return formatBaseUrlFlag(source.baseUrl, particleUrl)
  const { name, profile, baseUrl, chosenBy } = source
  const isImplied = name === defaultProfile && chosenBy !== 'flag'
  const profileFlag = isImplied ? '' : ` --profile ${name}`
  return (
    profileFlag + formatBaseUrlFlag(baseUrl, (profile?.signIn ?? profile?.pending)?.baseUrl ?? particleUrl)
  )
}

function formatBaseUrlFlag(baseUrl: string | undefined, implied: string): string {
  return baseUrl === undefined || baseUrl === implied ? '' : ` --base-url ${baseUrl}`
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const

/** A span in words, by its largest unit, to the nearest: `90 days`. ms */
export function spanInWords(ms: number): string {
  const span = Math.abs(ms)
  const size = units.find(([, length]) => span >= length)?.[1] ?? 1000
  const rounded = Math.round(span / size) * size
  // What is nearly an hour is one, and no 60 minutes.
  const [unit, length] = units.find(([, one]) => rounded >= one) ?? units[3]
  const count = Math.round(span / length)
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

/** When a token ends, in words; `null`: never. ms since 1970 */
export function endInWords(expiresAt: number | null, now = Date.now()): string {
  return expiresAt === null ? 'never' : timeInWords(expiresAt, now)
}

/** A moment on the clock of whoever reads it, and how far away that is. ms since 1970 */
export function timeInWords(at: number, now = Date.now()): string {
  // No calendar has it, and no message may fail for that.
  if (!(Math.abs(at) <= 8.64e15)) return 'the end of time'
  const span = spanInWords(at - now)
  // Made when it is needed: making one takes longer than all of `auth token` besides.
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
  return `${format.format(at)} (${at > now ? `in ${span}` : `${span} ago`})`
}

/** A moment as JSON has it; `null`: never. ms since 1970 */
export function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
