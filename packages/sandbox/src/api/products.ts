import { ApiError } from '../http/response.ts'
import type { Context } from '../http/router.ts'
import { isSameUsername } from '../state/accounts.ts'
import type { ProductOptions } from '../state/clients.ts'
import type { SandboxState } from '../state/state.ts'
import type { AccessToken } from '../state/tokens.ts'

/** Returns the product of the path. Throws unless the token may manage its devices and customers. */
export function getManagedProduct(token: AccessToken, { state, params }: Context): ProductOptions {
  const product = state.clients.findProduct(params.product ?? '')
  if (!product) throw new ApiError(404, 'Product not found')
  if (!canManage(state, token, product)) throw new ApiError(403, 'This token may not manage the product')
  return product
}

/** Returns the product of the path. Throws for a product's own token: it may manage neither the team nor the clients. */
export function getAdministeredProduct(token: AccessToken, context: Context): ProductOptions {
  const product = getManagedProduct(token, context)
  if (isProductToken(context.state, token)) throw new ApiError(403, 'Only an administrator may do this')
  return product
}

/** Returns the slug of the path's organization. Throws unless the token is of the owner of one of its products. */
export function getAdministeredOrganization(token: AccessToken, { state, params }: Context): string {
  const products = state.clients.listProducts().filter(({ organization }) => organization === params.organization)
  const [product] = products
  if (product?.organization === undefined) throw new ApiError(404, 'Organization not found')
  if (isProductToken(state, token) || !products.some((one) => canManage(state, token, one))) {
    throw new ApiError(403, 'Only an administrator may do this')
  }
  return product.organization
}

function isProductToken({ clients }: SandboxState, { clientId }: AccessToken): boolean {
  return clients.get(clientId ?? '')?.product !== undefined
}

/**
 * A product's token is restricted to its product, an API user's to its product or to those of its organization. The owner's
 * own token may manage all products of the owner.
 */
function canManage({ clients }: SandboxState, { account, clientId }: AccessToken, product: ProductOptions): boolean {
  if (account.customerOf !== undefined) return false
  if (account.apiUser) {
    const { type, id } = account.apiUser.team
    return id === (type === 'product' ? product.id : product.organization)
  }
  const tokenProduct = clients.get(clientId ?? '')?.product
  if (tokenProduct) return tokenProduct.id === product.id
  const owners = clients.list().filter((client) => client.product?.id === product.id)
  return owners.some(({ owner = '' }) => isSameUsername(owner, account.username))
}
