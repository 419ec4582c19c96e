import type { StoreName } from './profile.ts'
import type { Stores } from './stores.ts'

/**
 * The store to keep a sign-in in: as asked, else the keyring where it can be reached. Throws where it can't be used,
 * before anybody is asked for a secret, or one is sent.
 */
export async function chooseStore(asked: StoreName | undefined, stores: Stores): Promise<StoreName> {
  const name = asked ?? ((await stores.whyNoKeyring()) === undefined ? 'keyring' : 'file')
  await stores.assertUsable(name)
  return name
}

/** What is to be said of a sign-in that is kept in a file where nobody asked for that. Never in silence a lesser store. */
export async function noteOfStore(
  { kept, asked }: { readonly kept: StoreName; readonly asked: StoreName | undefined },
  stores: Stores,
): Promise<string | undefined> {
  if (kept !== 'file' || asked !== undefined) return undefined
  const problem = await stores.whyNoKeyring()
  return problem === undefined
    ? undefined
    : `The sign-in is kept in a file that only you can read (0600), not in the keyring: ${problem}. Choose with --store.`
}
