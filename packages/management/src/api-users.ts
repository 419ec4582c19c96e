import type { CallOptions } from '@particle-grants/core'
import { invalidArgument, isHeaderSafe, type JsonObject, Secret } from '@particle-grants/core/protocol'
import { type ApiCall, type ApiSession, callApi } from './call-api.ts'
import { checkName, pathSegment, type TeamOwner, teamPath } from './paths.ts'

/** An API user in a list. Its token is never listed. */
export interface ApiUser {
  /** Such as `ci+g7lvvcczos@api.particle.io`. */
  readonly username: string
  /** Absent if Particle's list does not have it: its documentation does not show the following three. */
  readonly name?: string
  readonly scopes?: readonly string[]
  /** The product that it belongs to. The list of a product may also have API users of other products of its organization. */
  readonly productId?: number
  /** The username of the API user in the same list that `rotateApiUser()` created this one to replace. */
  readonly replaces?: string
}

/** An API user with its only valid token, which never expires. The token is shown this once: keep it now. */
export interface ApiUserWithToken {
  readonly username: string
  readonly scopes: readonly string[]
  readonly token: Secret
}

export type ApiUserOptions = TeamOwner & CallOptions
/** Names an API user that exists. */
export type ExistingApiUserOptions = ApiUserOptions & { readonly username: string }

const administrator =
  "an administrator's token of the product or organization: API users and products may not manage API users"

/**
 * Creates an API user of a product or an organization.
 *
 * @throws GrantsError `invalid_argument`, `api_error`, …
 */
export async function createApiUser(
  session: ApiSession,
  options: ApiUserOptions & { readonly name: string; readonly scopes: readonly string[] },
): Promise<ApiUserWithToken> {
  const { name, scopes, signal } = options
  const call: ApiCall = {
    method: 'POST',
    path: teamPath(options),
    body: { friendly_name: checkName(name), scopes: checkScopes(scopes) },
    allowedToken: administrator,
    ifUnknown: 'The API user may exist: look for it with listApiUsers(), and delete it, because its token is lost.',
    signal,
  }
  return { ...(await callApi(session, call, readUserWithToken)), scopes: [...scopes] }
}

/** Lists the API users of a product or an organization, and not the people of its team. */
export async function listApiUsers(session: ApiSession, options: ApiUserOptions): Promise<ApiUser[]> {
  const call: ApiCall = { method: 'GET', path: teamPath(options), allowedToken: administrator, signal: options.signal }
  const team = await callApi(session, call, (json) => (Array.isArray(json.team) ? json.team : undefined))
  const users = team.flatMap((member: unknown) => readApiUser(member) ?? [])
  return users.map((user) => ({ ...user, ...findReplaced(user, users) }))
}

/**
 * Gives an API user other scopes. **This ends its token**, and returns the next one. Until your program uses that, its calls
 * fail: for a program that runs, call `rotateApiUser()` with `scopes`. `name` is sent, too, as Particle's documentation does.
 *
 * @throws GrantsError `invalid_argument`, `api_error`, … After an error without a response the old token may have ended.
 */
export async function changeApiUserScopes(
  session: ApiSession,
  options: ExistingApiUserOptions & { readonly name: string; readonly scopes: readonly string[] },
): Promise<ApiUserWithToken> {
  const { username, name, scopes, signal } = options
  const call: ApiCall = {
    method: 'PUT',
    path: userPath(options),
    body: { friendly_name: checkName(name), scopes: checkScopes(scopes) },
    allowedToken: administrator,
    ifUnknown: `The token of ${username} may have ended, and the next one is lost: create another API user, and delete this one.`,
    signal,
  }
  const { token } = await callApi(session, call, readUserWithToken)
  return { username, scopes: [...scopes], token }
}

/** Deletes an API user. Its token ends. Never removes a person from a team: only usernames of API users are accepted. */
export async function deleteApiUser(session: ApiSession, options: ExistingApiUserOptions): Promise<void> {
  const { signal } = options
  await callApi(session, { method: 'DELETE', path: userPath(options), allowedToken: administrator, signal })
}

/** The same path with a person's username would remove that person from the team. */
function userPath(options: TeamOwner & { readonly username: string }): string {
  const username = pathSegment('username', options.username)
  if (!options.username.toLowerCase().endsWith('@api.particle.io')) {
    throw invalidArgument('username', "must be an API user's: it ends in @api.particle.io")
  }
  return `${teamPath(options)}/${username}`
}

function checkScopes(scopes: readonly string[]): readonly string[] {
  const isScope = (scope: unknown) => typeof scope === 'string' && /^[\w.*-]+:[\w.*-]+$/.test(scope)
  if (!Array.isArray(scopes) || scopes.length === 0 || !scopes.every(isScope)) {
    throw invalidArgument('scopes', 'must be a list of scopes, such as ["devices:list"]')
  }
  return scopes
}

function readApiUser(member: unknown): ApiUser | undefined {
  const { is_programmatic, username, friendly_name, scopes, product_id } = (member ?? {}) as JsonObject
  if (is_programmatic !== true || typeof username !== 'string') return undefined
  return {
    username,
    ...(typeof friendly_name === 'string' && { name: friendly_name }),
    ...(Array.isArray(scopes) && { scopes: scopes.map(String) }),
    ...(typeof product_id === 'number' && { productId: product_id }),
  }
}

/** The response to a creation is documented. That to a change of scopes is not, but has the same fields somewhere. */
function readUserWithToken(response: JsonObject): Pick<ApiUserWithToken, 'username' | 'token'> | undefined {
  for (const value of [...Object.values(response), response]) {
    const { username, tokens } = (value ?? {}) as JsonObject
    const { token } = ((Array.isArray(tokens) ? tokens[0] : undefined) ?? {}) as JsonObject
    if (typeof username === 'string' && isHeaderSafe(token)) return { username, token: new Secret(token) }
  }
  return undefined
}

/** Returns the name of an API user that replaces another one: the end of the old username makes it unique. */
export function replacementName({ username, name }: ApiUser): string {
  const base = (name ?? username.replace(/[+@].*$/, '')).replace(/[ -]replaces[ -][\w-]+$/, '')
  return `${base} replaces ${uniquePart(username)}`
}

/** Particle derives a username from the name, so that the mark is found in lists without names, too. */
function findReplaced({ username, name }: ApiUser, users: readonly ApiUser[]): Pick<ApiUser, 'replaces'> {
  const mark = /[ -]replaces[ -]([\w-]+)$/.exec(name ?? username.replace(/[+@].*$/, ''))?.[1]
  const replaced = users.find((other) => mark !== undefined && uniquePart(other.username) === mark)
  return replaced ? { replaces: replaced.username } : {}
}

/** `g7lvvcczos` of `ci+g7lvvcczos@api.particle.io`. */
function uniquePart(username: string): string {
  return username.replace(/@.*$/, '').replace(/^.*\+/, '')
}
