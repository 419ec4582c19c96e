import { Connections } from './connection/connection.ts'
import { expiryNotice } from './token/expiry-notice.ts'
import { tokenAtHand } from './token/fresh-token.ts'

/** What `auth token` would print where it needs nothing but the stored token. */
export interface QuickAnswer {
  readonly stdout: string
  readonly stderr: string
}

/**
 * Answers a plain `auth token` by what the command itself is made of, before a framework is loaded. Nothing when
 * there is more to it, a renewal or an error: then the command has its say.
 */
export async function quickToken(bin: string): Promise<QuickAnswer | undefined> {
  const connections = new Connections()
  try {
    const connection = await connections.open(await connections.find({}))
    const found = await tokenAtHand(connection)
    if (found === undefined) return undefined
    const notice = await expiryNotice({ connection, tokens: found.tokens, bin }, connections)
    return { stdout: `${found.accessToken}\n`, stderr: notice === undefined ? '' : `Note: ${notice}\n` }
  } catch {
    return undefined
  }
}
