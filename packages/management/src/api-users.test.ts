import { findLeaks } from '@particle-grants/test-kit'
import { describe, expect, it } from 'vitest'
import { openScene, product, rejection, scopes } from '../test/scene.ts'
import { changeApiUserScopes, createApiUser, deleteApiUser, listApiUsers } from './index.ts'

describe('createApiUser', () => {
  it.each([
    ['a product', product],
    ['a product by its slug', { product: 'my-product' }],
    ['an organization', { organization: 'my-company' }],
  ])('creates an API user of %s whose token is limited to its scopes', async (_title, team) => {
    const { admin, useToken } = await openScene()
    const created = await createApiUser(admin, { ...team, name: 'GitHub Actions', scopes })
    expect(created).toMatchObject({
      username: expect.stringMatching(/^github-actions\+\w+@api\.particle\.io$/),
      scopes,
    })
    const session = useToken(created.token)
    expect((await session.fetch('/v1/products/1234/devices')).status).toBe(200)
    const refused = await session.fetch('/v1/devices/garden')
    expect([refused.status, await refused.json()]).toEqual([400, expect.objectContaining({ error: 'unauthorized' })])
  })

  it('keeps the token out of what is printed and inspected', async () => {
    const { admin } = await openScene()
    const created = await createApiUser(admin, { ...product, name: 'CI', scopes })
    expect(findLeaks(created, [created.token.reveal()])).toEqual([])
  })

  it('says which token may do it if an API user, another developer or the product tries', async () => {
    const { admin, useToken, signIn, sent } = await openScene()
    const { token } = await createApiUser(admin, { ...product, name: 'CI', scopes })
    const refused = rejection(createApiUser(useToken(token), { ...product, name: 'CI 2', scopes }))
    expect(await refused).toMatchObject({
      code: 'api_error',
      retry: 'never',
      message:
        "Particle refused POST /v1/products/1234/team (400 unauthorized): API users are not allowed to call this endpoint. Use an administrator's token of the product or organization: API users and products may not manage API users.",
      details: {
        call: 'POST /v1/products/1234/team',
        status: 400,
        error: 'unauthorized',
        description: 'API users are not allowed to call this endpoint',
        allowedToken: expect.stringContaining("administrator's token"),
      },
    })
    const developer = await signIn('dev@example.com', 'correct horse')
    expect(await rejection(createApiUser(developer, { ...product, name: 'CI', scopes }))).toMatchObject({
      details: { status: 403, error: undefined, allowedToken: expect.any(String) },
    })
    expect(sent()).toContain('POST /v1/products/1234/team 403')
  })

  it('names no token if the refusal is about something else', async () => {
    const { admin } = await openScene()
    const thrown = await rejection(createApiUser(admin, { product: 99, name: 'CI', scopes }))
    expect(thrown).toMatchObject({
      message:
        'Particle refused POST /v1/products/99/team (404): Product not found. Check the names and values in the call.',
    })
    expect((thrown as { details: object }).details).not.toHaveProperty('allowedToken')
  })

  it.each([
    ['no team', {}, 'product'],
    ['two teams', { product: 1234, organization: 'my-company' }, 'product'],
    ['a product that is a path', { product: '../../orgs/my-company' }, 'product'],
    ['an empty organization', { organization: '' }, 'organization'],
    ['no name', { ...product, name: ' ' }, 'name'],
    ['a name with a line break', { ...product, name: 'a\nb' }, 'name'],
    ['no scopes', { ...product, scopes: [] }, 'scopes'],
    ['scopes in one string', { ...product, scopes: 'devices:list' }, 'scopes'],
    ['a scope that is none', { ...product, scopes: ['devices'] }, 'scopes'],
  ])('rejects %s, and sends nothing', async (_title, wrong, parameter) => {
    const { admin, sent } = await openScene()
    const options = { name: 'CI', scopes, ...wrong } as unknown as Parameters<typeof createApiUser>[1]
    expect(await rejection(createApiUser(admin, options))).toMatchObject({
      code: 'invalid_argument',
      details: { parameter },
    })
    expect(sent()).toEqual([])
  })

  it.each([
    ['the response is lost', { drop: true, after: true }, 'network_error'],
    ['the API fails', { status: 503, error: 'server_error', after: true } as const, 'temporarily_unavailable'],
    [
      'the response has no token',
      { body: { ok: true, created: { username: 'ci+1@api.particle.io' } }, after: true },
      'unexpected_response',
    ],
  ])('says that the API user may exist if %s', async (_title, fault, code) => {
    const { admin, sandbox } = await openScene()
    sandbox.failNext(fault)
    expect(await rejection(createApiUser(admin, { ...product, name: 'CI', scopes }))).toMatchObject({
      code,
      message: expect.stringMatching(/The API user may exist: look for it with listApiUsers\(\), and delete it/),
    })
    expect(await listApiUsers(admin, product)).toHaveLength(1)
  })
})

