import type { CallOptions } from '@particle-grants/core'
import { GrantsError, invalidArgument, type Secret } from '@particle-grants/core/protocol'
import {
  type ApiUserWithToken,
  createApiUser,
  deleteApiUser,
  type ExistingApiUserOptions,
  listApiUsers,
  replacementName,
} from './api-users.ts'
import { type ApiSession, callApi } from './call-api.ts'

/** A rotation that waits for your confirmation. Until then both tokens are valid. */
export interface ApiUserRotation extends ApiUserWithToken {
  /**
   * Deletes the old API user, and so ends its token. Call it when your program uses the new token. It can be repeated.
   *
   * @throws GrantsError `api_error` (401) if the new token is not valid any more: nothing was deleted.
   */
  readonly confirm: (options?: CallOptions) => Promise<void>
}

/**
 * Replaces an API user by a second one with its own token, so that a server can change to it while the first one is valid.
 * The new user has the scopes of the old one, or `scopes`. The API has accepted the new token when this resolves.
 *
 * @throws GrantsError `invalid_argument`: there is no such API user, Particle's list has no scopes, or an earlier rotation
 *   was not confirmed; `api_error`, … If the new token is not accepted, the new user is deleted.
 */
export async function rotateApiUser(
  session: ApiSession,
  options: ExistingApiUserOptions & { readonly scopes?: readonly string[] },
): Promise<ApiUserRotation> {
  const { username, signal } = options
  const users = await listApiUsers(session, options)
  const old = users.find((user) => user.username === username)
  if (old === undefined) throw invalidArgument('username', 'is not an API user of this product or organization')
  const open = users.find((user) => user.replaces === username)?.username
  if (open !== undefined) {
    const problem = `has a replacement of a rotation that was not confirmed: ${open}. If its token is in use, delete ${username}. Otherwise delete ${open}, then rotate again`
    throw invalidArgument('username', problem)
  }
  const scopes = options.scopes ?? old.scopes
  if (scopes === undefined) throw invalidArgument('scopes', "must be given: Particle's list does not show them")

  // The old user keeps its name. Whether setting a name ends the token is not known, and would be the outage.
  const created = await createApiUser(session, { ...options, name: replacementName(old), scopes })
  try {
    await proveToken(session, created.token, signal)
  } catch (thrown) {
    // What is left behind, if this fails too, is in the list as the replacement.
    await deleteApiUser(session, { ...options, username: created.username, signal: undefined }).catch(() => {})
    throw thrown
  }

  let isDeleted = false
  return Object.freeze({
    ...created,
    async confirm({ signal: ownSignal }: CallOptions = {}) {
      if (isDeleted) return
      // The old token is the one in use if this one is not valid.
      await proveToken(session, created.token, ownSignal)
      await deleteApiUser(session, { ...options, username, signal: ownSignal }).catch((thrown) => {
        // It was deleted before, perhaps by a request whose response was lost.
        if (refusalStatus(thrown) !== 404) throw thrown
      })
      isDeleted = true
    },
  })
}

/** Resolves if the API accepts the token. A refusal of what it may do proves that, too: an invalid token gets 401. */
async function proveToken(session: ApiSession, token: Secret, signal: AbortSignal | undefined): Promise<void> {
  const call = {
    method: 'GET',
    path: '/v1/access_tokens/current',
    allowedToken: 'a valid token',
    token,
    signal,
  } as const
  await callApi(session, call).catch((thrown) => {
    const status = refusalStatus(thrown)
    if (status === undefined || status === 401) throw thrown
  })
}

/** The status of a refusal; `undefined` for any other error. */
const refusalStatus = (thrown: unknown) =>
  GrantsError.isInstance(thrown) && thrown.code === 'api_error' ? thrown.details.status : undefined
