import { GrantsError, particleUrl, resetFailureBudget } from '@particle-grants/core'
import type { Connections } from '../connection/connection.ts'
import type { StoreName } from '../connection/profile.ts'
import { findProfile, type Wanted } from '../connection/source.ts'

/** What was forgotten of which base URL, and in which stores. */
export interface ForgottenFailures {
  readonly baseUrl: string
  readonly stores: readonly StoreName[]
}

/** Forgets the failures that this machine counted at a base URL: each store has its own count. */
export async function forgetFailures(wanted: Wanted, connections: Connections): Promise<ForgottenFailures> {
  const { stores, book } = connections
  const { baseUrl: asked, profile } = await findProfile(wanted, book)
  const baseUrl = asked ?? (profile?.signIn ?? profile?.pending)?.baseUrl ?? particleUrl
  const names: StoreName[] = (await stores.whyNoKeyring()) === undefined ? ['keyring', 'file'] : ['file']
  for (const name of names) {
    try {
      await resetFailureBudget(await stores.get(name), baseUrl)
    } catch (thrown) {
      // It was moved aside, and counts no more.
      if (!(GrantsError.isInstance(thrown) && thrown.code === 'store_damaged')) throw thrown
    }
  }
  return { baseUrl, stores: names }
}
