import { createSession, createSessionPool, newSignInId, productClient, type Session } from '@particle-grants/core'
import { catchError, type Demo } from '../demo.ts'

/** The client of the sandbox's product 1234. */
export const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })

/** Shows that a product's token is renewed automatically, and that a developer's is not. */
export async function renewProduct(demo: Demo, developer: Session): Promise<Session> {
  const { print, sandbox, connection, check, watch } = demo
  print.heading("A product's token is renewed automatically")
  print.say('A product has an id and a secret. Its token is requested on first use.')
  print.code(
    'const product = createSession({ client: productClient({ id, secret }) })',
    "await product.fetch('/v1/devices')",
  )
  const product = createSession({ client, ...connection })
  await watch(() => product.fetch('/v1/devices'), product)
  const token = product.peekAccessToken()

  sandbox.clock.advance('90d')
  print.code('await product.getAccessToken() // 90 days later')
  const [renewal] = await watch(product.getAccessToken, product)
  const isNew = product.peekAccessToken() !== token
  check('a new token, without a refresh token', isNew && renewal?.grant_type === 'client_credentials')

  print.code('await session.getAccessToken() // the developer from above')
  const requests = await watch(async () => {
    const { code, message } = await catchError(developer.getAccessToken())
    check(`${code}: ${message}`, code === 'reauthentication_required')
  })
  check('no request was sent', requests.length === 0)
  return product
}

/** Shows customers: created, kept apart, and signed in with a password. */
export async function serveCustomers({ print, sandbox, connection, check, watch }: Demo): Promise<void> {
  print.heading("A product's customers")
  print.say('A back end keeps one session per customer and requests their tokens.')
  print.code(
    'const pool = createSessionPool({ client: productClient({ id, secret }) })',
    "await pool.createCustomer({ product: 1234, email: 'sam@example.com' })",
    "await pool.customer('jane@example.com').fetch('/v1/devices')",
  )
  const pool = createSessionPool({ client, ...connection })
  const [sam, jane] = [pool.customer('sam@example.com'), pool.customer('jane@example.com')]
  const requests = await watch(async () => {
    await pool.createCustomer({ product: 1234, email: 'sam@example.com' })
    await jane.fetch('/v1/devices')
  })
  const isSeparate = (await sam.getAccessToken()) !== (await jane.getAccessToken())
  check('each customer has a separate token', isSeparate && requests[1]?.form.scope === 'customer=jane@example.com')

  print.code(
    'const signIn = createSession({ client, signInId: newSignInId() })',
    "await signIn.login({ username: 'jane@example.com', password })",
    'await signIn.getAccessToken() // 90 days later',
  )
  const signIn = createSession({ client, signInId: newSignInId(), ...connection })
  const [, renewal] = await watch(async () => {
    await signIn.login({ username: 'jane@example.com', password: 'janes own password' })
    sandbox.clock.advance('90d')
    await signIn.getAccessToken()
  })
  const isRefreshed = renewal?.grant_type === 'refresh_token' && renewal.status === 200
  check('after a login with a password, the refresh token is used', isRefreshed)
}

/** Revokes the token and forgets it. */
export async function signOut({ print, connection, check, watch }: Demo, product: Session): Promise<void> {
  print.heading('Sign out')
  print.code('await product.logout()')
  const authorization = `Bearer ${await product.getAccessToken()}`
  await watch(() => product.logout(), product)
  const response = await fetch(`${connection.baseUrl}/v1/devices`, { headers: { authorization } })
  check('the token is revoked: the API responds 401', response.status === 401)
  const { code } = await catchError(product.getAccessToken())
  check(`no new token is requested: ${code}`, code === 'not_signed_in')
}
