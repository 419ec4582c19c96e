import { getField, type ParsedRequest } from '../http/request.ts'
import { ApiError, type HttpResponse, json } from '../http/response.ts'
import type { Context } from '../http/router.ts'
import { tokenRoute } from '../oauth/bearer.ts'
import { randomToken } from '../random.ts'
import { type Account, isSameUsername, type Team } from '../state/accounts.ts'
import type { SandboxState } from '../state/state.ts'
import type { AccessToken } from '../state/tokens.ts'
import { getAdministeredOrganization, getAdministeredProduct } from './products.ts'

/** Whose team a path names, and the function that checks the token. */
type TeamOwner = (token: AccessToken, context: Context) => Team

const ofProduct: TeamOwner = (token, context) => ({ type: 'product', id: getAdministeredProduct(token, context).id })
const ofOrganization: TeamOwner = (token, context) => {
  return { type: 'organization', id: getAdministeredOrganization(token, context) }
}

/** Lists the team of a product or an organization; creates, changes and deletes its API users. */
export const teamRoutes = [
  ...routesOf('/v1/products/:product/team', ofProduct),
  ...routesOf('/v1/orgs/:organization/team', ofOrganization),
]

function routesOf(path: string, getTeam: TeamOwner) {
  return [
    tokenRoute('GET', path, (token, context) => listTeam(getTeam(token, context), token, context)),
    tokenRoute('POST', path, (token, context) => createApiUser(getTeam(token, context), context)),
    tokenRoute('PUT', `${path}/:username`, (token, context) => updateApiUser(getTeam(token, context), context)),
    tokenRoute('DELETE', `${path}/:username`, (token, context) => deleteApiUser(getTeam(token, context), context)),
  ]
}

/** The list of a product also has the API users of the other products of its organization, as documented. */
function listTeam(team: Team, { account }: AccessToken, { state }: Context): HttpResponse {
  const shown = state.accounts.list().filter(({ apiUser }) => apiUser && isListed(state, apiUser.team, team))
  return json({
    ok: true,
    team: [
      { username: account.username, role: { id: '000000000000000000000002', name: 'Administrator' } },
      ...shown.map(describeApiUser),
    ],
  })
}

function isListed({ clients }: SandboxState, own: Team, listed: Team): boolean {
  if (own.type !== listed.type) return false
  if (own.id === listed.id) return true
  const [one, other] = [own, listed].map(({ id }) => clients.findProduct(id)?.organization)
  return own.type === 'product' && one !== undefined && one === other
}

/** Particle's documentation shows the first two fields, the types of its client the others. */
function describeApiUser({ username, apiUser }: Account): object {
  const productId = apiUser?.team.type === 'product' ? Number(apiUser.team.id) : null
  return {
    username,
    is_programmatic: true,
    friendly_name: apiUser?.friendlyName,
    scopes: apiUser?.scopes,
    product_id: productId,
  }
}

function createApiUser(team: Team, { state, request }: Context): HttpResponse {
  const friendlyName = readName(request)
  const scopes = readScopes(request)
  const name = friendlyName
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  const account = state.accounts.add({ username: `${name}+${randomToken().slice(0, 10)}@api.particle.io` })
  account.apiUser = { team, friendlyName, scopes }
  return issueToken(state, account)
}

/** Issues a new token and ends the old one, also with the same scopes: whether the service does then is unknown. */
function updateApiUser(team: Team, context: Context): HttpResponse {
  const { state, request } = context
  const account = getApiUser(team, context)
  account.apiUser = { team, friendlyName: readName(request), scopes: readScopes(request) }
  state.tokens.revokeAll(account)
  return issueToken(state, account)
}

function deleteApiUser(team: Team, context: Context): HttpResponse {
  const { state } = context
  const account = getApiUser(team, context)
  state.accounts.remove(account)
  state.tokens.revokeAll(account)
  return json({ ok: true })
}

/** Finds API users only: without invitations in the sandbox, a person who was removed could not come back. */
function getApiUser({ type, id }: Team, { state, params }: Context) {
  const { username = '' } = params
  const account = state.accounts.list().find((one) => one.apiUser && isSameUsername(one.username, username))
  if (!account?.apiUser || account.apiUser.team.type !== type || account.apiUser.team.id !== id) {
    throw new ApiError(404, 'User not found')
  }
  return account as typeof account & { apiUser: NonNullable<Account['apiUser']> }
}

/** The documentation sends it with other scopes, too. Whether it is required there is unknown. */
function readName(request: ParsedRequest): string {
  const name = getField(request, 'friendly_name')
  if (!name) throw new ApiError(400, 'friendly_name is required')
  return name
}

function readScopes({ json: { scopes } }: ParsedRequest): readonly string[] {
  const isScope = (value: unknown) => typeof value === 'string' && /^[a-z_.]+:[a-z_]+$/.test(value)
  if (!Array.isArray(scopes) || scopes.length === 0 || !scopes.every(isScope)) {
    throw new ApiError(400, 'scopes is required: a list such as ["devices:list"]')
  }
  return scopes
}

/** Issues the only token of an API user. It never expires. */
function issueToken(state: SandboxState, account: Account): HttpResponse {
  const { username, apiUser } = account
  const scope = apiUser?.scopes.join(' ')
  const { token } = state.tokens.issueAccess({ account, clientId: undefined, scope }, 0)
  return json({ ok: true, created: { username, is_programmatic: true, tokens: [{ token }] } })
}
