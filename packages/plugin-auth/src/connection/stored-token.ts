import {
  getRenewal,
  getRenewalTime,
  type Identity,
  isTokenValid,
  type MachineState,
  type MachineTokens,
  owner,
  parseState,
  type Renewal,
  type SettledState,
} from '@particle-grants/core/machine'
import { type CommandContext, formatCommand } from '../errors/format-command.ts'
import { formatExpiry } from '../output/format.ts'
import { type Connection, isClientSignIn, parseCustomer, type StoredAt } from './connection.ts'
import type { SignIn } from './profiles.ts'

/**
 * Loads the state of a sign-in. It needs no lock, because a record is replaced as a whole.
 *
 * @throws GrantsError `store_damaged` or `invalid_state` for a record that can't be read
 */
export async function loadState(signIn: SignIn, { profile, store }: StoredAt): Promise<SettledState | undefined> {
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
export function getStoredToken(state: MachineState): StoredToken | undefined {
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

/** How `auth token` prints a token. */
export const tokenFormats = ['plain', 'header', 'env'] as const

export function formatToken(accessToken: string, format: (typeof tokenFormats)[number] = 'plain'): string {
  if (format === 'header') return `Authorization: Bearer ${accessToken}`
  return format === 'env' ? `PARTICLE_ACCESS_TOKEN=${accessToken}` : accessToken
}

/** Returns the stored token, or a refreshed one if its renewal is due. */
export async function getFreshToken({ session, source, signIn, store }: Connection) {
  if (source.from === 'environment' || signIn === undefined || store === undefined) {
    return { accessToken: await session.getAccessToken(), expiresAt: null }
  }
  const load = () => loadToken(signIn, { profile: source.name, store })
  const stored = await load()
  if (stored !== undefined && isFresh(stored)) {
    const { accessToken, expiresAt } = stored.tokens
    return { accessToken: accessToken.reveal(), expiresAt }
  }
  const current = await session.getAccessToken()
  // Shortly before expiry that is the old token, and a new one is being requested.
  await session.idle()
  const accessToken = session.peekAccessToken() ?? current
  return { accessToken, expiresAt: (await load())?.tokens.expiresAt ?? null }
}

// ─── Warning before expiry ───────────────────────────────────────────────────────────────────────────────────────────

/** Earlier, there is no hurry; later, a script may run too late. */
const warningMs = 3 * 86_400_000

/** Returns a warning if the token expires within three days and can't be refreshed. */
export function getExpiryWarning({ tokens, renewal }: StoredToken, context: CommandContext): string | undefined {
  const { expiresAt } = tokens
  const now = Date.now()
  if (expiresAt === null || renewal.grantType !== undefined) return undefined
  if (expiresAt <= now || expiresAt - now > warningMs) return undefined
  const command = formatCommand(context, ['auth login'])
  return `The token expires ${formatExpiry(expiresAt, now)} and can't be refreshed. Sign in again:\n  ${command}`
}
