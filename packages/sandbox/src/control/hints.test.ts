import { createClock, createSandbox } from '@particle-grants/sandbox'
import { describe, expect, it } from 'vitest'
import { basic } from '../../test/raw-http.ts'
import {
  call,
  clients,
  dev,
  getMfaToken,
  jane,
  mfa,
  requestToken,
  signIn,
  submitCode,
} from '../../test/token-requests.ts'

const password = { grant_type: 'password', ...dev }
const owner = { grant_type: 'client_credentials' }

describe('a hint', () => {
  it.each([
    [
      'the wrong spelling of the second step',
      clients.developer,
      { grant_type: 'urn:custom:mfa-token' },
      /urn:custom:mfa-otp/,
    ],
    ['a missing password', clients.developer, { grant_type: 'password', username: 'a' }, /missing or empty/],
    ['an empty password', clients.developer, { ...password, password: '' }, /missing or empty/],
    ['capitals', clients.developer, { ...password, grant_type: 'PASSWORD' }, /lower case/],
    ['no client', '', password, /has no client/],
    ['a client with an empty secret', basic('particle', ''), password, /secret is missing or empty/],
    ['a wrong secret', basic('my-product-1234', 'nope'), owner, /exists, and its secret is wrong/],
    ['a wrong secret that cannot be decoded', basic('particle', '%zz'), password, /its secret is wrong/],
    ['a percent-encoded secret in Basic', basic('my-product-1234', 'product%2Dsecret'), owner, /was percent-encoded/],
    [
      'a secret that was encoded twice in the form',
      '',
      { ...owner, client_id: 'my-product-1234', client_secret: 'product%2Dsecret' },
      /was percent-encoded/,
    ],
    [
      'a grant that the client may not use',
      clients.noPassword,
      { grant_type: 'password', ...jane },
      /may not use this grant type/,
    ],
    [
      'the same without a password, because the password is not the problem',
      clients.noPassword,
      { grant_type: 'password', username: 'a' },
      /may not use this grant type/,
    ],
    [
      'a missing username',
      clients.developer,
      { grant_type: 'password', password: 'x' },
      /The username is missing or empty/,
    ],
    ['authorization_code', clients.developer, { grant_type: 'authorization_code', code: 'x' }, /for web clients/],
    ['an unknown account', clients.developer, { ...password, username: 'DEV' }, /account does not exist/],
    ['a wrong password', clients.developer, { ...password, password: 'x' }, /the password is wrong/],
    [
      "a customer's wrong password, on her product's client",
      clients.product,
      { grant_type: 'password', ...jane, password: 'x' },
      /Client and account are correct, the password is wrong/,
    ],
    ["another's account on a user client", clients.user, { grant_type: 'password', ...mfa }, /Only its owner/],
    ['an unknown client', 'Basic bm9ib2R5Ong=', password, /client does not exist/],
    ['a bearer token as client', 'Bearer x', password, /A bearer token is not a client/],
    [
      'a wrong password behind a bearer header, by the password',
      'Bearer x',
      { ...password, password: 'x', client_id: 'particle', client_secret: 'particle' },
      /the password is wrong/,
    ],
    ['a developer on a product client', clients.product, password, /Only customers of the product/],
    [
      'a customer on a developer client',
      clients.developer,
      { grant_type: 'password', ...jane },
      /customers sign in with/,
    ],
    [
      'a refresh with a developer client',
      clients.developer,
      { grant_type: 'refresh_token', refresh_token: 'x' },
      /never work/,
    ],
    ['a used refresh token', clients.product, { grant_type: 'refresh_token', refresh_token: 'x' }, /used once/],
    ['client_credentials without an owner', clients.developer, owner, /needs a client with an owner/],
    ['an unknown customer', clients.product, { ...owner, scope: 'customer=JANE' }, /existing customer/],
    ['a lifetime that is not a number', clients.developer, { ...password, expires_in: '90d' }, /never expires/],
    [
      'an unknown mfa_token',
      clients.developer,
      { grant_type: 'urn:custom:mfa-otp', mfa_token: 'x', otp: '123456' },
      /start again/,
    ],
    ['the first step of MFA', clients.developer, { grant_type: 'password', ...mfa }, /Now send/],
  ])('explains %s, and is not sent to the client', async (...[_title, client, form, hint]) => {
    const sandbox = createSandbox()
    const { body } = await requestToken(sandbox, client, form)
    const shown = sandbox.requests()[0]?.hint
    expect(shown).toMatch(hint)
    expect(JSON.stringify(body)).not.toContain(shown)
  })

  it('explains a code with spaces, and a wrong one', async () => {
    const sandbox = createSandbox({ clock: createClock({ start: 0, frozen: true }) })
    const mfaToken = await getMfaToken(sandbox)
    await submitCode(sandbox, mfaToken, { otp: '123 456' })
    await submitCode(sandbox, mfaToken, { otp: '000000' })
    expect(
      sandbox
        .requests()
        .slice(-2)
        .map(({ hint }) => hint),
    ).toEqual([
      expect.stringContaining('six digits without spaces'),
      expect.stringContaining('The code is wrong or used'),
    ])
  })

  it('explains the lockout', async () => {
    const sandbox = createSandbox({ lockout: { failures: 1, seconds: 60 } })
    for (const form of [owner, password]) await requestToken(sandbox, clients.developer, form)
    expect(sandbox.requests().at(-1)?.hint).toMatch(/block the address/)
  })

  it.each([
    ['JSON', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }, /not JSON/],
    ['GET', { method: 'GET' }, /with POST/],
    ['an empty form', { method: 'POST', body: new URLSearchParams() }, /body is empty/],
  ])('explains %s at the token endpoint', async (_title, init, hint) => {
    const sandbox = createSandbox()
    await sandbox.fetch('http://sandbox.test/oauth/token', init)
    expect(sandbox.requests()[0]?.hint).toMatch(hint)
  })

  it.each([
    ['/oauth/token/oauth/token', /base URL contains a path/],
    ['/oauth/token/v1/devices', /base URL contains a path/],
    ['/v1/oauth/token', /base URL contains a path/],
    ['/v1/v1/devices', /base URL contains a path/],
    ['//v1/devices', /base URL contains .*a slash at its end/],
    ['//oauth/token', /base URL contains .*a slash at its end/],
    ['/oauth/tokens', /The token endpoint is \/oauth\/token/],
    ['/oauth', /The token endpoint is \/oauth\/token/],
  ])('explains the wrong path %s, whatever the method', async (path, hint) => {
    const sandbox = createSandbox()
    for (const method of ['GET', 'POST']) {
      await sandbox.fetch(`http://sandbox.test${path}`, { method })
    }
    for (const entry of sandbox.requests()) {
      expect(entry).toMatchObject({ status: 404, hint: expect.stringMatching(hint) })
    }
  })

  it('explains tokens in a URL, missing ones, wrong routes, and how to list tokens', async () => {
    const sandbox = createSandbox()
    for (const path of ['/v1/user?access_token=x', '/v1/user', '/v2/user', '/v1/access_tokens']) {
      await sandbox.fetch(`http://sandbox.test${path}`)
    }
    expect(sandbox.requests().map(({ hint }) => hint)).toEqual([
      expect.stringContaining('written to logs'),
      expect.stringContaining('Authorization: Bearer'),
      expect.stringContaining('The sandbox has'),
      expect.stringContaining('curl -u username:password'),
    ])
  })

  it('is not given if nothing is wrong', async () => {
    const sandbox = createSandbox()
    await call(sandbox, { token: await signIn(sandbox), path: '/v1/devices' })
    await sandbox.fetch('http://sandbox.test/oauth/token/', {
      method: 'POST',
      headers: { authorization: 'Bearer x' },
      body: new URLSearchParams({ ...password, client_id: 'particle', client_secret: 'particle' }),
    })
    expect(sandbox.requests().map(({ status, hint }) => [status, hint])).toEqual([
      [200, undefined],
      [200, undefined],
      [200, undefined],
    ])
  })
})
