import { account, memoryStore, type OAuthClient, type Secret, type Store } from '@particle-grants/core'
import { type SignIn, type StoreName, saveRecord } from '@particle-grants/node/profiles'
import { type Connections, type ProfileSession, saveClientSecret } from '@particle-grants/node/sessions'

/** How to sign in, with everything that is needed: by password, by token, or as a client. */
export interface LoginRequest {
  /** The profile to sign in to: the one in use, or the one that was chosen instead of replacing its sign-in. */
  readonly profile: string
  readonly client: OAuthClient
  /** As in `SignIn`. */
  readonly subject: string
  /** Requests a token with the username and password of the subject. */
  readonly password?: Secret
  /** A token that exists already. */
  readonly token?: { readonly accessToken: Secret; readonly expiresAt: number | undefined }
  /** Whether this program requested the token, through SSO. */
  readonly isSso?: boolean
  /** Whether a person typed the secret: it passes the back-off. */
  readonly isTyped: boolean
}

/** Where to sign in, where to store it, and which lifetime to request. */
export interface LoginTarget {
  readonly baseUrl: string
  readonly store: StoreName
  /** Seconds; 0: never expires; undefined: the server's default. */
  readonly expiresIn: number | undefined
}

/** A sign-in that is complete, or waits for its MFA code. */
export interface Login {
  readonly session: ProfileSession
  readonly signIn: SignIn
  readonly profile: string
  /** Saves the tokens or the challenge. Before, nothing of a new sign-in is stored. */
  readonly save: () => Promise<void>
}

/** Sends the first request of a sign-in. Stores nothing of it: the caller does with `save`, when the sign-in is complete. */
export async function beginLogin(request: LoginRequest, target: LoginTarget, connections: Connections): Promise<Login> {
  const { profile, client, subject, password, token, isSso, isTyped: force } = request
  const { baseUrl, store, expiresIn } = target
  const draft = createDraft(await connections.stores.get(store))
  const { kind, id } = client
  const isCustomer = kind === 'product' && password !== undefined
  const own = {
    baseUrl,
    subject,
    ...(isCustomer && { hasPassword: true as const }),
    ...(isSso && { isSso: true as const }),
  }
  const session = connections.createSignInSession(own, { profile, client, store: draft.store })
  const username = subject.slice(subject.indexOf(':') + 1)
  if (token !== undefined) await session.setToken({ ...token, subject: account(username) })
  else if (password !== undefined) await session.login({ username, password, expiresIn, force })
  else if (session.kind !== 'developer') await session.requestClientToken({ expiresIn, force })
  const signIn = { ...own, client: { kind, id }, store, key: draft.getSessionKey() }
  const save = async () => {
    await saveClientSecret(signIn, client, draft.store)
    await draft.commit()
  }
  return { session, signIn, profile, save }
}

/** Opens a sign-in that an earlier call has begun. Its challenge is in the store. */
export async function resumeLogin(pending: SignIn, profile: string, connections: Connections): Promise<Login> {
  const { session } = await connections.openSignIn(pending, profile)
  await session.load()
  return { session, signIn: pending, profile, save: async () => {} }
}

/**
 * Keeps the session's record in memory until `commit`, so that a sign-in that fails or is interrupted stores nothing. All
 * other records, such as the lockout guard's, are saved at once.
 */
function createDraft(store: Store) {
  const memory = memoryStore()
  let sessionKey = ''
  let isCommitted = false
  const isDraft = (key: string) => key.startsWith('session-') && !isCommitted
  const draft: Store = {
    singleUser: true,
    load: async (key) => (isDraft(key) ? await memory.load(key) : undefined) ?? store.load(key),
    // biome-ignore lint/complexity/useMaxParams: the contract of Store
    async save(key, value, ifVersion, expiresAt) {
      if (!isDraft(key)) return store.save(key, value, ifVersion, expiresAt)
      sessionKey = key
      return memory.save(key, value, (await memory.load(key))?.version ?? null, expiresAt)
    },
    remove: (key, ifVersion) => (isDraft(key) ? memory : store).remove(key, ifVersion),
    withLock: (key, task) => store.withLock(key, task),
  }
  /** Saves the session's record, in place of the one that is there. */
  async function commit(): Promise<void> {
    const record = isCommitted ? undefined : await memory.load(sessionKey)
    isCommitted = true
    if (record !== undefined) await saveRecord(store, sessionKey, record.value)
  }
  return { store: draft, commit, getSessionKey: () => sessionKey }
}
