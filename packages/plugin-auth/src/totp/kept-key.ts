import type { Store } from '@particle-grants/core'
import { recordKey, type TotpAccount } from './account.ts'
import { parseTotpKey, type TotpKey } from './key.ts'

/** The key that is kept for an account, to sign in without a person. `undefined` when there is none. */
export async function keptTotpKey(keyring: Store, account: TotpAccount): Promise<TotpKey | undefined> {
  const found = await keyring.load(recordKey('key', account))
  return found && parseTotpKey(found.value)
}

/** Keeps a key for an account, over one that was kept before. */
export async function keepTotpKey(keyring: Store, account: TotpAccount, key: TotpKey): Promise<void> {
  const name = recordKey('key', account)
  await keyring.withLock(name, async () => {
    const before = await keyring.load(name)
    await keyring.save(name, key.uri().reveal(), before?.version ?? null)
  })
}

/** Forgets the key of an account. Resolves whether there was one. */
export async function forgetTotpKey(keyring: Store, account: TotpAccount): Promise<boolean> {
  const name = recordKey('key', account)
  return keyring.withLock(name, async () => {
    const before = await keyring.load(name)
    if (before !== undefined) await keyring.remove(name, before.version)
    return before !== undefined
  })
}
