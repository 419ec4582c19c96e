import type { Sandbox } from '@particle-grants/sandbox'
import { createClock, createSandbox, defaultAccounts, defaultClients } from '@particle-grants/sandbox'
import { beforeEach, describe, expect, it } from 'vitest'
import { basic } from '../../test/raw-http.ts'
import { call, clients, dev, jane, mfa, requestToken, signIn } from '../../test/token-requests.ts'

const start = Date.UTC(2026, 0, 1)
let sandbox: Sandbox
let token: string

beforeEach(async () => {
  sandbox = createSandbox({ clock: createClock({ start, frozen: true }) })
  token = await signIn(sandbox)
})

const statusOf = async (other = token) => (await call(sandbox, { token: other, path: '/v1/user' })).status

describe('access tokens', () => {
  it('have an expiry, a client and scopes', async () => {
    const scoped = await signIn(sandbox, { ...dev, scope: 'devices:list sims:get' })
    expect(await call(sandbox, { token: scoped, path: '/v1/access_tokens/current' })).toEqual({
      status: 200,
      body: {
        expires_at: '2026-04-01T00:00:00.000Z',
        client: 'particle',
        scopes: ['devices:list', 'sims:get'],
        orgs: [],
      },
    })
  })

  it('revoke themselves only', async () => {
    const other = await signIn(sandbox)
    const path = '/v1/access_tokens/current'
    expect(await call(sandbox, { token, path, method: 'DELETE' })).toEqual({
      status: 200,
      body: { ok: true },
    })
    expect([await statusOf(), await statusOf(other)]).toEqual([401, 200])
  })

  it('revoke all tokens of their account', async () => {
    const other = await signIn(sandbox)
    const { body } = await requestToken(sandbox, clients.product, { grant_type: 'client_credentials' })
    await call(sandbox, { token, path: '/v1/access_tokens', method: 'DELETE' })
    expect([await statusOf(), await statusOf(other), await statusOf(body.access_token)]).toEqual([401, 401, 200])
  })

  it('are revoked in the path without authentication, and unknown ones get the same response', async () => {
    for (const text of [token, 'nope']) {
      const url = `http://sandbox.test/v1/access_tokens/${text}`
      expect(await (await sandbox.fetch(url, { method: 'DELETE' })).json()).toEqual({ ok: true })
    }
    expect(await statusOf()).toBe(401)
  })

  it('do not end their refresh token when revoked', async () => {
    const { body } = await requestToken(sandbox, clients.product, { grant_type: 'client_credentials' })
    await call(sandbox, { token: body.access_token, path: '/v1/access_tokens/current', method: 'DELETE' })
    const form = { grant_type: 'refresh_token', refresh_token: body.refresh_token }
    expect((await requestToken(sandbox, clients.product, form)).status).toBe(200)
  })
})

describe('the list of access tokens', () => {
  const list = async ({ username, password }: { username: string; password: string }, query = '') => {
    const headers = { authorization: basic(username, password) }
    const response = await sandbox.fetch(`http://sandbox.test/v1/access_tokens${query}`, { headers })
    return { status: response.status, body: await response.json() }
  }

  it('has the valid tokens of the account, by username and password', async () => {
    const forever = await signIn(sandbox, { ...dev, expires_in: '0' })
    await call(sandbox, { token: await signIn(sandbox), path: '/v1/access_tokens/current', method: 'DELETE' })
    await signIn(sandbox, { username: 'owner@example.com', password: 'owner of products' })
    expect(await list({ ...dev, username: 'DEV@example.com' })).toEqual({
      status: 200,
      body: [
        { token, expires_at: '2026-04-01T00:00:00.000Z', client: 'particle' },
        { token: forever, expires_at: null, client: 'particle' },
      ],
    })
    expect(sandbox.requests().at(-1)).toMatchObject({ client_id: undefined })
    sandbox.clock.advance('91d')
    expect((await list(dev)).body).toEqual([{ token: forever, expires_at: null, client: 'particle' }])
  })

  it('needs the password, and with MFA a code', async () => {
    expect(await list({ ...dev, password: 'wrong' })).toEqual({
      status: 401,
      body: { ok: false, errors: ['Bad password'] },
    })
    expect(await list({ ...dev, username: 'unknown@example.com' })).toEqual({
      status: 400,
      body: { ok: false, errors: ['Unknown user'] },
    })
    expect((await list(mfa)).status).toBe(403)
    expect((await list(mfa, '?otp=000000')).status).toBe(401)
    expect(await list(mfa, `?otp=${sandbox.otp(mfa.username)}`)).toEqual({ status: 200, body: [] })
    expect((await call(sandbox, { token, path: '/v1/access_tokens' })).status).toBe(400)
  })

  it('has a rate limit together with deleting tokens, apart from token requests', async () => {
    for (let i = 0; i < 50; i += 1) {
      await list(dev)
      await sandbox.fetch('http://sandbox.test/v1/access_tokens/unknown', { method: 'DELETE' })
    }
    expect(await list(dev)).toMatchObject({ status: 429, body: { error: 'rate_limit_exceeded' } })
    expect((await call(sandbox, { token, path: '/v1/access_tokens/current', method: 'DELETE' })).status).toBe(429)
    await signIn(sandbox)
    sandbox.clock.advance('5m')
    expect((await list(dev)).status).toBe(200)
  })
})

