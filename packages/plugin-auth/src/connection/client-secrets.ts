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
import type { SignIn } from './profiles.ts'

/** A client, and the API where it is registered. */
type ClientAt = Pick<SignIn, 'baseUrl' | 'client'>

export function createClient({ kind, id }: SignIn['client'], secret: Secret | string): OAuthClient {
  if (kind === 'developer') return developerClient(id as DeveloperClientId)
  return kind === 'product' ? productClient({ id, secret }) : userClient({ id, secret })
}

/**
 * Loads a client. The secret of a developer client is public; every other secret is in the store.
 *
 * @throws GrantsError `not_signed_in` if it is not there
 */
export async function loadClient(clientAt: ClientAt, store: Store): Promise<OAuthClient> {
  const { client } = clientAt
  if (client.kind === 'developer') return createClient(client, '')
  const record = await store.load(getKey(clientAt))
  if (record !== undefined) return createClient(client, record.value)
  throw new GrantsError('not_signed_in', `The secret of the client ${client.id} is not in the store.`, {})
}

export async function saveClientSecret(clientAt: ClientAt, client: OAuthClient, store: Store): Promise<void> {
  if (client.kind === 'developer') return
  const key = getKey(clientAt)
  await store.withLock(key, async () => {
    const record = await store.load(key)
    const value = client.secret.reveal()
    if (record?.value !== value) await store.save(key, value, record?.version ?? null)
  })
}

export async function removeClientSecret(clientAt: ClientAt, store: Store): Promise<void> {
  if (clientAt.client.kind === 'developer') return
  const key = getKey(clientAt)
  await store.withLock(key, async () => {
    const record = await store.load(key).catch(ignoreDamage)
    // Also without a record, which removes what is left of a damaged one.
    await store.remove(key, record?.version ?? null)
  })
}

function ignoreDamage(thrown: unknown): undefined {
  if (GrantsError.isInstance(thrown) && thrown.code === 'store_damaged') return undefined
  throw thrown
}

function getKey({ baseUrl, client }: ClientAt): string {
  const hash = createHash('sha256').update(JSON.stringify([baseUrl, client.id]))
  return `client-${hash.digest('hex')}`
}
