import type { ProfileBook } from '../connection/profile-book.ts'
import type { ProfileSource } from '../connection/source.ts'
import { endInWords, formatConnectionFlags } from '../connection/wording.ts'
import type { TokenFacts } from './token-facts.ts'

const day = 86_400_000

/** When to warn that a token expires: once in twelve hours, and in its last day each time. Milliseconds. */
const limits = { warn: 14 * day, warnAlways: day, pause: day / 2 }

/** The token to warn about. */
export interface ExpiryWarning {
  readonly source: ProfileSource
  readonly facts: TokenFacts
  readonly bin: string
}

/** Returns a warning if the token expires soon and cannot be renewed. Records when it warned. */
export async function getExpiryWarning(
  { source, facts, bin }: ExpiryWarning,
  book: ProfileBook,
): Promise<string | undefined> {
  const { expiresAt } = facts.tokens
  const now = Date.now()
  if (expiresAt === null || expiresAt - now > limits.warn || expiresAt <= now) return undefined
  if (facts.renewal.grantType !== undefined) return undefined
  const warning = `The token expires ${endInWords(expiresAt, now)} and can't be renewed. Sign in again: ${bin} auth login${formatConnectionFlags(source)}`
  if (expiresAt - now <= limits.warnAlways) return warning
  if (now - (source.profile?.warnedAt ?? 0) < limits.pause) return undefined
  try {
    await book.changeProfile(source.name, (profile) => ({ ...profile, warnedAt: now }))
  } catch {
    // One warning too many is better than a failed command.
  }
  return warning
}