describe('the second factor of an account', () => {
  const path = '/v1/user/mfa-enable'
  const enrol = async (json: object) => call(sandbox, { token, path, method: 'POST', json })

  it('is enrolled with a code of the new secret, then required, then removed with the password', async () => {
    const { body } = await call(sandbox, { token, path })
    expect(body).toEqual({
      mfa_token: expect.any(String),
      secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
      qr_url: expect.stringContaining(body.secret),
    })
    const otp = sandbox.otp(dev.username)
    expect(await enrol({ mfa_token: body.mfa_token, otp })).toEqual({ status: 200, body: { enrolled: true } })
    expect((await call(sandbox, { token, path: '/v1/user' })).body.mfa).toEqual({ enabled: true })
    expect((await requestToken(sandbox, clients.developer, { grant_type: 'password', ...dev })).status).toBe(403)

    const disable = (current_password: string) =>
      call(sandbox, { token, path: '/v1/user/mfa-disable', method: 'PUT', json: { current_password } })
    expect((await disable('wrong')).status).toBe(401)
    expect(await statusOf()).toBe(200)
    expect(await disable(dev.password)).toEqual({ status: 200, body: { ok: true } })
    expect((await requestToken(sandbox, clients.developer, { grant_type: 'password', ...dev })).status).toBe(200)
  })

  it('stays off after a wrong code, and the token stays valid', async () => {
    const { body } = await call(sandbox, { token, path })
    const rejected = await enrol({ mfa_token: body.mfa_token, otp: '000000' })
    expect(rejected.status).toBe(401)
    expect(rejected.body.error).not.toBe('invalid_token')
    expect(await statusOf()).toBe(200)
  })

  it('explains that a code must not be a number', async () => {
    const { body } = await call(sandbox, { token, path })
    const rejected = await enrol({ mfa_token: body.mfa_token, otp: Number(sandbox.otp(dev.username)) })
    expect(rejected).toEqual({
      status: 400,
      body: { ok: false, error: expect.stringContaining('otp as a string') },
    })
  })

  it('can revoke all tokens at enrolment', async () => {
    const { body } = await call(sandbox, { token, path })
    await enrol({ mfa_token: body.mfa_token, otp: sandbox.otp(dev.username), invalidate_tokens: true })
    expect(await statusOf()).toBe(401)
  })

  it('is not enrolled without a start, nor twice', async () => {
    expect((await enrol({ mfa_token: 'nope', otp: '123456' })).status).toBe(400)
    sandbox = createSandbox({
      clients: [{ id: 'mfa-scripts', secret: 'x', kind: 'user', owner: mfa.username }],
    })
    const form = { grant_type: 'client_credentials', client_id: 'mfa-scripts', client_secret: 'x' }
    const { body } = await requestToken(sandbox, '', form)
    expect((await call(sandbox, { token: body.access_token, path })).status).toBe(400)
  })
})