describe('listApiUsers', () => {
  it('returns the API users, and not the people of the team', async () => {
    const { admin } = await openScene()
    const { username } = await createApiUser(admin, { ...product, name: 'CI', scopes })
    const { username: company } = await createApiUser(admin, { organization: 'my-company', name: 'CI', scopes })
    expect(await listApiUsers(admin, product)).toEqual([{ username, name: 'CI', scopes, productId: 1234 }])
    expect(await listApiUsers(admin, { organization: 'my-company' })).toEqual([
      { username: company, name: 'CI', scopes },
    ])
  })

  it('takes the list as Particle documents it, without names and scopes', async () => {
    const { admin, sandbox } = await openScene()
    const team = [
      { username: 'user@example.com', role: { id: '2', name: 'Administrator' } },
      { username: 'example-api-user+6fbl2q577b@api.particle.io', is_programmatic: true },
      null,
    ]
    sandbox.failNext({ status: 200, body: { ok: true, team } })
    expect(await listApiUsers(admin, product)).toEqual([{ username: 'example-api-user+6fbl2q577b@api.particle.io' }])
  })

  it('rejects a response without a team', async () => {
    const { admin, sandbox } = await openScene()
    sandbox.failNext({ status: 200, body: { ok: true } })
    expect(await rejection(listApiUsers(admin, product))).toMatchObject({ code: 'unexpected_response' })
  })
})

describe('changeApiUserScopes', () => {
  it('returns the new token, and the old one has ended', async () => {
    const { admin, useToken } = await openScene()
    const { username, token: old } = await createApiUser(admin, { ...product, name: 'CI', scopes })
    const changed = await changeApiUserScopes(admin, { ...product, username, name: 'CI', scopes: ['devices:get'] })
    expect(changed).toMatchObject({ username, scopes: ['devices:get'] })
    expect((await useToken(changed.token).fetch('/v1/devices/garden')).status).toBe(200)
    await expect(useToken(old).fetch('/v1/devices')).rejects.toMatchObject({ code: 'reauthentication_required' })
    expect(await listApiUsers(admin, product)).toMatchObject([{ name: 'CI', scopes: ['devices:get'] }])
  })

  it.each([
    [
      'under another name',
      (username: string, token: string) => ({ ok: true, updated: { username, tokens: [{ token }] } }),
    ],
    ['at the top', (username: string, token: string) => ({ ok: true, username, tokens: [{ token }] })],
  ])('finds the token %s in the response, whose form is not documented', async (_title, toBody) => {
    const { admin, sandbox } = await openScene()
    const { username } = await createApiUser(admin, { ...product, name: 'CI', scopes })
    sandbox.failNext({ status: 200, body: toBody(username, 'new-token') })
    const { token } = await changeApiUserScopes(admin, { ...product, username, name: 'CI', scopes })
    expect(token.reveal()).toBe('new-token')
  })

  it.each([
    ['the response is lost', { drop: true, after: true }],
    ['the response has no token', { status: 200, body: { ok: true }, after: true }],
  ])('says that the token may have ended if %s', async (_title, fault) => {
    const { admin, sandbox } = await openScene()
    const { username } = await createApiUser(admin, { ...product, name: 'CI', scopes })
    sandbox.failNext(fault)
    expect(await rejection(changeApiUserScopes(admin, { ...product, username, name: 'CI', scopes }))).toMatchObject({
      message: expect.stringContaining(
        `The token of ${username} may have ended, and the next one is lost: create another API user, and delete this one.`,
      ),
    })
  })
})

describe('deleteApiUser', () => {
  it('deletes an API user with its token', async () => {
    const { admin, useToken } = await openScene()
    const { username, token } = await createApiUser(admin, { ...product, name: 'CI', scopes })
    await deleteApiUser(admin, { ...product, username })
    expect(await listApiUsers(admin, product)).toEqual([])
    await expect(useToken(token).fetch('/v1/devices')).rejects.toMatchObject({ code: 'reauthentication_required' })
    expect(await rejection(deleteApiUser(admin, { ...product, username }))).toMatchObject({ details: { status: 404 } })
  })

  it.each(['owner@example.com', '..', '', 'ci+1@api.particle.io/../owner@example.com', 'a b@api.particle.io'])(
    'never removes a person: it rejects %j, and sends nothing',
    async (username) => {
      const { admin, sent } = await openScene()
      expect(await rejection(deleteApiUser(admin, { ...product, username }))).toMatchObject({
        code: 'invalid_argument',
        details: { parameter: 'username' },
      })
      expect(sent()).toEqual([])
    },
  )
})
