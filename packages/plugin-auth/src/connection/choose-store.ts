import type { StoreName } from './profile.ts'
import type { Stores } from './stores.ts'

/** The store that was chosen, and what the choice has to be said of. */
export interface ChosenStore {
  readonly name: StoreName
  /** Why it is not the keyring. */
  readonly note: string | undefined
}

/** The store to keep a sign-in in: as asked, else the keyring where it can be reached. Never in silence a lesser one. */
export async function chooseStore(asked: StoreName | undefined, stores: Stores): Promise<ChosenStore> {
  if (asked !== undefined) {
    // A look first, so that no credentials are sent for something that can't be kept.
    await (await stores.get(asked)).load('probe')
    return { name: asked, note: undefined }
  }
  const problem = await stores.whyNoKeyring()
  if (problem === undefined) return { name: 'keyring', note: undefined }
  await (await stores.get('file')).load('probe')
  return {
    name: 'file',
    note: `The sign-in is kept in a file that only you can read (0600), not in the keyring: ${problem}. Choose with --store.`,
  }
}
