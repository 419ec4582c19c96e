import { renewalOf, type Tokens } from '@particle-grants/core'
import type { Connection, Connections } from '../connection/connection.ts'
import { endInWords, profileFlag } from '../connection/wording.ts'

const day = 86_400_000

/** From when on somebody is told that a token ends that nobody can renew: once in twelve hours, at last each time. */
const limits = { tell: 14 * day, tellAlways: day, pause: day / 2 }

/** What an end that comes near is judged by. */
export interface Nearing {
  readonly connection: Connection
  readonly tokens: Tokens
  readonly bin: string
}

/** A sentence for stderr where the token can't be renewed and nears its end; notes when it was told. */
export async function expiryNotice(
  { connection, tokens, bin }: Nearing,
  connections: Connections,
): Promise<string | undefined> {
  const { source, session } = connection
  const { expiresAt } = tokens
  const now = Date.now()
  if (expiresAt === null || expiresAt - now > limits.tell || expiresAt <= now) return undefined
  if (renewalOf(session.kind, tokens).by !== 'nothing') return undefined
  const what = `The token ends ${endInWords(expiresAt, now)} and can't be renewed.`
  if (source.from === 'environment') return what
  const notice = `${what} Sign in again: ${bin} auth login${profileFlag(source.name)}`
  if (expiresAt - now <= limits.tellAlways) return notice
  if (now - (source.profile?.warnedAt ?? 0) < limits.pause) return undefined
  // To be told once too often is better than to fail for a note.
  await connections.book
    .changeProfile(source.name, (profile) => ({ ...profile, warnedAt: now }))
    .catch(() => {})
  return notice
}
