import { getField } from '../http/request.ts'
import { ApiError, type HttpResponse, json } from '../http/response.ts'
import { type Context, route } from '../http/router.ts'
import { tokenRoute } from '../oauth/bearer.ts'
import { authenticateClient, checkGrantAllowed } from '../oauth/client.ts'
import { getTokenParameters } from '../oauth/grants.ts'
import { issueTokens } from '../oauth/token-response.ts'
import { isSameUsername } from '../state/accounts.ts'
import type { ProductOptions } from '../state/clients.ts'
import type { SandboxState } from '../state/state.ts'
import type { AccessToken } from '../state/tokens.ts'

/** Creates and deletes the customers of a product. */
export const customerRoutes = [
  route('POST', '/v1/products/:product/customers', createCustomer),
  tokenRoute('DELETE', '/v1/products/:product/customers/:customer', deleteCustomer),
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

/** Returns the product of the path. Throws unless the token may manage it. */
export function getManagedProduct(token: AccessToken, { state, params }: Context): ProductOptions {
  const product = state.clients.findProduct(params.product ?? '')
  if (!product) throw new ApiError(404, 'Product not found')
  if (!canManage(state, token, product)) throw new ApiError(403, 'This token may not manage the product')
  return product
}

/** A product's token is restricted to its product. The owner's own token may manage all products of the owner. */
function canManage({ clients }: SandboxState, { account, clientId }: AccessToken, product: ProductOptions): boolean {
  if (account.customerOf !== undefined) return false
  const tokenProduct = clients.get(clientId)?.product
  if (tokenProduct) return tokenProduct.id === product.id
  const owners = clients.list().filter((client) => client.product?.id === product.id)
  return owners.some(({ owner = '' }) => isSameUsername(owner, account.username))
}
