import { type ClientKind, renewalOf, type Tokens } from '@particle-grants/core'
import type { ProfileBook } from '../connection/profile-book.ts'
import type { Source } from '../connection/source.ts'
import { endInWords, profileFlag } from '../connection/wording.ts'

const day = 86_400_000

/** From when on somebody is told that a token ends that nobody can renew: once in twelve hours, at last each time. */
const limits = { tell: 14 * day, tellAlways: day, pause: day / 2 }

/** What an end that comes near is judged by. */
export interface Nearing {
  readonly source: Source
  /** Of the client whose token it is. */
  readonly kind: ClientKind
  readonly tokens: Tokens
  readonly bin: string
}

/** A sentence for stderr where the token can't be renewed and nears its end; notes when it was told. */
export async function expiryNotice(
  { source, kind, tokens, bin }: Nearing,
  book: ProfileBook,
): Promise<string | undefined> {
  const { expiresAt } = tokens
  const now = Date.now()
  if (expiresAt === null || expiresAt - now > limits.tell || expiresAt <= now) return undefined
  if (renewalOf(kind, tokens).by !== 'nothing') return undefined
  const what = `The token ends ${endInWords(expiresAt, now)} and can't be renewed.`
  if (source.from === 'environment') return what
  const notice = `${what} Sign in again: ${bin} auth login${profileFlag(source.name)}`
  if (expiresAt - now <= limits.tellAlways) return notice
  if (now - (source.profile?.warnedAt ?? 0) < limits.pause) return undefined
  try {
    await book.changeProfile(source.name, (profile) => ({ ...profile, warnedAt: now }))
  } catch {
    // To be told once too often is better than to fail for a note.
  }
  return notice
}
