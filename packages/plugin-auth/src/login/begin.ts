import {
  account,
  createSession,
  developerClient,
  memoryStore,
  type OAuthClient,
  type Secret,
  type Store,
} from '@particle-grants/core'
import { type DeveloperClientId, developerClients } from '@particle-grants/core/protocol'
import {
  type Connections,
  createSignInSession,
  type SignInSession,
  saveClientSecret,
} from '../connection/connection.ts'
import type { SignIn, StoreName } from '../connection/profiles.ts'
import { callApi, readCurrentToken, toApiError } from '../network/api-call.ts'
import { platformFetch } from '../network/fetch.ts'
import { unnamedAccountPrefix } from '../output/format.ts'
import type { LoginRequest } from './inputs.ts'

/** Where to sign in, where to store it, and which lifetime to request. */
export interface LoginTarget {
  readonly profile: string
  readonly baseUrl: string
  readonly store: StoreName
  /** Seconds; 0: never expires; undefined: the server's default. */
  readonly expiresIn: number | undefined
}

/** A sign-in that is complete, or waits for its MFA code. */
export interface Login {
  readonly session: SignInSession
  readonly signIn: SignIn
  /** Saves the tokens or the challenge. Before, nothing of a new sign-in is stored. */
  readonly save: () => Promise<void>
}

/** Sends the first request of a sign-in. */
export async function beginLogin(request: LoginRequest, target: LoginTarget, connections: Connections): Promise<Login> {
  const { expiresIn, profile, baseUrl } = target
  const draft = createDraft(await connections.stores.get(target.store))
  const open = (client: OAuthClient, subject: string) => openDraft(client, subject, { target, draft })
  if (request.kind === 'password') {
    const { client, subject, password, isTyped } = request
    const login = open(client, `${subject.type}:${subject.name}`)
    await login.session.login({ username: subject.name, password, expiresIn, force: isTyped })
    return login
  }
  if (request.kind === 'client') {
    const { client, customer, isTyped } = request
    const login = open(client, customer === undefined ? 'owner' : `customer:${customer.name}`)
    const { session } = login
    if (session.kind !== 'developer') await session.requestClientToken({ expiresIn, force: isTyped })
    return login
  }
  const { accessToken } = request
  const { expiresAt, username, client } = await lookUpToken(accessToken, baseUrl)
  const subject = account(username ?? `${unnamedAccountPrefix}${profile}`)
  const login = open(client, `account:${subject.name}`)
  await login.session.setToken({ accessToken, expiresAt, subject })
  return login
}

/** Opens a sign-in that an earlier call has begun. Its challenge is in the store. */
export async function resumeLogin(pending: SignIn, profile: string, connections: Connections): Promise<Login> {
  const { session } = await connections.openSignIn(pending, profile)
  await session.load()
  return { session, signIn: pending, save: async () => {} }
}

function openDraft(client: OAuthClient, subject: string, { target, draft }: DraftAt): Login {
  const { profile, baseUrl, store } = target
  const { kind, id } = client
  return {
    session: createSignInSession({ baseUrl, subject }, { profile, client, store: draft.store }),
    get signIn() {
      return { baseUrl, client: { kind, id }, subject, store, key: draft.getSessionKey() }
    },
    async save() {
      await saveClientSecret(this.signIn, client, draft.store)
      await draft.commit()
    },
  }
}

interface DraftAt {
  readonly target: LoginTarget
  readonly draft: ReturnType<typeof createDraft>
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
    async save(key, value, ifVersion) {
      if (!isDraft(key)) return store.save(key, value, ifVersion)
      sessionKey = key
      return memory.save(key, value, (await memory.load(key))?.version ?? null)
    },
    remove: (key, ifVersion) => (isDraft(key) ? memory : store).remove(key, ifVersion),
    withLock: (key, task) => store.withLock(key, task),
  }
  /** Saves the session's record, in place of the one that is there. */
  async function commit(): Promise<void> {
    const record = isCommitted ? undefined : await memory.load(sessionKey)
    isCommitted = true
    if (record === undefined) return
    await store.withLock(sessionKey, async () => {
      // A damaged record was moved aside.
      const current = await store.load(sessionKey).catch(() => undefined)
      await store.save(sessionKey, record.value, current?.version ?? null)
    })
  }
  return { store: draft, commit, getSessionKey: () => sessionKey }
}

/**
 * Looks a token up: when it expires, and whose it is.
 *
 * @throws CliError `token_refused` or `network_error`
 */
async function lookUpToken(accessToken: Secret, baseUrl: string) {
  const session = createSession({ accessToken, baseUrl, fetch: platformFetch })
  const current = await readCurrentToken(session)
  if (current.status !== 200) throw toApiError(current, 'The token could not be verified')
  const { expires_at, client, client_id } = (current.data ?? {}) as Record<string, unknown>
  const user = await callApi(session, '/v1/user').catch(() => undefined)
  const { username } = (user?.data ?? {}) as Record<string, unknown>
  const expiresAt = typeof expires_at === 'string' ? Date.parse(expires_at) : Number.NaN
  const clientId = [client, client_id].find((id) => typeof id === 'string') ?? ''
  const isKnown = Object.hasOwn(developerClients, clientId as string)
  return {
    expiresAt: Number.isNaN(expiresAt) ? undefined : expiresAt,
    username: typeof username === 'string' && /^[^\s\p{Cc}]+$/u.test(username) ? username : undefined,
    client: developerClient(isKnown ? (clientId as DeveloperClientId) : undefined),
  }
}
