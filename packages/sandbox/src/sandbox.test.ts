import { createSandbox, defaultAccounts, defaultClients, defaultSettings } from '@particle-grants/sandbox'
import { describe, expect, it } from 'vitest'
import { call, clients, dev, getMfaToken, mfa, requestToken, signIn } from '../test/token-requests.ts'

describe('a sandbox', () => {
  it('has a fetch that can be passed alone and has the parameters of fetch', async () => {
    const { fetch } = createSandbox()
    const url = 'http://sandbox.test/v1/devices'
    for (const input of [url, new URL(url), new Request(url)]) expect((await fetch(input)).status).toBe(400)
    await expect(fetch('no url')).rejects.toThrow(TypeError)
  })

  it('rejects with the signal’s reason if a request was aborted', async () => {
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(createSandbox().fetch('http://sandbox.test/', { signal })).rejects.toThrow('enough')
  })

  it('returns to its start at a reset', async () => {
    const sandbox = createSandbox()
    const token = await signIn(sandbox)
    const mfaToken = await getMfaToken(sandbox)
    for (let i = 0; i < 10; i += 1) await getMfaToken(sandbox)
    sandbox.failNext({ status: 500 })
    sandbox.clock.advance('90d')
    sandbox.reset()
    expect(sandbox.requests()).toEqual([])
    expect(sandbox.faults.list()).toEqual([])
    expect(Math.abs(sandbox.clock.now() - Date.now())).toBeLessThan(60_000)
    expect((await call(sandbox, { token, path: '/v1/user' })).status).toBe(401)
    const form = { grant_type: 'urn:custom:mfa-otp', mfa_token: mfaToken, otp: sandbox.otp(mfa.username) }
    expect((await requestToken(sandbox, clients.developer, form)).body.error_description).toBe('Invalid MFA token.')
  })

  it('has the default accounts, clients and settings', () => {
    const { accounts, clients: shown, settings } = createSandbox()
    expect(accounts.map(({ username }) => username)).toEqual(defaultAccounts.map(({ username }) => username))
    expect(accounts[1]?.mfa).toMatchObject({
      secret: 'JBSWY3DPEHPK3PXP',
      code: expect.stringMatching(/^\d{6}$/),
    })
    expect(shown).toEqual(defaultClients)
    expect(settings).toEqual(defaultSettings)
  })

  it('expires and revokes tokens, with refresh tokens or without', async () => {
    const sandbox = createSandbox()
    const token = await signIn(sandbox)
    const description = async () => (await call(sandbox, { token, path: '/v1/user' })).body.error_description
    expect(sandbox.expire({ username: 'owner@example.com' })).toEqual({ tokens: 0 })
    expect(sandbox.expire({ username: dev.username })).toEqual({ tokens: 1 })
    expect(await description()).toBe('The access token provided has expired.')
    expect(sandbox.revoke()).toEqual({ tokens: 1 })
    expect(await description()).toBe('The access token provided is invalid.')

    const refreshed = async (refreshTokens: boolean) => {
      const { body } = await requestToken(sandbox, clients.product, { grant_type: 'client_credentials' })
      sandbox.revoke({ username: 'owner@example.com', refreshTokens })
      const form = { grant_type: 'refresh_token', refresh_token: body.refresh_token }
      return (await requestToken(sandbox, clients.product, form)).status
    }
    expect([await refreshed(false), await refreshed(true)]).toEqual([200, 400])
  })

  it('rejects unknown names with a message that helps', () => {
    const sandbox = createSandbox()
    expect(() => createSandbox({ lockOut: false } as object)).toThrow(/The sandbox has no "lockOut".*lockout/)
    expect(() => createSandbox({ accounts: [dev, dev] })).toThrow('There are two accounts called dev@example.com')
    const wrong: [object, string][] = [
      [{ username: 'a', passwrd: 'x' }, 'An account has no "passwrd". Known: username, password, mfa, sso, customerOf'],
      [{ username: 'a', password: 1 }, 'An account\'s "password" is a string, not 1'],
      [{ username: 'a', customerOf: {} }, 'An account\'s "customerOf" is a string or a number, not {}'],
      [{ username: 'a', mfa: { secrt: 'x' } }, 'An account\'s mfa has no "secrt". Known: secret, recoveryCodes'],
      [{ password: 'x' }, 'An account has no username'],
    ]
    for (const [account, message] of wrong) {
      expect(() => createSandbox({ accounts: [account as never] })).toThrow(message)
    }
    expect(createSandbox({ accounts: [{ ...dev, customerOf: 1234 }] }).accounts).toMatchObject([{ customerOf: '1234' }])
    expect(() => createSandbox({ acounts: [] } as never)).toThrow(
      /has no "acounts". Known: .*, accounts, clients, clock$/,
    )
    const [client] = defaultClients
    expect(() => createSandbox({ clients: [client, client] as never })).toThrow('There are two clients called particle')
    const wrongClients: [object, string][] = [
      [
        { ...client, grants: [] },
        'A client has no "grants". Known: id, secret, name, type, kind, owner, product, disallowedGrants',
      ],
      [{ ...client, kind: 'admin' }, 'A client\'s "kind" is "developer" or "product" or "user", not "admin"'],
      [{ ...client, product: { id: '1', name: 'x' } }, 'A client\'s product has no "name". Known: id, slug'],
      [{ ...client, product: { id: 1234, slug: 'x' } }, 'A client\'s product\'s "id" is a string, not 1234'],
    ]
    for (const [wrong, message] of wrongClients) {
      expect(() => createSandbox({ clients: [wrong as never] })).toThrow(message)
    }
    expect(() => sandbox.otp(dev.username)).toThrow('dev@example.com has no second factor')
    expect(() => sandbox.revoke({ username: 'unknown' })).toThrow('There is no account called unknown')
    expect(() => sandbox.revoke({ user: 'unknown' } as object)).toThrow('has no "user"')
    expect(() => sandbox.expire('dev@example.com' as never)).toThrow('Known: username, refreshTokens')
  })

  it.each([
    [{ lockout: true }, 'The sandbox\'s "lockout" is false or { failures, seconds }, both above 0, not true'],
    [{ lockout: { failures: 3 } }, 'The sandbox\'s "lockout" is false or'],
    [{ lockout: { failures: 3, seconds: 5, minutes: 1 } }, 'The sandbox\'s "lockout" is false or'],
    [{ rateLimit: null }, 'The sandbox\'s "rateLimit" is false or'],
    [{ rateLimit: { requests: 0, seconds: 60 } }, 'The sandbox\'s "rateLimit" is false or { requests, seconds }'],
    [{ otpReuse: 'no' }, 'The sandbox\'s "otpReuse" is true or false, not "no"'],
    [{ grants: 'password' }, 'The sandbox\'s "grants" is a list of these: password, urn:custom:mfa-otp'],
    [{ grants: ['pasword'] }, 'The sandbox\'s "grants" is a list of these'],
    [{ accessTokenLifetime: '5' }, 'is a number of seconds, 0 or more, not "5"'],
    [{ mfaTokenLifetime: -1 }, 'is a number of seconds'],
    [{ refreshTokenLifetime: Number.NaN }, 'is a number of seconds'],
    [{ toString: 1 }, 'The sandbox has no "toString"'],
  ])('rejects the settings %j and says why', (settings, message) => {
    expect(() => createSandbox(settings as object)).toThrow(message)
  })
})
