import { createSession, createSessionPool, developerClient, GrantsError, productClient } from '@particle-grants/core'
import { GrantsError as TokenGrantsError, tokenSession } from '@particle-grants/core/token'
import { check, checkChanged, expireTokens } from './check.mjs'

/**
 * Signs in with MFA, renews a product's token, replays a call with `session.fetch`, uses a token that exists, and creates a
 * customer.
 *
 * @param {import('./check.mjs').Environment} environment
 */
export async function testCore(environment) {
  const { baseUrl, controlUrl } = environment
  const developer = createSession({ client: developerClient(), baseUrl })
  const { status } = await developer.login({ username: 'mfa@example.com', password: 'battery staple' })
  check('the state after login()', status, 'mfa_required')
  const otp = await fetch(`${controlUrl}/__sandbox/otp/mfa@example.com`).then((response) => response.json())
  await developer.submitOtp(otp.otp)
  check('the state after submitOtp()', developer.state.status, 'signed_in')
  check("the developer's call", (await developer.fetch('/v1/devices')).status, 200)

  const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
  const product = createSession({ client, baseUrl })
  const token = await product.getAccessToken()
  const renewed = await product.getAccessToken({ forceRefresh: true })
  checkChanged('the token after forceRefresh', token, renewed)

  const given = tokenSession({ accessToken: renewed, baseUrl })
  check('the call with a given token', (await given.fetch('/v1/devices')).status, 200)
  check('GrantsError of core/token', TokenGrantsError, GrantsError)

  await expireTokens(environment)
  const rejection = await given.fetch('/v1/devices').catch((reason) => reason)
  check('the error for a rejected token', rejection.code, 'reauthentication_required')
  check('the call with an expired token', (await product.fetch('/v1/devices')).status, 200)
  checkChanged('the token after a 401 response', renewed, await product.getAccessToken())

  const pool = createSessionPool({ client, baseUrl })
  const customer = await pool.createCustomer({ product: 1234, email: 'sam@example.com' })
  checkChanged("the customer's token", await product.getAccessToken(), await customer.getAccessToken())

  check('the result of logout()', (await product.logout()).accessToken, 'revoked')
  const error = await product.getAccessToken().catch((reason) => reason)
  check('the error after logout()', GrantsError.isInstance(error) && error.code, 'not_signed_in')
}
