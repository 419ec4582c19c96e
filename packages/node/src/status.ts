import type { CustomerSubject, Store } from '@particle-grants/core'
import { customer } from '@particle-grants/core'
import {
  getRenewal,
  getRenewalTime,
  type Identity,
  isChallengeOpen,
  isTokenValid,
  type MachineState,
  type MachineTokens,
  owner,
  parseState,
  type Renewal,
  type SettledState,
} from '@particle-grants/core/machine'
import { type ClientKind, particleUrl } from '@particle-grants/core/protocol'
import type { SignIn, StoreName } from './profile-list.ts'
import { getSignIn, type Source } from './source.ts'

/** Where a sign-in is stored. */
export interface StoredAt {
  readonly profile: string
  readonly store: Store
}

/** Whether the product's client signs in itself, without a password. Its record is stored under its customer. */
export function isClientSignIn(kind: ClientKind, { hasPassword }: Pick<SignIn, 'hasPassword'>): boolean {
  return kind === 'product' && !hasPassword
}

const customerPrefix = 'customer:'

/** Returns the customer of a product client's sign-in; `undefined`: the product itself. */
export function parseCustomer(subject: string): CustomerSubject | undefined {
  return subject.startsWith(customerPrefix) ? customer(subject.slice(customerPrefix.length)) : undefined
}

// ─── The stored token ────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Loads the state of a sign-in. It needs no lock, because a record is replaced as a whole.
 *
 * @throws GrantsError `store_damaged` or `invalid_state` for a record that can't be read
 */
async function loadState(signIn: SignIn, { profile, store }: StoredAt): Promise<SettledState | undefined> {
  const record = await store.load(signIn.key)
  return record && parseState(record.value, toIdentity(signIn, profile))
}

/** The identity of the session that `createSignInSession` creates. */
function toIdentity({ baseUrl, client, subject, ...signIn }: SignIn, profile: string): Identity {
  const identity = { baseUrl, clientId: client.id, clientKind: client.kind }
  return isClientSignIn(client.kind, signIn)
    ? { ...identity, subject: parseCustomer(subject) ?? owner, profile: undefined }
    : { ...identity, subject: undefined, profile }
}

/** A stored token, and how it is renewed. */
export interface StoredToken {
  readonly tokens: MachineTokens
  readonly renewal: Renewal
}

/** Returns the token of a state, also the one that is kept beside an MFA challenge. */
function getStoredToken(state: MachineState): StoredToken | undefined {
  const signedIn = state.status === 'mfa_required' ? state.earlier : state
  if (signedIn?.status !== 'signed_in') return undefined
  const { identity, subject, tokens } = signedIn
  return { tokens, renewal: getRenewal(identity, subject, tokens) }
}

/** Loads the token of a sign-in. */
export async function loadToken(signIn: SignIn, storedAt: StoredAt): Promise<StoredToken | undefined> {
  const state = await loadState(signIn, storedAt)
  return state && getStoredToken(state)
}

/** Whether the token can be used, or renewed. `now`: milliseconds since 1970. */
export function isUsable({ tokens, renewal }: StoredToken, now: number): boolean {
  return renewal.grantType !== undefined || isTokenValid(tokens, now)
}

/** Whether the token is valid and its renewal is not due. `now`: milliseconds since 1970. */
export function isFresh({ tokens, renewal }: StoredToken, now = Date.now()): boolean {
  const isDue = renewal.grantType !== undefined && now >= getRenewalTime(tokens)
  return isTokenValid(tokens, now) && !isDue
}

// ─── The status of a source ──────────────────────────────────────────────────────────────────────────────────────────

export type StatusName = 'signed_in' | 'mfa_required' | 'expired' | 'not_signed_in'

/** What this machine knows about a sign-in, or about a token in the environment. */
export interface Status {
  readonly name: StatusName
  readonly source: Source
  readonly baseUrl: string
  readonly signIn?: SignIn | undefined
  readonly token?: StoredToken | undefined
  /** The stored state of the sign-in. */
  readonly state?: SettledState | undefined
  /** The sign-in that waits for its MFA code. */
  readonly waiting?: SignIn | undefined
}

/**
 * Reads the status of a source. Sends nothing, and loads the keyring only if the sign-in is stored there.
 *
 * @param now - milliseconds since 1970
 * @throws GrantsError `signed_in_elsewhere`, `store_damaged`, `store_unavailable` or `invalid_state`
 */
export async function readStatus(
  source: Source,
  { stores }: { readonly stores: { get(name: StoreName): Promise<Store> } },
  now = Date.now(),
): Promise<Status> {
  if (source.from === 'environment') return { name: 'signed_in', source, baseUrl: source.baseUrl }
  const signIn = getSignIn(source)
  const baseUrl = signIn?.baseUrl ?? source.baseUrl ?? particleUrl
  if (signIn === undefined) return { name: 'not_signed_in', source, baseUrl }
  const load = async (one: SignIn) => loadState(one, { profile: source.name, store: await stores.get(one.store) })
  const isOpen = (one: SettledState | undefined) => one?.status === 'mfa_required' && isChallengeOpen(one, now)
  const state = await load(signIn)
  const token = state && getStoredToken(state)
  const { pending } = source.profile ?? {}
  // A challenge that can't be read can't be answered either.
  const pendingState = pending && (await load(pending).catch(() => undefined))
  const waiting = isOpen(pendingState) ? pending : undefined
  return { name: getName(), source, baseUrl, signIn, token, state, waiting }

  function getName(): StatusName {
    // The session requests its token on first use.
    if (state === undefined && signIn?.client.kind !== 'developer') return 'signed_in'
    if (state?.status === 'reauthentication_required') return 'expired'
    if (token !== undefined) return isUsable(token, now) ? 'signed_in' : 'expired'
    return isOpen(state) ? 'mfa_required' : 'not_signed_in'
  }
}
