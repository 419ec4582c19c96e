import type { SandboxOptions } from '@particle-grants/sandbox'
import { createClock, createSandbox } from '@particle-grants/sandbox'
import { describe, expect, it } from 'vitest'
import { call, clients, dev, jane, requestToken } from '../../test/token-requests.ts'

const frozen = (options: SandboxOptions = {}) =>
  createSandbox({ clock: createClock({ start: 0, frozen: true }), ...options })
const invalid = { error: 'invalid_grant', error_description: 'Invalid refresh token' }
const expired = { error: 'invalid_grant', error_description: 'Refresh token has expired' }
const owner = { grant_type: 'client_credentials' }

const refresh = (token: string, form = {}) => ({ grant_type: 'refresh_token', refresh_token: token, ...form })

describe('a refresh token', () => {
  it('can be used once, and so can the next one', async () => {
    const sandbox = frozen()
    const first = (await requestToken(sandbox, clients.product, owner)).body.refresh_token
    const second = (await requestToken(sandbox, clients.product, refresh(first))).body.refresh_token
    expect((await requestToken(sandbox, clients.product, refresh(first))).body).toEqual(invalid)
    expect((await requestToken(sandbox, clients.product, refresh(second))).status).toBe(200)
  })

  it('works for a customer who signed in with a password, and keeps the account', async () => {
    const sandbox = frozen()
    const signedIn = await requestToken(sandbox, clients.product, { grant_type: 'password', ...jane })
    const { body } = await requestToken(sandbox, clients.product, refresh(signedIn.body.refresh_token))
    const user = await call(sandbox, { token: body.access_token, path: '/v1/user' })
    expect(user.body.username).toBe(jane.username)
  })

  it('keeps the scope, but not the lifetime', async () => {
    const sandbox = frozen()
    const scope = 'customer=jane@example.com'
    const { body } = await requestToken(sandbox, clients.product, { ...owner, scope, expires_in: '60' })
    const renewed = await requestToken(sandbox, clients.product, refresh(body.refresh_token, { scope: 'bogus' }))
    expect(renewed.body).toMatchObject({ scope, expires_in: 7_776_000 })
  })

  it('does not end the access token that it was issued with', async () => {
    const sandbox = frozen()
    const { body } = await requestToken(sandbox, clients.product, owner)
    await requestToken(sandbox, clients.product, refresh(body.refresh_token))
    expect((await call(sandbox, { token: body.access_token, path: '/v1/user' })).status).toBe(200)
  })

  it('does not end when another client uses it', async () => {
    const sandbox = frozen()
    const { body } = await requestToken(sandbox, clients.product, owner)
    expect((await requestToken(sandbox, clients.noPassword, refresh(body.refresh_token))).body).toEqual(invalid)
    expect((await requestToken(sandbox, clients.product, refresh(body.refresh_token))).status).toBe(200)
  })

  it.each([
    ['a developer client', clients.developer, { grant_type: 'password', ...dev }],
    ['a user client', clients.user, owner],
  ])('of %s never works', async (_title, client, form) => {
    const sandbox = frozen()
    const { body } = await requestToken(sandbox, client, form)
    expect((await requestToken(sandbox, client, refresh(body.refresh_token))).body).toEqual(invalid)
  })

  it.each([
    ['14 days after the access token’s expiry', {}, '104d'],
    ['after another lifetime', { refreshTokenLifetime: 86_400 }, '91d'],
  ])('expires %s', async (_title, settings, lifetime) => {
    const sandbox = frozen(settings)
    const [early, late] = [
      await requestToken(sandbox, clients.product, owner),
      await requestToken(sandbox, clients.product, owner),
    ]
    sandbox.clock.advance(lifetime)
    expect((await requestToken(sandbox, clients.product, refresh(early.body.refresh_token))).status).toBe(200)
    sandbox.clock.advance(1)
    expect((await requestToken(sandbox, clients.product, refresh(late.body.refresh_token))).body).toEqual(expired)
  })

  it('is invalid for another client before it is expired', async () => {
    const sandbox = frozen()
    const { body } = await requestToken(sandbox, clients.product, owner)
    sandbox.clock.advance('200d')
    expect((await requestToken(sandbox, clients.noPassword, refresh(body.refresh_token))).body).toEqual(invalid)
  })
})
