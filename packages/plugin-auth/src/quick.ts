import { GrantsError } from '@particle-grants/core'
import { Connections } from './connection/connection.ts'
import { expiryNotice } from './token/expiry-notice.ts'
import { tokenAtHand } from './token/fresh-token.ts'

/** What `auth token` prints where it needs nothing but the stored token, and how it ends. */
export interface QuickAnswer {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/**
 * Answers a plain `auth token` by what the command itself is made of, before a framework is loaded. Nothing when
 * there is more to it, a renewal or an error: then the command has its say. Only damage is told here: the store has
 * moved it aside by now, so that nobody would find it again.
 */
export async function quickToken(bin: string): Promise<QuickAnswer | undefined> {
  const connections = new Connections()
  try {
    const connection = await connections.open(await connections.find({}))
    const found = await tokenAtHand(connection)
    if (found === undefined) return undefined
    const notice = await expiryNotice({ connection, tokens: found.tokens, bin }, connections)
    return {
      stdout: `${found.accessToken}\n`,
      stderr: notice === undefined ? '' : `Note: ${notice}\n`,
      exitCode: 0,
    }
  } catch (thrown) {
    if (!(GrantsError.isInstance(thrown) && thrown.code === 'store_damaged')) return undefined
    const { describeError } = await import('./errors/describe-error.ts')
    const { message, remedy, link, exitCode } = describeError(thrown, bin)
    const lines = [`Error: ${message}`, remedy, link && `More: ${link}`].filter(Boolean)
    return { stdout: '', stderr: `${lines.join('\n')}\n`, exitCode }
  }
}
