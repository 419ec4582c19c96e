import type { Store } from '@particle-grants/core'
import { type Identity, owner, parseState, type SettledState } from '@particle-grants/core/machine'
import { parseCustomer } from '../connection/customer.ts'
import type { SignIn } from '../connection/profile.ts'

/**
 * Loads the state of a sign-in from its store. It needs no lock, because a record is replaced as a whole.
 *
 * @throws GrantsError `store_damaged` or `invalid_state` for a record that cannot be read
 */
export async function loadState(
  signIn: SignIn,
  { profile, store }: { readonly profile: string; readonly store: Store },
): Promise<SettledState | undefined> {
  const record = await store.load(signIn.key)
  return record && parseState(record.value, toIdentity(signIn, profile))
}

/** The identity of the session that `createSignInSession` creates. */
function toIdentity({ baseUrl, client, subject }: Omit<SignIn, 'store'>, profile: string): Identity {
  const { id: clientId, kind: clientKind } = client
  const isProduct = clientKind === 'product'
  return {
    baseUrl,
    clientId,
    clientKind,
    subject: isProduct ? (parseCustomer(subject) ?? owner) : undefined,
    profile: isProduct ? undefined : profile,
  }
}
