import { describe, expect, it } from 'vitest'
import { createWorld, jane } from '../test/worlds.ts'
import { createSession } from './create-session.ts'
import { Secret } from './secret.ts'
import { createSessionPool } from './session-pool.ts'
import { newSignInId } from './session-record.ts'
import { customer } from './subject.ts'

const bob = 'bob@example.com'
const product = 1234

/** Opens a pool of the sandbox's product. Each call is another process. */
function start() {
  const world = createWorld()
  const { options } = world
  const sentTo = (path: string) => world.sandbox.requests().filter((request) => request.path === path)
  return {
    ...world,
    open: (fetch = options.fetch) => createSessionPool({ ...options, fetch }),
    customerRequests: () => sentTo(`/v1/products/${product}/customers`),
  }
}

describe('createCustomer', () => {
  it('creates the customer and keeps the tokens of the response', async () => {
    const { open, customerRequests, tokenRequests, sandbox } = start()
    const pool = open()
    const session = await pool.createCustomer({ product, email: 'Bob@Example.com' })
    expect(session).toBe(pool.customer(bob))
    expect(session.state).toMatchObject({ status: 'signed_in', subject: customer(bob) })
    expect((await session.fetch('/v1/devices')).status).toBe(200)
    expect(customerRequests()).toMatchObject([{ method: 'POST', form: { email: bob, no_password: 'true' } }])
    expect(tokenRequests()).toEqual([])
    expect(sandbox.accounts.map(({ username }) => username)).toContain(bob)
    // Another process finds them in the store.
    const other = open().customer(bob)
    expect(await other.getAccessToken()).toBe(session.peekAccessToken())
    expect(tokenRequests()).toEqual([])
  })

  it('accepts the product’s slug and a password that signs in afterwards', async () => {
    const { open, options } = start()
    const pool = open()
    const password = new Secret('bobs own password')
    await pool.createCustomer({ product: 'my-product', email: bob, password })
    const session = createSession({ ...options, signInId: newSignInId() })
    expect(await session.login({ username: bob, password })).toMatchObject({ status: 'signed_in' })
  })

  it('accepts a 201 response', async () => {
    const { open, options } = start()
    const body = { token_type: 'bearer', access_token: 'f'.repeat(40), expires_in: 3600 }
    const pool = open(async () => Response.json(body, { status: 201 }))
    const session = await pool.createCustomer({ product, email: bob })
    expect(session.state).toMatchObject({
      status: 'signed_in',
      tokens: { expiresAt: options.clock.now() + 3_600_000 },
    })
    expect(session.peekAccessToken()).toBe('f'.repeat(40))
  })

  it('sends nothing for the first use afterwards, and renews the token as any other', async () => {
    const { open, clock, tokenRequests } = start()
    const session = await open().createCustomer({ product, email: bob })
    const token = await session.getAccessToken()
    expect(tokenRequests()).toEqual([])
    clock.advance('90d')
    expect(await session.getAccessToken()).not.toBe(token)
    expect(tokenRequests()).toHaveLength(1)
  })

  it('ends the wait after unknown_customer', async () => {
    const { open, tokenRequests } = start()
    const pool = open()
    const session = pool.customer(bob)
    await expect(session.getAccessToken()).rejects.toMatchObject({ code: 'unknown_customer' })
    await expect(session.getAccessToken()).rejects.toMatchObject({
      code: 'unknown_customer',
      retry: 'later',
      retryAt: expect.any(Number),
    })
    expect(tokenRequests()).toHaveLength(1)
    await pool.createCustomer({ product, email: bob })
    expect(await session.getAccessToken()).toMatch(/^[0-9a-f]{40}$/)
    expect(await session.getAccessToken({ forceRefresh: true })).toMatch(/^[0-9a-f]{40}$/)
  })

  const refusals: [string, number, string, string][] = [
    ['with an OAuth error code', 400, '{"error":"invalid_request","error_description":"No."}', 'invalid_request'],
    ['with other JSON', 400, '{"ok":false,"errors":["exists"]}', 'customer_rejected'],
    ['with a page', 409, '<html>', 'customer_rejected'],
    ['without a body', 422, '', 'customer_rejected'],
  ]
  it.each(refusals)('changes nothing after a 4xx %s', async (...[, status, body, error]) => {
    const { open, options, loadRecord } = start()
    let isRefusing = false
    const pool = open(async (url, init) => (isRefusing ? new Response(body, { status }) : options.fetch(url, init)))
    const session = pool.customer(jane)
    const token = await session.getAccessToken()
    const before = session.state
    const record = await loadRecord()
    isRefusing = true
    await expect(pool.createCustomer({ product, email: jane })).rejects.toMatchObject({
      code: 'oauth_error',
      retry: 'never',
      details: { error, status },
    })
    expect(session.state).toBe(before)
    expect(session.peekAccessToken()).toBe(token)
    expect(await loadRecord()).toEqual(record)

    const unknown = pool.customer(bob)
    await expect(pool.createCustomer({ product, email: bob })).rejects.toMatchObject({ code: 'oauth_error' })
    expect(unknown.state).toMatchObject({ status: 'signed_out', reason: 'never_signed_in' })
    isRefusing = false
    await pool.createCustomer({ product, email: bob })
    expect(unknown.state).toMatchObject({ status: 'signed_in' })
  })

  it('keeps the token that shows that the customer exists already', async () => {
    const { open, tokenRequests } = start()
    const pool = open()
    await expect(pool.createCustomer({ product, email: jane })).rejects.toMatchObject({ code: 'customer_exists' })
    expect(await pool.customer(jane).getAccessToken()).toMatch(/^[0-9a-f]{40}$/)
    expect(tokenRequests()).toHaveLength(1)
  })

  it("refuses tokens of another customer's scope", async () => {
    const { open } = start()
    const body = {
      token_type: 'bearer',
      access_token: 'f'.repeat(40),
      expires_in: 3600,
      scope: `customer=${jane}`,
    }
    const pool = open(async () => Response.json(body, { status: 201 }))
    await expect(pool.createCustomer({ product, email: bob })).rejects.toMatchObject({
      code: 'scope_mismatch',
    })
    expect(pool.customer(bob).peekAccessToken()).toBeUndefined()
  })

  it.each([
    ['an email with a space', { product, email: 'bob @example.com' }, 'customer'],
    ['no email', { product }, 'customer'],
    ['an empty password', { product, email: bob, password: '' }, 'password'],
    ['no product', { email: bob }, 'product'],
    ['a product that is a path', { product: '../1234', email: bob }, 'product'],
    ['a product of zero', { product: 0, email: bob }, 'product'],
  ])('rejects %s before anything is sent', async (_, given, parameter) => {
    const { open, sandbox } = start()
    await expect(open().createCustomer(given as { product: number; email: string })).rejects.toMatchObject({
      code: 'invalid_argument',
      details: { parameter },
    })
    expect(sandbox.requests()).toEqual([])
  })

  it("rejects with the signal's own reason after an abort", async () => {
    const { open, sandbox } = start()
    const reason = { by: 'user' }
    const call = open().createCustomer({ product, email: bob, signal: AbortSignal.abort(reason) })
    await expect(call).rejects.toBe(reason)
    expect(sandbox.requests()).toEqual([])
  })
})
