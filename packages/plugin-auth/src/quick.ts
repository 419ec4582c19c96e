import { GrantsError } from '@particle-grants/core'
import { ProfileList } from './connection/profiles.ts'
import { findSource, getSignIn } from './connection/source.ts'
import { getExpiryWarning, isFresh, loadToken } from './connection/stored-token.ts'
import { Stores } from './connection/stores.ts'

/** What `auth token` prints, and its exit code. */
export interface QuickAnswer {
  readonly stdout: string
  readonly stderr: string
  readonly exitCode: number
}

/**
 * Answers a plain `auth token` with the stored token of a profile, before a framework or a session is loaded. Returns
 * nothing if the command must run: for a renewal or an error. Damage is reported here only, because the store has moved
 * the record aside.
 */
export async function quickToken(bin: string): Promise<QuickAnswer | undefined> {
  const stores = new Stores()
  const profiles = new ProfileList(stores)
  try {
    const source = await findSource({}, profiles)
    const signIn = source.from === 'profile' ? getSignIn(source) : undefined
    if (source.from !== 'profile' || signIn === undefined) return undefined
    const token = await loadToken(signIn, { profile: source.name, store: await stores.get(signIn.store) })
    if (token === undefined || !isFresh(token)) return undefined
    const warning = await getExpiryWarning({ source, token, context: { bin } }, profiles)
    const stderr = warning === undefined ? '' : `! ${warning}\n`
    return { stdout: `${token.tokens.accessToken.reveal()}\n`, stderr, exitCode: 0 }
  } catch (thrown) {
    if (!(GrantsError.isInstance(thrown) && thrown.code === 'store_damaged')) return undefined
    const { describeError } = await import('./errors/describe-error.ts')
    const { message, remedy, command, link, exitCode } = describeError(thrown, { bin })
    const lines = [`Error: ${message}`, remedy, command && `  ${command}`, link && `More: ${link}`]
    return { stdout: '', stderr: `${lines.filter(Boolean).join('\n')}\n`, exitCode }
  }
}
