import type { Sandbox } from '@particle-grants/sandbox'
import { createSandbox, defaultClients } from '@particle-grants/sandbox'
import { beforeEach, describe, expect, it } from 'vitest'
import { call, clients, jane, requestToken, signIn } from '../../test/token-requests.ts'

const path = '/v1/products/1234/team'
let sandbox: Sandbox
let admin: string

beforeEach(async () => {
  sandbox = createSandbox()
  admin = await signIn(sandbox, { username: 'owner@example.com', password: 'owner of products' })
})

const create = async (scopes: readonly string[], at = path, name = 'GitHub Actions') => {
  const json = { friendly_name: name, scopes }
  const { status, body } = await call(sandbox, { token: admin, path: at, method: 'POST', json })
  const { created = {} } = body
  return { status, body, username: created.username as string, token: created.tokens?.[0].token as string }
}
const statusOf = async (token: string, to = '/v1/products/1234/devices', method = 'GET') =>
  (await call(sandbox, { token, path: to, method })).status

describe('API users', () => {
  it('are created with a token that never expires', async () => {
    const { status, body, token } = await create(['devices:list'])
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        ok: true,
        created: {
          username: expect.stringMatching(/^github-actions\+[a-z0-9]{10}@api\.particle\.io$/),
          is_programmatic: true,
          tokens: [{ token: expect.stringMatching(/^[0-9a-f]{40}$/) }],
        },
      },
    })
    expect(await call(sandbox, { token, path: '/v1/access_tokens/current' })).toEqual({
      status: 200,
      body: { expires_at: null, scopes: ['devices:list'], orgs: [] },
    })
    sandbox.clock.advance('90d')
    sandbox.clock.advance('90d')
    expect(await statusOf(token)).toBe(200)
  })

  it('make the calls that their scopes list, and get 400 unauthorized for others', async () => {
    const { token } = await create(['devices:list'])
    expect(await statusOf(token, '/v1/devices')).toBe(200)
    expect(await call(sandbox, { token, path: '/v1/devices/garden' })).toEqual({
      status: 400,
      body: { error: 'unauthorized', error_description: 'This API user does not have the scope devices:get' },
    })
    const all = await create(['devices:get', 'devices:update', 'devices.function:call', 'events:get', 'events:send'])
    expect(await statusOf(all.token, '/v1/devices/garden')).toBe(200)
    expect(await statusOf(all.token, '/v1/devices/garden', 'PUT')).toBe(200)
    expect(await statusOf(all.token, '/v1/devices/garden/blink', 'POST')).toBe(200)
    const event = { token: all.token, path: '/v1/products/1234/events', method: 'POST', json: { name: 'temperature' } }
    expect((await call(sandbox, event)).status).toBe(200)
    expect(await statusOf(all.token)).toBe(400)
  })

  it.each([
    ['GET', '/v1/user'],
    ['GET', '/v1/clients'],
    ['GET', path],
    ['POST', path],
    ['GET', '/v1/devices/events'],
    ['DELETE', '/v1/access_tokens'],
  ])('may not call %s %s, whatever their scopes', async (method, to) => {
    const { token } = await create(['devices:list', 'teams.users:list', 'teams.users:invite'])
    expect(await call(sandbox, { token, path: to, method })).toEqual({
      status: 400,
      body: { error: 'unauthorized', error_description: 'API users are not allowed to call this endpoint' },
    })
    expect(sandbox.requests().at(-1)).toMatchObject({ error: 'unauthorized', hint: expect.stringContaining('scopes') })
  })

  it('of a product may not call other products, those of an organization may call its products', async () => {
    const other = { id: 'other-product', secret: 'x', kind: 'product', owner: 'owner@example.com' } as const
    const sibling = { id: 'sibling-product', secret: 'x', kind: 'product', owner: 'owner@example.com' } as const
    sandbox = createSandbox({
      clients: [
        ...defaultClients,
        { ...other, product: { id: '5678', slug: 'other' } },
        { ...sibling, product: { id: '4321', slug: 'sibling', organization: 'my-company' } },
      ],
    })
    admin = await signIn(sandbox, { username: 'owner@example.com', password: 'owner of products' })
    const ofProduct = await create(['devices:list'])
    const ofCompany = await create(['devices:list'], '/v1/orgs/my-company/team')
    const devices = (id: string) => `/v1/products/${id}/devices`
    expect([await statusOf(ofProduct.token), await statusOf(ofProduct.token, devices('4321'))]).toEqual([200, 403])
    expect([await statusOf(ofCompany.token), await statusOf(ofCompany.token, devices('4321'))]).toEqual([200, 200])
    expect(await statusOf(ofCompany.token, devices('5678'))).toBe(403)

    const list = async (to: string) => {
      const { body } = await call(sandbox, { token: admin, path: to })
      return body.team.slice(1).map(({ username }: { username: string }) => username)
    }
    expect(await list('/v1/products/4321/team')).toEqual([ofProduct.username])
    expect(await list('/v1/products/5678/team')).toEqual([])
    expect(await list('/v1/orgs/my-company/team')).toEqual([ofCompany.username])
  })

  it('are listed with the people of the team', async () => {
    const { username } = await create(['devices:list'])
    expect(await call(sandbox, { token: admin, path: `${path}/` })).toEqual({
      status: 200,
      body: {
        ok: true,
        team: [
          { username: 'owner@example.com', role: { id: expect.any(String), name: 'Administrator' } },
          {
            username,
            is_programmatic: true,
            friendly_name: 'GitHub Actions',
            scopes: ['devices:list'],
            product_id: 1234,
          },
        ],
      },
    })
  })

  it('get a new token with new scopes, and the old one ends', async () => {
    const first = await create(['devices:list'])
    const json = { friendly_name: 'CI', scopes: ['devices:get'] }
    const to = `${path}/${encodeURIComponent(first.username)}`
    const { status, body } = await call(sandbox, { token: admin, path: to, method: 'PUT', json })
    expect(status).toBe(200)
    const { token } = body.created.tokens[0]
    expect(await statusOf(first.token)).toBe(401)
    expect([await statusOf(token), await statusOf(token, '/v1/devices/garden')]).toEqual([400, 200])
  })

  it('end with their token when deleted', async () => {
    const { username, token } = await create(['devices:list'])
    const to = `${path}/${username}`
    expect(await call(sandbox, { token: admin, path: to, method: 'DELETE' })).toEqual({
      status: 200,
      body: { ok: true },
    })
    expect(await statusOf(token)).toBe(401)
    expect((await call(sandbox, { token: admin, path: to, method: 'DELETE' })).status).toBe(404)
  })

  it('have no password', async () => {
    const { username } = await create(['devices:list'])
    const form = { grant_type: 'password', username, password: 'undefined' }
    expect((await requestToken(sandbox, clients.developer, form)).body.error).toBe('invalid_grant')
  })

  it('can be revoked and listed by the sandbox, and are gone after a reset', async () => {
    const { username, token } = await create(['devices:list'])
    expect(sandbox.accounts.find((account) => account.username === username)).toMatchObject({
      apiUser: { friendlyName: 'GitHub Actions', scopes: ['devices:list'] },
    })
    expect(sandbox.revoke({ username })).toEqual({ tokens: 1 })
    expect(await statusOf(token)).toBe(401)
    sandbox.reset()
    expect(sandbox.accounts.map((account) => account.username)).not.toContain(username)
  })

  it.each([
    ['without a name', { scopes: ['devices:list'] }],
    ['without scopes', { friendly_name: 'CI' }],
    ['with empty scopes', { friendly_name: 'CI', scopes: [] }],
    ['with scopes that are none', { friendly_name: 'CI', scopes: ['all'] }],
  ])('are not created %s', async (_title, json) => {
    expect((await call(sandbox, { token: admin, path, method: 'POST', json })).status).toBe(400)
  })

  it('are managed by administrators, and not by other people, customers and the product', async () => {
    const { username } = await create(['devices:list'])
    const form = { grant_type: 'client_credentials' }
    const ask = async (scope?: string) =>
      (await requestToken(sandbox, clients.product, { ...form, ...(scope && { scope }) })).body.access_token
    const refused = [await signIn(sandbox), await ask(), await ask(`customer=${jane.username}`)]
    for (const token of refused)
      for (const at of ['/v1/products/1234/team', '/v1/orgs/my-company/team'])
        expect((await call(sandbox, { token, path: at })).status).toBe(403)
    expect(await statusOf(admin, '/v1/products/99/team')).toBe(404)
    expect(await statusOf(admin, '/v1/orgs/other-company/team')).toBe(404)
    // An API user is found under its own team only.
    expect(await statusOf(admin, `/v1/orgs/my-company/team/${username}`, 'DELETE')).toBe(404)
    expect(await statusOf(admin, `${path}/owner@example.com`, 'DELETE')).toBe(404)
  })
})
