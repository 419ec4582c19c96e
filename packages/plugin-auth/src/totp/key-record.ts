import { createHash } from 'node:crypto'
import type { Store } from '@particle-grants/core'
import { parseTotpKey, type TotpKey } from './key.ts'

/** The account that codes are for. */
export interface TotpAccount {
  readonly baseUrl: string
  readonly username: string
}

/** Returns the key of a record. It is a hash, so that it reveals neither the server nor the username. */
export function getRecordKey(kind: 'key' | 'steps', { baseUrl, username }: TotpAccount): string {
  const parts = ['totp', kind, new URL(baseUrl).origin, username.trim().toLowerCase()]
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}

/** Loads the TOTP secret that is stored for an account. */
export async function loadTotpKey(keyring: Store, account: TotpAccount): Promise<TotpKey | undefined> {
  const record = await keyring.load(getRecordKey('key', account))
  return record && parseTotpKey(record.value)
}

/** Stores the TOTP secret of an account, in place of an earlier one. */
export async function saveTotpKey(keyring: Store, account: TotpAccount, key: TotpKey): Promise<void> {
  const name = getRecordKey('key', account)
  await keyring.withLock(name, async () => {
    const record = await keyring.load(name)
    await keyring.save(name, key.toUri().reveal(), record?.version ?? null)
  })
}

/** Removes the TOTP secret of an account. Returns whether there was one. */
export async function removeTotpKey(keyring: Store, account: TotpAccount): Promise<boolean> {
  const name = getRecordKey('key', account)
  return keyring.withLock(name, async () => {
    const record = await keyring.load(name)
    if (record !== undefined) await keyring.remove(name, record.version)
    return record !== undefined
  })
}
