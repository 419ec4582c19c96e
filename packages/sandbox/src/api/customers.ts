import type { Context } from 'hono'
import { field } from '../call.ts'
import { tokenResponse } from '../oauth/answer.ts'
import { authenticateClient } from '../oauth/client.ts'
import { checkGrantAllowed, issueTokens, readGrantType } from '../oauth/token-endpoint.ts'
import type { App, Env } from './routing.ts'
import { refused } from './routing.ts'

/** Creates a product's customer with the product's client, and answers like the token endpoint. */
export function addCustomerRoutes(app: App): void {
  app.post('/v1/products/:productIdOrSlug/customers', (context) => createCustomer(context))
}

function createCustomer({ req, env: { world, call } }: Context<Env>): Response {
  const grantType = readGrantType(world.settings, call)
  const client = authenticateClient(world, call)
  checkGrantAllowed(client, grantType)
  const product = world.clients.product(req.param('productIdOrSlug') ?? '')
  if (!product) return refused(404, 'Product not found')
  if (grantType !== 'client_credentials' || client.product?.id !== product.id) {
    return refused(403, 'A customer is made with a client of the product and grant_type=client_credentials')
  }

  // Stored in lower case, and without blanks, since a scope is split at them.
  const email = field(call, 'email')?.toLowerCase()
  const password = field(call, 'password')
  if (!email || /\s/.test(email)) return refused(400, 'email is required, and may not have blanks')
  if (!password && field(call, 'no_password') !== 'true') {
    return refused(400, 'password is required, or no_password=true')
  }
  if (world.accounts.customer(product.id, email)) return refused(400, 'There is such a customer already')

  const account = world.accounts.add({
    username: email,
    customerOf: product.id,
    ...(password && { password }),
  })
  const granted = {
    scope: `customer=${email}`,
    expiresIn: call.form.get('expires_in'),
    expiresAt: call.form.get('expires_at'),
  }
  return tokenResponse(issueTokens({ world, client, account, granted }), call.query)
}
