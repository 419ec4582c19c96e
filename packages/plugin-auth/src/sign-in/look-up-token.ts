import { createSession, developerClient, type Secret } from '@particle-grants/core'
import { type DeveloperClientId, developerClients } from '@particle-grants/core/protocol'
import { callApi, toApiError } from '../network/api-call.ts'
import { platformFetch } from '../network/fetch.ts'

/** What Particle tells of a token. */
export interface TokenLookUp {
  /** ms since 1970; `null`: never. */
  readonly expiresAt: number | null
  /** Whose it is; `undefined` where Particle would not say. */
  readonly username: string | undefined
  /** The client it was issued to, where Particle said so. */
  readonly clientId: string | undefined
}

/** Asks Particle about a token. Throws `token_refused` for an invalid one, `network_error` where no response arrives. */
export async function lookUpToken(accessToken: Secret, baseUrl: string | undefined): Promise<TokenLookUp> {
  const session = createSession({ accessToken, baseUrl, fetch: platformFetch })
  const current = await toResponse(() => callApi(session, '/v1/access_tokens/current'))
  if (current.status !== 200) throw toApiError(current, 'Asking about the token')
  const {
    expires_at: expiresAt,
    client,
    client_id: clientId,
  } = (current.data ?? {}) as Record<string, unknown>
  const user = await callApi(session, '/v1/user').catch(() => undefined)
  const name = (user?.data as { username?: unknown } | undefined)?.username
  const end = typeof expiresAt === 'string' ? Date.parse(expiresAt) : Number.NaN
  return {
    expiresAt: Number.isNaN(end) ? null : end,
    username: typeof name === 'string' && /^[^\s\p{Cc}]+$/u.test(name) ? name : undefined,
    clientId: [client, clientId].find((id) => typeof id === 'string') as string | undefined,
  }
}

/** The developer client that a token is filed under: the one it was issued to, where that is one. */
export function clientOfToken(clientId: string | undefined) {
  const known = clientId !== undefined && Object.hasOwn(developerClients, clientId)
  return developerClient(known ? (clientId as DeveloperClientId) : undefined)
}

/** For an invalid token the session rejects with `reauthentication_required`: here that is a response. */
async function toResponse(ask: () => ReturnType<typeof callApi>) {
  try {
    return await ask()
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === 'reauthentication_required')
      return { status: 401, data: undefined }
    throw thrown
  }
}
