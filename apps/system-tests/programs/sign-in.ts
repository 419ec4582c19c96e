import { createSession, newSignInId, type ProductClient, type ProductSession } from '@particle-grants/core'

export interface CustomerCredentials {
  readonly client: ProductClient
  readonly baseUrl: string
  readonly username: string
  readonly password: string
  readonly fetch?: typeof fetch
}

/** Signs the customer in with a password, and lets the session take over the tokens: it refreshes them from then on. */
export async function signInByPassword(session: ProductSession, credentials: CustomerCredentials): Promise<void> {
  const { username, password, ...connection } = credentials
  const signIn = createSession({ ...connection, signInId: newSignInId(), lockoutGuard: false })
  const state = await signIn.login({ username, password })
  if (state.status !== 'signed_in') throw new Error('The sandbox wants a code for this customer.')
  await session.setToken(state.tokens)
}
