import type { Sandbox } from '@particle-grants/sandbox'
import { createSandbox, defaultAccounts } from '@particle-grants/sandbox'
import { beforeEach, describe, expect, it } from 'vitest'
import { basic } from '../../test/raw-http.ts'
import { call, clients, jane, requestToken, signIn } from '../../test/token-requests.ts'

const path = '/v1/products/1234/clients'
const form = { grant_type: 'client_credentials' }
let sandbox: Sandbox
let admin: string

beforeEach(async () => {
  sandbox = createSandbox()
  admin = await signIn(sandbox, { username: 'owner@example.com', password: 'owner of products' })
})

const create = (json: object, at = path, token = admin) => call(sandbox, { token, path: at, method: 'POST', json })
const installed = { name: 'Back end', type: 'installed' }

describe('OAuth clients', () => {
  it('of a product are created with a secret that works at the token endpoint', async () => {
    const { status, body } = await create(installed)
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        ok: true,
        client: {
          name: 'Back end',
          type: 'installed',
          id: expect.stringMatching(/^back-end-[0-9a-f]{6}$/),
          secret: expect.stringMatching(/^[0-9a-f]{40}$/),
          product_id: 1234,
        },
      },
    })
    const tokens = await requestToken(sandbox, basic(body.client.id, body.client.secret), form)
    expect((await call(sandbox, { token: tokens.body.access_token, path: '/v1/products/1234/devices' })).status).toBe(
      200,
    )
  })

  it('of an account belong to their owner', async () => {
    const token = await signIn(sandbox)
    const { body } = await create(installed, '/v1/clients', token)
    const tokens = await requestToken(sandbox, basic(body.client.id, body.client.secret), form)
    const user = await call(sandbox, { token: tokens.body.access_token, path: '/v1/user' })
    expect(user.body.username).toBe('dev@example.com')
    const list = async (by: string) => (await call(sandbox, { token: by, path: '/v1/clients' })).body.clients
    expect(await list(token)).toEqual([
      { name: 'my-scripts-5678', type: 'installed', id: 'my-scripts-5678' },
      { name: 'Back end', type: 'installed', id: body.client.id },
    ])
    expect(await list(admin)).toEqual([])
  })

  it('are listed without secrets, and are gone after a reset', async () => {
    await create(installed)
    const { body } = await call(sandbox, { token: admin, path })
    expect(body.clients.map(({ name }: { name: string }) => name)).toEqual([
      'my-product-1234',
      'no-password-client',
      'Back end',
    ])
    expect(JSON.stringify(body)).not.toContain('secret')
    expect(sandbox.clients.at(-1)).toMatchObject({ name: 'Back end', kind: 'product' })
    sandbox.reset()
    expect(sandbox.clients.map(({ name }) => name)).not.toContain('Back end')
  })

  it('are deleted with their tokens', async () => {
    const { body } = await requestToken(sandbox, clients.product, form)
    const to = `${path}/my-product-1234`
    const response = await sandbox.fetch(`http://sandbox.test${to}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${admin}` },
    })
    expect([response.status, await response.text()]).toEqual([204, ''])
    expect((await call(sandbox, { token: body.access_token, path: '/v1/products/1234/devices' })).status).toBe(401)
    expect((await requestToken(sandbox, clients.product, form)).body.error).toBe('invalid_client')
    expect((await call(sandbox, { token: admin, path: to, method: 'DELETE' })).status).toBe(404)
  })

  it.each([
    ['without a name', { type: 'installed' }],
    ['without a type', { name: 'Back end' }],
    ['of an unknown type', { name: 'Back end', type: 'mobile' }],
    ['of type web without redirect_uri', { name: 'Back end', type: 'web' }],
  ])('are not created %s', async (_title, json) => {
    expect((await create(json)).status).toBe(400)
  })

  it('are managed by administrators and API users with the scope, and by no others', async () => {
    const ask = async (scope?: string) =>
      (await requestToken(sandbox, clients.product, { ...form, ...(scope && { scope }) })).body.access_token
    for (const token of [await signIn(sandbox), await ask(), await ask(`customer=${jane.username}`)])
      expect((await call(sandbox, { token, path })).status).toBe(403)
    expect((await call(sandbox, { token: await ask(`customer=${jane.username}`), path: '/v1/clients' })).status).toBe(
      403,
    )

    const json = { friendly_name: 'CI', scopes: ['clients:list'] }
    const { body } = await create(json, '/v1/products/1234/team')
    const { token } = body.created.tokens[0]
    expect((await call(sandbox, { token, path })).status).toBe(200)
    expect((await create(installed, path, token)).body.error).toBe('unauthorized')
  })
})

describe('the customers of a product', () => {
  it('are listed by pages', async () => {
    const others = Array.from({ length: 3 }, (_, at) => ({ username: `c${at}@example.com`, customerOf: '1234' }))
    sandbox = createSandbox({ accounts: [...defaultAccounts, ...others] })
    admin = await signIn(sandbox, { username: 'owner@example.com', password: 'owner of products' })
    const read = async (query: string) =>
      (await call(sandbox, { token: admin, path: `/v1/products/1234/customers${query}` })).body
    expect((await read('')).customers).toHaveLength(4)
    expect(await read('?page=2&perPage=3')).toEqual({
      customers: [{ username: 'c2@example.com' }],
      devices: [],
      meta: { total_pages: 2 },
    })
    expect((await read('?page=3&perPage=3')).customers).toEqual([])
  })
})
