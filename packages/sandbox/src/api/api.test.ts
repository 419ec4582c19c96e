import type { Sandbox } from '@particle-grants/sandbox'
import { createClock, createSandbox } from '@particle-grants/sandbox'
import { beforeEach, describe, expect, it } from 'vitest'
import { ask, call, clients, dev, mfa, signIn } from '../../test/token-requests.ts'

const start = Date.UTC(2026, 0, 1)
let sandbox: Sandbox
let token: string

beforeEach(async () => {
  sandbox = createSandbox({ clock: createClock({ start, frozen: true }) })
  token = await signIn(sandbox)
})

const statusOf = async (other = token) => (await call(sandbox, { token: other, path: '/v1/user' })).status

describe('access tokens', () => {
  it('tell when they end, whose client they are of, and their scopes', async () => {
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

  it('revoke themselves, and only themselves', async () => {
    const other = await signIn(sandbox)
    const path = '/v1/access_tokens/current'
    expect(await call(sandbox, { token, path, method: 'DELETE' })).toEqual({
      status: 200,
      body: { ok: true },
    })
    expect([await statusOf(), await statusOf(other)]).toEqual([401, 200])
  })

  it('revoke all of their account', async () => {
    const other = await signIn(sandbox)
    const { body } = await ask(sandbox, clients.product, { grant_type: 'client_credentials' })
    await call(sandbox, { token, path: '/v1/access_tokens', method: 'DELETE' })
    expect([await statusOf(), await statusOf(other), await statusOf(body.access_token)]).toEqual([
      401, 401, 200,
    ])
  })

  it('are revoked by their text without authentication, which tells nothing of unknown ones', async () => {
    for (const text of [token, 'nope']) {
      const url = `http://sandbox.test/v1/access_tokens/${text}`
      expect(await (await sandbox.fetch(url, { method: 'DELETE' })).json()).toEqual({ ok: true })
    }
    expect(await statusOf()).toBe(401)
  })

  it.each([
    [false, 200],
    [true, 400],
  ])('take the refresh token along when revoked: %s', async (revocationEndsRefreshToken, status) => {
    sandbox = createSandbox({ revocationEndsRefreshToken })
    const { body } = await ask(sandbox, clients.product, { grant_type: 'client_credentials' })
    await call(sandbox, { token: body.access_token, path: '/v1/access_tokens/current', method: 'DELETE' })
    const form = { grant_type: 'refresh_token', refresh_token: body.refresh_token }
    expect((await ask(sandbox, clients.product, form)).status).toBe(status)
  })
})

describe('the second factor of an account', () => {
  const path = '/v1/user/mfa-enable'
  const enrol = async (json: object) => call(sandbox, { token, path, method: 'POST', json })

  it('is enrolled with a code of the new secret, then asked for, then removed with the password', async () => {
    const { body } = await call(sandbox, { token, path })
    expect(body).toEqual({
      mfa_token: expect.any(String),
      secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
      qr_url: expect.stringContaining(body.secret),
    })
    const otp = sandbox.otp(dev.username)
    expect(await enrol({ mfa_token: body.mfa_token, otp })).toEqual({ status: 200, body: { enrolled: true } })
    expect((await call(sandbox, { token, path: '/v1/user' })).body.mfa).toEqual({ enabled: true })
    expect((await ask(sandbox, clients.developer, { grant_type: 'password', ...dev })).status).toBe(403)

    const disable = (current_password: string) =>
      call(sandbox, { token, path: '/v1/user/mfa-disable', method: 'PUT', json: { current_password } })
    expect((await disable('wrong')).status).toBe(401)
    expect(await statusOf()).toBe(200)
    expect(await disable(dev.password)).toEqual({ status: 200, body: { ok: true } })
    expect((await ask(sandbox, clients.developer, { grant_type: 'password', ...dev })).status).toBe(200)
  })

  it('stays off after a wrong code, and the 401 says nothing of the token', async () => {
    const { body } = await call(sandbox, { token, path })
    const refused = await enrol({ mfa_token: body.mfa_token, otp: '000000' })
    expect(refused.status).toBe(401)
    expect(refused.body.error).not.toBe('invalid_token')
    expect(await statusOf()).toBe(200)
  })

  it('says so where the code came as a number', async () => {
    const { body } = await call(sandbox, { token, path })
    const refused = await enrol({ mfa_token: body.mfa_token, otp: Number(sandbox.otp(dev.username)) })
    expect(refused).toEqual({
      status: 400,
      body: { ok: false, error: expect.stringContaining('otp as a text') },
    })
  })

  it('can take all tokens along at enrolment', async () => {
    const { body } = await call(sandbox, { token, path })
    await enrol({ mfa_token: body.mfa_token, otp: sandbox.otp(dev.username), invalidate_tokens: true })
    expect(await statusOf()).toBe(401)
  })

  it('is not enrolled without a beginning, nor twice', async () => {
    expect((await enrol({ mfa_token: 'nope', otp: '123456' })).status).toBe(400)
    sandbox = createSandbox({
      clients: [{ id: 'mfa-scripts', secret: 'x', kind: 'user', owner: mfa.username }],
    })
    const form = { grant_type: 'client_credentials', client_id: 'mfa-scripts', client_secret: 'x' }
    const { body } = await ask(sandbox, '', form)
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
    // biome-ignore lint/suspicious/noExplicitAny: answers of every shape
    return { status: response.status, body: (await response.json()) as any }
  }
  const bob = { email: 'Bob@Example.com', password: 'bobs password' }

  it.each(['1234', 'my-product'])(
    'are made for product %s, named in lower case, with tokens',
    async (product) => {
      const { status, body } = await create(product, bob)
      expect(status).toBe(200)
      expect(body).toMatchObject({ token_type: 'bearer', scope: 'customer=bob@example.com' })
      const user = await call(sandbox, { token: body.access_token, path: '/v1/user' })
      expect(user.body.username).toBe('bob@example.com')
      const form = { grant_type: 'password', username: 'bob@example.com', password: bob.password }
      expect((await ask(sandbox, clients.product, form)).status).toBe(200)
    },
  )

  it('may have no password, and then cannot sign in with one', async () => {
    expect((await create('1234', { email: 'eve@example.com', no_password: 'true' })).status).toBe(200)
    const form = { grant_type: 'password', username: 'eve@example.com', password: 'undefined' }
    expect((await ask(sandbox, clients.product, form)).body.error).toBe('invalid_grant')
  })

  it.each([
    ['twice', '1234', { email: 'jane@example.com', password: 'x' }, clients.product, 400],
    ['without email', '1234', { password: 'x' }, clients.product, 400],
    ['with a blank in the name', '1234', { email: 'a b', password: 'x' }, clients.product, 400],
    ['without password', '1234', { email: 'a@example.com' }, clients.product, 400],
    ['of an unknown product', '99', bob, clients.product, 404],
    ['with a developer client', '1234', bob, clients.developer, 403],
    ['with a wrong client', '1234', bob, 'Basic bm8tb25lOng=', 400],
  ])('are not made %s', async (...[_title, product, form, client, status]) => {
    expect((await create(product, form, client)).status).toBe(status)
  })
})

describe('devices', () => {
  it('are listed, and found by id or name', async () => {
    const { body } = await call(sandbox, { token, path: '/v1/devices' })
    expect(body.map(({ name }: { name: string }) => name)).toEqual(['garden', 'cellar'])
    expect((await call(sandbox, { token, path: `/v1/devices/${body[0].id}` })).body.name).toBe('garden')
    expect((await call(sandbox, { token, path: '/v1/devices/attic' })).status).toBe(404)
  })

  it('tell what they were sent, so that a replayed body can be checked', async () => {
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

describe('every answer', () => {
  it('is open to web pages, has an id, and a Date by the sandbox’s clock', async () => {
    const { headers } = await sandbox.fetch('http://sandbox.test/nowhere')
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('x-request-id')).toBe(sandbox.requests().at(-1)?.id)
    expect(headers.get('date')).toBe('Thu, 01 Jan 2026 00:00:00 GMT')
  })

  it('comes after a preflight that allows what was asked for, and is no request of its own', async () => {
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
