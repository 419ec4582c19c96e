import { getField } from '../http/request.ts'
import { ApiError, type HttpResponse, json } from '../http/response.ts'
import type { Context } from '../http/router.ts'
import { scopedRoute, tokenRoute } from '../oauth/bearer.ts'
import { randomToken } from '../random.ts'
import { isSameUsername } from '../state/accounts.ts'
import type { ClientOptions } from '../state/clients.ts'
import type { AccessToken } from '../state/tokens.ts'
import { getAdministeredProduct } from './products.ts'

const own = '/v1/clients'
const ofProduct = '/v1/products/:product/clients'

/** Lists, creates and deletes the OAuth clients of an account or of a product. */
export const clientRoutes = [
  tokenRoute('GET', own, (token, context) => listClients(findOwn(token, context))),
  tokenRoute('POST', own, (token, context) => {
    return createClient(context, { kind: 'user', owner: getPerson(token).username })
  }),
  tokenRoute('DELETE', `${own}/:client`, (token, context) => deleteClient(context, findOwn(token, context))),
  scopedRoute(['GET', ofProduct], 'clients:list', (token, context) => listClients(findOfProduct(token, context))),
  scopedRoute(['POST', ofProduct], 'clients:create', (token, context) => {
    const product = getAdministeredProduct(token, context)
    const owner = findOfProduct(token, context).find((client) => client.owner !== undefined)?.owner
    return createClient(context, { kind: 'product', product, ...(owner !== undefined && { owner }) })
  }),
  scopedRoute(['DELETE', `${ofProduct}/:client`], 'clients:remove', (token, context) => {
    return deleteClient(context, findOfProduct(token, context))
  }),
]

function getPerson({ account }: AccessToken) {
  if (account.customerOf !== undefined) throw new ApiError(403, 'Customers have no clients')
  return account
}

function findOwn(token: AccessToken, { state }: Context): readonly ClientOptions[] {
  const { username } = getPerson(token)
  return state.clients.list().filter(({ kind, owner = '' }) => kind === 'user' && isSameUsername(owner, username))
}

function findOfProduct(token: AccessToken, context: Context): readonly ClientOptions[] {
  const { id } = getAdministeredProduct(token, context)
  return context.state.clients.list().filter(({ product }) => product?.id === id)
}

function listClients(clients: readonly ClientOptions[]): HttpResponse {
  return json({ ok: true, clients: clients.map(describeClient) })
}

function describeClient({ id, name = id, type = 'installed', product }: ClientOptions): object {
  return { name, type, id, ...(product && { product_id: Number(product.id) }) }
}

function createClient(
  { state, request }: Context,
  owned: Pick<ClientOptions, 'kind' | 'owner' | 'product'>,
): HttpResponse {
  const name = getField(request, 'name')
  const type = getField(request, 'type')
  if (!name) throw new ApiError(400, 'name is required')
  if (type !== 'installed' && type !== 'web') throw new ApiError(400, 'type is required: installed or web')
  if (type === 'web' && !getField(request, 'redirect_uri')) throw new ApiError(400, 'A web client has a redirect_uri')
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 30)
  const client: ClientOptions = {
    ...owned,
    id: `${slug}-${randomToken().slice(0, 6)}`,
    secret: randomToken(),
    name,
    type,
  }
  state.clients.add(client)
  return json({ ok: true, client: { ...describeClient(client), secret: client.secret } })
}

/** The client's tokens end, too. Whether they do at the service is unknown. */
function deleteClient({ state, params }: Context, clients: readonly ClientOptions[]): HttpResponse {
  const client = clients.find(({ id }) => id === params.client)
  if (!client) throw new ApiError(404, 'Client not found')
  state.clients.remove(client)
  state.tokens.revokeOfClient(client.id)
  return { status: 204, headers: {}, body: '' }
}
