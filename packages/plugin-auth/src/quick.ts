import { GrantsError } from '@particle-grants/core'
import { ProfileBook } from './connection/profile-book.ts'
import { findSource, signInOf } from './connection/source.ts'
import { Stores } from './connection/stores.ts'
import { expiryNotice } from './token/expiry-notice.ts'
import { storedState, tokenAtHand } from './token/stored-token.ts'

/** What `auth token` prints where it needs nothing but the stored token, and how it ends. */
export interface QuickAnswer {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/**
 * Answers a plain `auth token` from a profile's stored token, by what the command itself is made of, before a
 * framework or a session is loaded. Nothing when there is more to it, a renewal or an error: then the command has
 * its say. Only damage is told here: the store has moved it aside by now, so that nobody would find it again.
 */
export async function quickToken(bin: string): Promise<QuickAnswer | undefined> {
  const stores = new Stores()
  const book = new ProfileBook(stores)
  try {
    const source = await findSource({}, book)
    const signIn = source.from === 'profile' ? signInOf(source) : undefined
    const state = signIn && (await storedState(signIn, await stores.get(signIn.store)))
    const found = state && tokenAtHand(state)
    if (state === undefined || found === undefined) return undefined
    const { clientKind: kind } = state.identity
    const notice = await expiryNotice({ source, kind, tokens: found.tokens, bin }, book)
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
