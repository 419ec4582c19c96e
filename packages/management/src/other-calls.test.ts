import { createSession, productClient, userClient } from '@particle-grants/core'
import { defaultAccounts } from '@particle-grants/sandbox'
import { findLeaks } from '@particle-grants/test-kit'
import { describe, expect, it } from 'vitest'
import { openScene, product, rejection, scopes } from '../test/scene.ts'
import {
  createApiUser,
  createOAuthClient,
  deleteCustomer,
  deleteOAuthClient,
  getTokenInfo,
  listCustomers,
  listOAuthClients,
  revokeAllTokens,
  revokeToken,
} from './index.ts'

describe('OAuth clients', () => {
  it('of a product are created, used, listed and deleted', async () => {
    const { admin, baseUrl } = await openScene()
    const created = await createOAuthClient(admin, { ...product, name: 'Back end' })
    expect(created).toMatchObject({ id: expect.stringMatching(/^back-end-/), name: 'Back end', type: 'installed' })
    expect(findLeaks(created, [created.secret.reveal()])).toEqual([])
    const session = createSession({ client: productClient(created), baseUrl })
    expect((await session.fetch('/v1/products/1234/devices')).status).toBe(200)

    expect(await listOAuthClients(admin, product)).toContainEqual({
      id: created.id,
      name: 'Back end',
      type: 'installed',
    })
    await deleteOAuthClient(admin, { ...product, id: created.id })
    expect((await listOAuthClients(admin, product)).map(({ id }) => id)).not.toContain(created.id)
  })

  it('of an account need no product', async () => {
    const { admin, baseUrl } = await openScene()
    const created = await createOAuthClient(admin, { name: 'Scripts' })
    const session = createSession({ client: userClient(created), baseUrl })
    expect(await (await session.fetch('/v1/user')).json()).toMatchObject({ username: 'owner@example.com' })
    expect(await listOAuthClients(admin)).toEqual([{ id: created.id, name: 'Scripts', type: 'installed' }])
    await deleteOAuthClient(admin, { id: created.id })
    expect(await listOAuthClients(admin)).toEqual([])
  })

  it('of the type web have a redirect URI, and others have none', async () => {
    const { admin, sent } = await openScene()
    const redirectUri = 'https://example.com/callback'
    expect(await createOAuthClient(admin, { name: 'Web', type: 'web', redirectUri })).toMatchObject({ type: 'web' })
    sent()
    for (const wrong of [{ type: 'web' as const }, { redirectUri }])
      expect(await rejection(createOAuthClient(admin, { name: 'Web', ...wrong }))).toMatchObject({
        code: 'invalid_argument',
        details: { parameter: 'redirectUri' },
      })
    expect(sent()).toEqual([])
  })

  it('may exist if the response has no secret', async () => {
    const { admin, sandbox } = await openScene()
    sandbox.failNext({ status: 200, body: { ok: true, client: { id: 'back-end-1' } } })
    expect(await rejection(createOAuthClient(admin, { ...product, name: 'Back end' }))).toMatchObject({
      code: 'unexpected_response',
      message: expect.stringContaining('its secret is lost'),
    })
  })
})

describe('customers', () => {
  const accounts = [
    ...defaultAccounts,
    ...Array.from({ length: 150 }, (_, at) => ({ username: `c${at}@example.com`, customerOf: '1234' })),
  ]
  const read = async (customers: ReturnType<typeof listCustomers>, limit = Number.POSITIVE_INFINITY) => {
    const names: string[] = []
    for await (const { name } of customers) if (names.push(name) >= limit) break
    return names
  }

  it('are listed by pages, as many as are read', async () => {
    const { admin, sent } = await openScene({ accounts })
    expect(await read(listCustomers(admin, product), 100)).toHaveLength(100)
    expect(sent()).toHaveLength(1)
    const all = await read(listCustomers(admin, product))
    expect([all.length, all[0], all.at(-1)]).toEqual([151, 'jane@example.com', 'c149@example.com'])
    expect(sent()).toHaveLength(2)
  })

  it('have a name in whatever field the list has it, and an endless list ends', async () => {
    const { admin, sandbox } = await openScene()
    const customers = [{ email: 'a@example.com' }, { id: 'b' }, 'c', {}, null]
    sandbox.failNext({ status: 200, body: { customers, meta: { total_pages: 1e9 } } })
    sandbox.failNext({ status: 200, body: { customers: [], meta: { total_pages: 1e9 } } })
    expect(await read(listCustomers(admin, product))).toEqual(['a@example.com', 'b', 'c'])
  })

  it('are deleted with their tokens, by the product too', async () => {
    const { admin, baseUrl } = await openScene()
    const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
    const session = createSession({ client, baseUrl })
    await deleteCustomer(session, { ...product, customer: 'Jane@example.com' })
    expect(await read(listCustomers(admin, product))).toEqual([])
  })

  it('are listed for an API user with the scope, and the error names the scope', async () => {
    const { admin, useToken } = await openScene()
    const { token } = await createApiUser(admin, { ...product, name: 'CI', scopes: ['customers:list'] })
    const session = useToken(token)
    expect(await read(listCustomers(session, product))).toEqual(['jane@example.com'])
    expect(await rejection(deleteCustomer(session, { ...product, customer: 'jane@example.com' }))).toMatchObject({
      details: { error: 'unauthorized', allowedToken: expect.stringContaining('customers:remove') },
    })
  })
})

describe('access tokens', () => {
  it('have a client, an expiry and scopes', async () => {
    const { admin, useToken, sandbox } = await openScene()
    const info = await getTokenInfo(admin)
    expect(info).toMatchObject({ clientId: 'particle', scopes: [] })
    expect((info.expiresAt ?? 0) - sandbox.clock.now()).toBeGreaterThan(89 * 86_400_000)
    const { token } = await createApiUser(admin, { ...product, name: 'CI', scopes })
    expect(await getTokenInfo(useToken(token))).toEqual({ clientId: undefined, expiresAt: null, scopes })
  })

  it('are revoked one by one, or all of an account', async () => {
    const { admin, signIn } = await openScene()
    const second = await signIn('owner@example.com', 'owner of products')
    await revokeToken(second)
    expect(await rejection(getTokenInfo(second))).toMatchObject({ code: 'reauthentication_required' })
    const third = await signIn('owner@example.com', 'owner of products')
    await revokeAllTokens(admin)
    for (const session of [admin, third])
      expect(await rejection(getTokenInfo(session))).toMatchObject({ code: 'reauthentication_required' })
  })
})
