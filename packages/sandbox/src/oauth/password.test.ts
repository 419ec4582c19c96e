import { createSandbox } from '@particle-grants/sandbox'
import { describe, expect, it } from 'vitest'
import { call, clients, dev, jane, mfa, requestToken } from '../../test/token-requests.ts'

const owner = { username: 'owner@example.com', password: 'owner of products' }
const rejected = { error: 'invalid_grant', error_description: 'User credentials are invalid' }

describe('the password grant', () => {
  it.each([
    ['a developer, with a developer client', clients.developer, dev],
    ['the owner of products, with a developer client', clients.developer, owner],
    ['a customer, with her product’s client', clients.product, jane],
    ['the owner of a user client, with it', clients.user, dev],
    ['a developer, whose email is in capitals', clients.developer, { ...dev, username: 'DEV@Example.com' }],
    ['a customer, whose email is in capitals', clients.product, { ...jane, username: 'JANE@example.com' }],
    ['the owner of a user client, in capitals', clients.user, { ...dev, username: 'Dev@example.com' }],
  ])('signs in %s', async (_title, client, account) => {
    const sandbox = createSandbox()
    const { status, body } = await requestToken(sandbox, client, { grant_type: 'password', ...account })
    expect(status).toBe(200)
    const user = await call(sandbox, { token: body.access_token, path: '/v1/user' })
    expect(user.body.username).toBe(account.username.toLowerCase())
  })

  it.each([
    ['a customer, with a developer client', clients.developer, jane],
    ['a developer, with a product client', clients.product, dev],
    ['another account, with a user client', clients.user, owner],
    ['a password with a space at the end', clients.developer, { ...dev, password: 'correct horse ' }],
    ['a wrong password of an account with MFA', clients.developer, { ...mfa, password: 'wrong' }],
  ])('rejects %s', async (_title, client, account) => {
    const { status, body } = await requestToken(createSandbox(), client, {
      grant_type: 'password',
      ...account,
    })
    expect(status).toBe(400)
    expect(body).toEqual(rejected)
  })

  it.each([
    ['a developer client', clients.developer],
    ['a product client', clients.product],
  ])('rejects an SSO account, whatever the password, with %s', async (_title, client) => {
    const form = { grant_type: 'password', username: 'sso@example.com', password: 'x' }
    expect(await requestToken(createSandbox(), client, form)).toMatchObject({
      status: 403,
      body: { error: 'sso_user', error_description: 'This account must sign in with SSO' },
    })
  })

  it('reads a password with characters that forms escape', async () => {
    const odd = { username: 'odd@example.com', password: 'a+b&c=d %41 ü:✓' }
    const sandbox = createSandbox({ accounts: [odd] })
    expect((await requestToken(sandbox, clients.developer, { grant_type: 'password', ...odd })).status).toBe(200)
  })

  it('rejects a repeated password', async () => {
    const body = new URLSearchParams({ grant_type: 'password', ...dev })
    body.append('password', dev.password)
    const headers = { authorization: clients.developer }
    const response = await createSandbox().fetch('http://sandbox.test/oauth/token', {
      method: 'POST',
      headers,
      body,
    })
    expect(await response.json()).toEqual(rejected)
  })
})

describe('the client_credentials grant', () => {
  it.each([
    ['a product client', clients.product, 'owner@example.com'],
    ['a product client that may not use password', clients.noPassword, 'owner@example.com'],
    ['a user client', clients.user, 'dev@example.com'],
  ])('signs in the owner of %s', async (_title, client, username) => {
    const sandbox = createSandbox()
    const { body } = await requestToken(sandbox, client, { grant_type: 'client_credentials' })
    const user = await call(sandbox, { token: body.access_token, path: '/v1/user' })
    expect(user.body.username).toBe(username)
  })

  it('does not require a second factor', async () => {
    const sandbox = createSandbox({
      clients: [{ id: 'mfa-scripts', secret: 'x', kind: 'user', owner: mfa.username }],
    })
    const form = { grant_type: 'client_credentials', client_id: 'mfa-scripts', client_secret: 'x' }
    expect((await requestToken(sandbox, '', form)).status).toBe(200)
  })
})
