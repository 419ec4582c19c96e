import type { CallOptions } from '@particle-grants/core'
import { invalidArgument, isHeaderSafe, type JsonObject, Secret } from '@particle-grants/core/protocol'
import { type ApiCall, type ApiSession, callApi } from './call-api.ts'
import { checkName, clientsPath, pathSegment } from './paths.ts'

/** An OAuth client in a list. Its secret is never listed. */
export interface OAuthClientInfo {
  readonly id: string
  readonly name: string | undefined
  /** `installed`, or `web` for "Log in with Particle". */
  readonly type: string | undefined
}

/** A new OAuth client, as `productClient()` and `userClient()` take it. The secret is shown this once: keep it now. */
export interface NewOAuthClient extends OAuthClientInfo {
  readonly secret: Secret
}

/** The clients of a product, by its id or slug; without it those of the account itself. */
export interface OAuthClientOptions extends CallOptions {
  readonly product?: number | string | undefined
}

const administrator = "an administrator's token of the product, or for clients of an account a token of its owner"

/**
 * Creates an OAuth client of a product, or of the session's account.
 *
 * @throws GrantsError `invalid_argument`, `api_error`, …
 */
export async function createOAuthClient(
  session: ApiSession,
  options: OAuthClientOptions & {
    readonly name: string
    /** @default 'installed' */
    readonly type?: 'installed' | 'web'
    /** Where Particle sends people back to, for the type `web` only. */
    readonly redirectUri?: string
  },
): Promise<NewOAuthClient> {
  const { name, type = 'installed', redirectUri, signal } = options
  if ((type === 'web') !== (redirectUri !== undefined))
    throw invalidArgument('redirectUri', 'is for the type web, which needs it')
  const call: ApiCall = {
    method: 'POST',
    path: clientsPath(options),
    body: { name: checkName(name), type, redirect_uri: redirectUri },
    allowedToken: administrator,
    ifUnknown: 'The client may exist: look for it with listOAuthClients(), and delete it, because its secret is lost.',
    signal,
  }
  return callApi(session, call, ({ client }) => {
    const info = readClient(client)
    const { secret } = (client ?? {}) as JsonObject
    return info && isHeaderSafe(secret) ? { ...info, secret: new Secret(secret) } : undefined
  })
}

/** Lists the OAuth clients of a product, or of the session's account. */
export function listOAuthClients(session: ApiSession, options: OAuthClientOptions = {}): Promise<OAuthClientInfo[]> {
  const { signal } = options
  const call: ApiCall = { method: 'GET', path: clientsPath(options), allowedToken: administrator, signal }
  return callApi(session, call, ({ clients }) => {
    return Array.isArray(clients) ? clients.flatMap((client: unknown) => readClient(client) ?? []) : undefined
  })
}

/** Deletes an OAuth client. It gets no tokens any more. Whether tokens that it has got end with it is not known. */
export async function deleteOAuthClient(
  session: ApiSession,
  options: OAuthClientOptions & { readonly id: string },
): Promise<void> {
  const path = `${clientsPath(options)}/${pathSegment('id', options.id)}`
  await callApi(session, { method: 'DELETE', path, allowedToken: administrator, signal: options.signal })
}

function readClient(value: unknown): OAuthClientInfo | undefined {
  const { id, name, type } = (value ?? {}) as JsonObject
  if (typeof id !== 'string') return undefined
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
  return { id, name: text(name), type: text(type) }
}
