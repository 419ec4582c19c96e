import { isFresh, loadToken, type StoredToken } from '@particle-grants/node/profiles'
import type { Connection } from '@particle-grants/node/sessions'
import { type CommandContext, formatCommand } from '../errors/format-command.ts'
import { formatExpiry } from '../output/format.ts'

/** How `auth token` prints a token. */
export const tokenFormats = ['plain', 'header', 'env'] as const

export function formatToken(accessToken: string, format: (typeof tokenFormats)[number] = 'plain'): string {
  if (format === 'header') return `Authorization: Bearer ${accessToken}`
  return format === 'env' ? `PARTICLE_ACCESS_TOKEN=${accessToken}` : accessToken
}

/** Loads the stored token of a connection; `undefined` for a token in the environment, which is not stored. */
export async function loadStoredToken({ source, signIn, store }: Connection): Promise<StoredToken | undefined> {
  if (source.from === 'environment' || signIn === undefined || store === undefined) return undefined
  return loadToken(signIn, { profile: source.name, store })
}

/** Returns the stored token, or a refreshed one if its renewal is due. */
export async function getFreshToken(connection: Connection) {
  const { session } = connection
  const stored = await loadStoredToken(connection)
  if (stored !== undefined && isFresh(stored)) {
    const { accessToken, expiresAt } = stored.tokens
    return { accessToken: accessToken.reveal(), expiresAt }
  }
  const current = await session.getAccessToken()
  // Shortly before expiry that is the old token, and a new one is being requested.
  await session.idle()
  const accessToken = session.peekAccessToken() ?? current
  return { accessToken, expiresAt: (await loadStoredToken(connection))?.tokens.expiresAt ?? null }
}

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
