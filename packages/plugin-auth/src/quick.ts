import { GrantsError } from '@particle-grants/core'
import { ProfileBook } from './connection/profile-book.ts'
import { findSource, signInOf } from './connection/source.ts'
import { Stores } from './connection/stores.ts'
import { getExpiryWarning } from './token/expiry-warning.ts'
import { loadState } from './token/stored-state.ts'
import { findFreshToken, getTokenFacts } from './token/token-facts.ts'

/** What `auth token` prints where it needs nothing but the stored token, and how it ends. */
export interface QuickAnswer {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/** Returns the names of the profiles, for shell completion. */
export async function listProfileNames(): Promise<string[]> {
  return Object.keys((await new ProfileBook(new Stores()).read()).profiles)
}

/**
 * Answers a plain `auth token` from a profile's stored token, with the parts of the command itself, before a framework
 * or a session is loaded. Returns nothing for a renewal or an error: then the command runs. Only damage is reported
 * here: the store has moved the record aside by now, so that the command would not find it.
 */
export async function quickToken(bin: string): Promise<QuickAnswer | undefined> {
  const stores = new Stores()
  const book = new ProfileBook(stores)
  try {
    const source = await findSource({}, book)
    const signIn = source.from === 'profile' ? signInOf(source) : undefined
    if (source.from !== 'profile' || signIn === undefined) return undefined
    const state = await loadState(signIn, { profile: source.name, store: await stores.get(signIn.store) })
    const accessToken = state && findFreshToken(state)
    const facts = state && getTokenFacts(state)
    if (accessToken === undefined || facts === undefined) return undefined
    const warning = await getExpiryWarning({ source, facts, bin }, book)
    return {
      stdout: `${accessToken}\n`,
      stderr: warning === undefined ? '' : `Note: ${warning}\n`,
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