describe('customers', () => {
  const create = async (product: string, form: Record<string, string>, client = clients.product) => {
    const response = await sandbox.fetch(`http://sandbox.test/v1/products/${product}/customers`, {
      method: 'POST',
      headers: { authorization: client },
      body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
    })
    // biome-ignore lint/suspicious/noExplicitAny: responses of every shape
    return { status: response.status, body: (await response.json()) as any }
  }
  const bob = { email: 'Bob@Example.com', password: 'bobs password' }

  it.each(['1234', 'my-product'])('are created for product %s, in lower case, with tokens', async (product) => {
    const { status, body } = await create(product, bob)
    expect(status).toBe(200)
    expect(body).toMatchObject({ token_type: 'bearer', scope: 'customer=bob@example.com' })
    const user = await call(sandbox, { token: body.access_token, path: '/v1/user' })
    expect(user.body.username).toBe('bob@example.com')
    const form = { grant_type: 'password', username: 'bob@example.com', password: bob.password }
    expect((await requestToken(sandbox, clients.product, form)).status).toBe(200)
  })

  it('can have no password, and then cannot sign in with one', async () => {
    expect((await create('1234', { email: 'eve@example.com', no_password: 'true' })).status).toBe(200)
    const form = { grant_type: 'password', username: 'eve@example.com', password: 'undefined' }
    expect((await requestToken(sandbox, clients.product, form)).body.error).toBe('invalid_grant')
  })

  it.each([
    ['by form fields', '', { client_id: 'my-product-1234', client_secret: 'product-secret' }],
    ['by Basic', clients.product, {}],
  ])(
    'are created without grant_type, as documented, with the client sent %s',
    async (_title, authorization, fields) => {
      const response = await sandbox.fetch('http://sandbox.test/v1/products/1234/customers', {
        method: 'POST',
        headers: { authorization },
        body: new URLSearchParams({ ...bob, ...fields }),
      })
      expect(response.status).toBe(200)
      expect(await response.json()).toMatchObject({ scope: 'customer=bob@example.com' })
    },
  )

  it('are the same in any case', async () => {
    expect((await create('1234', { email: 'JANE@example.com', password: 'x' })).status).toBe(400)
    await create('1234', bob)
    for (const username of ['bob@example.com', 'BOB@EXAMPLE.COM']) {
      const form = { grant_type: 'password', username, password: bob.password }
      expect((await requestToken(sandbox, clients.product, form)).status).toBe(200)
      const scope = { grant_type: 'client_credentials', scope: `customer=${username}` }
      expect((await requestToken(sandbox, clients.product, scope)).status).toBe(200)
    }
  })

  it.each([
    ['twice', '1234', { email: 'jane@example.com', password: 'x' }, clients.product, 400],
    ['without email', '1234', { password: 'x' }, clients.product, 400],
    ['with a space in the name', '1234', { email: 'a b', password: 'x' }, clients.product, 400],
    ['without password', '1234', { email: 'a@example.com' }, clients.product, 400],
    ['of an unknown product', '99', bob, clients.product, 404],
    ['with a developer client', '1234', bob, clients.developer, 403],
    ['with a wrong client', '1234', bob, 'Basic bm8tb25lOng=', 400],
  ])('are not created %s', async (...[_title, product, form, client, status]) => {
    expect((await create(product, form, client)).status).toBe(status)
  })
})

