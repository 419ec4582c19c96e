import { getField, type ParsedRequest } from '../http/request.ts'
import { ApiError, type HttpResponse, json } from '../http/response.ts'
import { type Context, route } from '../http/router.ts'
import { scopedRoute } from '../oauth/bearer.ts'
import { authenticateClient, checkGrantAllowed } from '../oauth/client.ts'
import { getTokenParameters } from '../oauth/grants.ts'
import { issueTokens } from '../oauth/token-response.ts'
import type { AccessToken } from '../state/tokens.ts'
import { getManagedProduct } from './products.ts'

const path = '/v1/products/:product/customers'
const maxPerPage = 100

/** Creates, lists and deletes the customers of a product. */
export const customerRoutes = [
  route('POST', path, createCustomer),
  scopedRoute(['GET', path], 'customers:list', listCustomers),
  scopedRoute(['DELETE', `${path}/:customer`], 'customers:remove', deleteCustomer),
]

/** Creates a customer with a client of the product, and responds like the token endpoint. */
function createCustomer({ state, request, params }: Context): HttpResponse {
  const client = authenticateClient(state, request)
  checkGrantAllowed(client, 'client_credentials')
  const product = state.clients.findProduct(params.product ?? '')
  if (!product) throw new ApiError(404, 'Product not found')
  // Particle's documentation sends no grant_type; its clients do.
  const grantType = getField(request, 'grant_type') ?? 'client_credentials'
  if (grantType !== 'client_credentials' || client.product?.id !== product.id) {
    throw new ApiError(403, 'Create a customer with a client of the product and grant_type=client_credentials')
  }

  // Particle stores it in lower case. A scope is split at spaces, so it has none.
  const email = getField(request, 'email')?.toLowerCase()
  const password = getField(request, 'password')
  if (!email || /\s/.test(email)) throw new ApiError(400, 'email is required, without spaces')
  if (!password && getField(request, 'no_password') !== 'true') {
    throw new ApiError(400, 'password or no_password=true is required')
  }
  if (state.accounts.findCustomer(product.id, email)) throw new ApiError(400, 'This customer exists already')

  const account = state.accounts.add({
    username: email,
    customerOf: product.id,
    ...(password && { password }),
  })
  const parameters = { ...getTokenParameters(request.form), scope: `customer=${email}` }
  return issueTokens(state, request, { account, client, ...parameters })
}

/** Lists customers by pages, as the other lists of a product are. The form of this response is unknown. */
function listCustomers(token: AccessToken, context: Context): HttpResponse {
  const { state, request } = context
  const product = getManagedProduct(token, context)
  const all = state.accounts.list().filter(({ customerOf }) => customerOf === product.id)
  const perPage = Math.min(readPositive(request, 'perPage') ?? 25, maxPerPage)
  const start = ((readPositive(request, 'page') ?? 1) - 1) * perPage
  const customers = all.slice(start, start + perPage).map(({ username }) => ({ username }))
  return json({ customers, devices: [], meta: { total_pages: Math.max(1, Math.ceil(all.length / perPage)) } })
}

function readPositive({ query }: ParsedRequest, name: string): number | undefined {
  const value = Number(query.get(name))
  return Number.isInteger(value) && value > 0 ? value : undefined
}

/** Deletes a customer. All tokens of the customer end. */
function deleteCustomer(token: AccessToken, context: Context): HttpResponse {
  const { state, params } = context
  const product = getManagedProduct(token, context)
  const account = state.accounts.findCustomer(product.id, params.customer ?? '')
  if (!account) throw new ApiError(404, 'Customer not found')
  state.accounts.remove(account)
  state.tokens.revokeAll(account)
  state.tokens.revokeRefreshTokens(account)
  state.challenges.closeAll(account)
  return json({ ok: true })
}
