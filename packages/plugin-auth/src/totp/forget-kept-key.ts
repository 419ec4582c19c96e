import { particleUrl } from '@particle-grants/core/protocol'
import type { Connections } from '../connection/connection.ts'
import { findProfile, type Wanted } from '../connection/source.ts'
import { nameOf } from '../connection/wording.ts'
import { CliError } from '../errors/cli-error.ts'
import { forgetTotpKey } from './kept-key.ts'

/** Forgets the key of an account, that of the profile where none is named. Says whether there was one. */
export async function forgetKeptKey(
  { wanted, username }: { readonly wanted: Wanted; readonly username: string | undefined },
  { stores, book }: Connections,
): Promise<{ readonly account: string; readonly forgotten: boolean }> {
  const { baseUrl, profile } = await findProfile(wanted, book)
  const signIn = profile?.signIn ?? profile?.pending
  const account = username ?? (signIn && nameOf(signIn)) ?? undefined
  if (account === undefined) {
    throw new CliError('usage', {
      what: 'Nothing says whose secret is to be forgotten.',
      remedy: 'Name the account with --username.',
    })
  }
  const place = { baseUrl: baseUrl ?? signIn?.baseUrl ?? particleUrl, username: account }
  return { account, forgotten: await forgetTotpKey(await stores.get('keyring'), place) }
}