describe('deleting a customer', () => {
  const owner = { grant_type: 'client_credentials' }
  const janes = { ...owner, scope: 'customer=jane@example.com' }
  const productToken = async () => (await requestToken(sandbox, clients.product, owner)).body.access_token
  const remove = (by: string, path = '/v1/products/1234/customers/jane@example.com') =>
    call(sandbox, { token: by, path, method: 'DELETE' })

  it('ends all tokens and the sign-in of the customer, and leaves the rest', async () => {
    const { body } = await requestToken(sandbox, clients.product, janes)
    const product = await productToken()
    expect(await remove(product)).toEqual({ status: 200, body: { ok: true } })

    expect(await statusOf(body.access_token)).toBe(401)
    expect(await statusOf(product)).toBe(200)
    const refresh = { grant_type: 'refresh_token', refresh_token: body.refresh_token }
    expect((await requestToken(sandbox, clients.product, refresh)).body.error).toBe('invalid_grant')
    expect((await requestToken(sandbox, clients.product, janes)).body.error).toBe('invalid_scope')
    const password = { grant_type: 'password', ...jane }
    expect((await requestToken(sandbox, clients.product, password)).body.error).toBe('invalid_grant')
    expect((await remove(product)).status).toBe(404)
    expect(sandbox.accounts.map(({ username }) => username)).not.toContain('jane@example.com')
  })

  it('ends an open MFA challenge of the customer', async () => {
    const account = { username: 'mia@example.com', password: 'x', mfa: { secret: 'JBSWY3DPEHPK3PXP' } }
    const accounts = [...defaultAccounts, { ...account, customerOf: '1234' }]
    sandbox = createSandbox({ accounts })
    const first = { grant_type: 'password', username: account.username, password: account.password }
    const { body } = await requestToken(sandbox, clients.product, first)
    const otp = sandbox.otp(account.username)
    await remove(await productToken(), `/v1/products/1234/customers/${account.username}`)
    const second = { grant_type: 'urn:custom:mfa-otp', mfa_token: body.mfa_token, otp }
    expect((await requestToken(sandbox, clients.product, second)).body.error).toBe('invalid_token')
  })

  it('accepts the slug, an encoded email in any case, and the token of the product’s owner', async () => {
    const byOwner = await signIn(sandbox, { username: 'owner@example.com', password: 'owner of products' })
    const path = '/v1/products/my-product/customers/Jane%40example.com'
    expect((await remove(byOwner, path)).status).toBe(200)
  })

  it('is not allowed to other developers, to customers, and to the token of another product', async () => {
    const other = { id: 'other-product', secret: 'x', kind: 'product', owner: 'owner@example.com' } as const
    const product = { id: '5678', slug: 'other' }
    sandbox = createSandbox({ clients: [...defaultClients, { ...other, product }] })
    const tokens = await Promise.all([
      signIn(sandbox),
      requestToken(sandbox, clients.product, janes).then(({ body }) => body.access_token),
      requestToken(sandbox, basic('other-product', 'x'), owner).then(({ body }) => body.access_token),
    ])
    for (const by of tokens) expect((await remove(by)).status).toBe(403)
    expect((await remove(await productToken(), '/v1/products/99/customers/jane@example.com')).status).toBe(404)
    expect((await remove('unknown')).status).toBe(401)
  })
})

describe('devices', () => {
  it('of a product are an empty list for its owner, and not for others', async () => {
    const path = '/v1/products/my-product/devices'
    const byOwner = await signIn(sandbox, { username: 'owner@example.com', password: 'owner of products' })
    const body = { devices: [], customers: [], meta: { total_pages: 1 } }
    expect(await call(sandbox, { token: byOwner, path })).toEqual({ status: 200, body })
    expect((await call(sandbox, { token, path })).status).toBe(403)
  })

  it('are listed, and found by id or name', async () => {
    const { body } = await call(sandbox, { token, path: '/v1/devices' })
    expect(body.map(({ name }: { name: string }) => name)).toEqual(['garden', 'cellar'])
    expect((await call(sandbox, { token, path: `/v1/devices/${body[0].id}` })).body.name).toBe('garden')
    expect((await call(sandbox, { token, path: '/v1/devices/attic' })).status).toBe(404)
  })

  it('return what they were sent, so that a test can check a replayed body', async () => {
    const json = { args: 'on', list: [1, 2] }
    const called = await call(sandbox, { token, path: '/v1/devices/garden/blink', method: 'POST', json })
    expect(called.body).toMatchObject({ name: 'blink', connected: true, return_value: 1, received: json })
    const renamed = await call(sandbox, {
      token,
      path: '/v1/devices/cellar',
      method: 'PUT',
      json: { name: 'attic' },
    })
    expect(renamed.body).toMatchObject({ id: expect.any(String), name: 'attic' })
  })
})

describe('every response', () => {
  it('allows all origins, and has an id and a Date by the sandbox’s clock', async () => {
    const { headers } = await sandbox.fetch('http://sandbox.test/nowhere')
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('x-request-id')).toBe(sandbox.requests().at(-1)?.id)
    expect(headers.get('date')).toBe('Thu, 01 Jan 2026 00:00:00 GMT')
  })

  it('follows a preflight that allows the requested headers and is not in the journal', async () => {
    const before = sandbox.requests().length
    const response = await sandbox.fetch('http://sandbox.test/oauth/token', {
      method: 'OPTIONS',
      headers: {
        'access-control-request-headers': 'authorization,x-tool',
        'access-control-request-method': 'POST',
      },
    })
    expect(response.status).toBe(204)
    expect(response.headers.get('access-control-allow-headers')).toBe('authorization,x-tool')
    expect(response.headers.get('access-control-allow-methods')).toContain('DELETE')
    expect(sandbox.requests()).toHaveLength(before)
  })

  it('is the same with a slash at the end of the path', async () => {
    expect((await call(sandbox, { token, path: '/v1/devices/' })).status).toBe(200)
  })
})
