import { GrantsError, resetLockoutGuard } from '@particle-grants/core'
import { particleUrl } from '@particle-grants/core/protocol'
import type { Connections } from '../connection/connection.ts'
import type { StoreName } from '../connection/profile.ts'
import type { ProfileSource } from '../connection/source.ts'

/** Which base URL's back-off ended, and in which stores. */
export interface GuardReset {
  readonly baseUrl: string
  readonly stores: readonly StoreName[]
}

/** Ends the lockout guard's back-off for the base URL of a connection, in every store: each has its own record. */
export async function resetGuard(
  { baseUrl: given, profile }: ProfileSource,
  { stores }: Connections,
): Promise<GuardReset> {
  const baseUrl = given ?? (profile?.signIn ?? profile?.pending)?.baseUrl ?? particleUrl
  const names: StoreName[] = (await stores.whyNoKeyring()) === undefined ? ['keyring', 'file'] : ['file']
  for (const name of names) {
    const reset = async () => resetLockoutGuard({ baseUrl, store: await stores.get(name) })
    await reset().catch((thrown: unknown) => {
      // The store has moved the damaged record aside.
      if (GrantsError.isInstance(thrown) && thrown.code === 'store_damaged') return reset()
      throw thrown
    })
  }
  return { baseUrl, stores: names }
}
