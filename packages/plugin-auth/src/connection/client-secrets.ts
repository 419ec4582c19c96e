import { createHash } from 'node:crypto'
import {
  developerClient,
  GrantsError,
  type OAuthClient,
  productClient,
  type Secret,
  type Store,
  userClient,
} from '@particle-grants/core'
import type { DeveloperClientId } from '@particle-grants/core/protocol'
import type { SignIn } from './profile.ts'

/** Which client, and where. */
export type ClientPlace = Pick<SignIn, 'baseUrl' | 'client'>

/** A client with its secret: a developer's is public, any other's lies in the store beside its sessions. */
export async function loadClient(place: ClientPlace, store: Store): Promise<OAuthClient> {
  const { kind, id } = place.client
  if (kind === 'developer') return developerClient(id as DeveloperClientId)
  const record = await store.load(keyOf(place))
  if (record === undefined) {
    throw new GrantsError('not_signed_in', `The secret of the client ${id} is not in the store.`, {})
  }
  return clientOf(place, record.value)
}

/** Makes a client of any kind. */
export function clientOf({ client: { kind, id } }: ClientPlace, secret: Secret | string): OAuthClient {
  if (kind === 'developer') return developerClient(id as DeveloperClientId)
  return kind === 'product' ? productClient({ id, secret }) : userClient({ id, secret })
}

/** Keeps a client's secret; a developer's needs no keeping. */
export async function saveClient(place: ClientPlace, client: OAuthClient, store: Store): Promise<void> {
  if (client.kind === 'developer') return
  const key = keyOf(place)
  await store.withLock(key, async () => {
    const before = await store.load(key)
    const value = client.secret.reveal()
    if (before?.value !== value) await store.save(key, value, before?.version ?? null)
  })
}

/** Forgets a client's secret. */
export async function forgetClient(place: ClientPlace, store: Store): Promise<void> {
  if (place.client.kind === 'developer') return
  const key = keyOf(place)
  await store.withLock(key, async () => {
    const record = await store.load(key).catch(nothingIfDamaged)
    // Also without a record: a damaged one was kept aside.
    await store.remove(key, record?.version ?? null)
  })
}

function nothingIfDamaged(thrown: unknown): undefined {
  if (GrantsError.isInstance(thrown) && thrown.code === 'store_damaged') return undefined
  throw thrown
}

function keyOf({ baseUrl, client }: ClientPlace): string {
  return `client-${createHash('sha256')
    .update(JSON.stringify([baseUrl, client.id]))
    .digest('hex')}`
}
