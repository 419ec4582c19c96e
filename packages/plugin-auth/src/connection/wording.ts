import { defaultProfile, type SignIn, type StoreName } from './profile.ts'

/** A subject as people say it. */
export function accountOf({ subject, client }: Pick<SignIn, 'subject' | 'client'>): string {
  if (subject === 'owner') return `the owner of ${client.id}`
  if (subject.startsWith(unnamedSubject)) return 'an account whose name Particle did not tell'
  return subject.slice(subject.indexOf(':') + 1)
}

/** The name behind a subject, where it has one. */
export function nameOf({ subject }: Pick<SignIn, 'subject'>): string | null {
  if (subject === 'owner' || subject.startsWith(unnamedSubject)) return null
  return subject.slice(subject.indexOf(':') + 1)
}

/** The subject of a token whose account is not known begins so. */
export const unnamedSubject = 'account:unnamed-'

/** A client as people say it. */
export function clientInWords({ kind, id }: SignIn['client']): string {
  return `${id} (${kind === 'user' ? "one's own account's" : kind} client)`
}

/** Where something is kept, in words. */
export function storeInWords(store: StoreName): string {
  return store === 'keyring' ? 'in the keyring of the system' : 'in a file that only you can read'
}

/** The flag that chooses a profile, with a blank before it; nothing for the one that needs none. */
export function profileFlag(name: string): string {
  return name === defaultProfile ? '' : ` --profile ${name}`
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const

/** A span in words, by its largest unit, rounded down: `89 days`. ms */
function spanInWords(ms: number): string {
  const [unit, size] = units.find(([, length]) => Math.abs(ms) >= length) ?? units[3]
  const count = Math.floor(Math.abs(ms) / size)
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

/** When a token ends, in words; `null`: never. ms since 1970 */
export function endInWords(expiresAt: number | null, now: number): string {
  if (expiresAt === null) return 'never'
  const span = spanInWords(expiresAt - now)
  // Made when it is needed: making one takes longer than all of `auth token` besides.
  const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })
  return `${format.format(expiresAt)} (${expiresAt > now ? `in ${span}` : `${span} ago`})`
}

/** A moment as JSON has it; `null`: never. ms since 1970 */
export function isoTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}
