import { createClock, createSandbox } from '@particle-grants/sandbox'
import { describe, expect, it } from 'vitest'
import { basic } from '../../test/raw-http.ts'
import { call, clients, dev, jane, requestToken } from '../../test/token-requests.ts'

const start = Date.UTC(2026, 0, 1)
const frozen = () => createSandbox({ clock: createClock({ start, frozen: true }) })
const password = { grant_type: 'password', ...dev }
const ninetyDays = 7_776_000

function post(query: string, init: RequestInit): Promise<Response> {
  return createSandbox().fetch(`http://sandbox.test/oauth/token${query}`, {
    method: 'POST',
    headers: { authorization: clients.developer },
    ...init,
  })
}

describe('the order of checks', () => {
  it.each([
    [
      'encoding before grant_type',
      { headers: { 'content-type': 'application/json' }, body: '{}' },
      /Method must be POST/,
    ],
    ['a missing body is not a form', {}, /Method must be POST/],
    ['an empty form has no grant_type', { body: new URLSearchParams() }, /missing grant_type/],
    ['method before grant_type', { method: 'PUT', body: new URLSearchParams() }, /Method must be POST/],
    ['grant_type before the client', { headers: {}, body: new URLSearchParams({ a: '1' }) }, /grant_type/],
  ])('%s', async (_title, init, description) => {
    expect(await (await post('', init)).text()).toMatch(description)
  })

  it.each([
    ['client before grant allowed', basic('no-password-client', 'x'), {}, 'Client credentials are invalid'],
    [
      'grant allowed before its fields',
      clients.noPassword,
      { password: '' },
      'The grant type is unauthorised for this client_id',
    ],
    ['client before lower case', basic('particle', 'x'), { grant_type: 'PASSWORD' }, 'Client credentials are invalid'],
    [
      'lower case before the fields',
      clients.developer,
      { grant_type: 'Password', password: '' },
      'Invalid grant_type parameter or parameter missing',
    ],
    [
      'credentials before scope',
      clients.developer,
      { password: 'wrong', scope: 'bogus' },
      'User credentials are invalid',
    ],
    [
      'scope before the second factor',
      clients.developer,
      { username: 'mfa@example.com', password: 'battery staple', scope: 'bogus' },
      'Invalid scope',
    ],
    [
      'missing fields before SSO',
      clients.developer,
      { username: 'sso@example.com', password: '' },
      'Missing parameters. "username" and "password" are required',
    ],
  ])('%s', async (...[_title, client, form, description]) => {
    const { body } = await requestToken(createSandbox(), client, { ...password, ...form })
    expect(body.error_description).toBe(description)
  })
})

describe('the encoding of a token request', () => {
  const ofType = (contentType: string) =>
    post('', {
      headers: { authorization: clients.developer, 'content-type': contentType },
      body: String(new URLSearchParams(password)),
    })
  const form = 'application/x-www-form-urlencoded'

  it.each([
    `${form}; charset=utf-8`,
    `${form};charset=UTF-8`,
    `${form} ; charset="utf-8"; a="b;\\"c"`,
    form.toUpperCase(),
  ])('is a form if the type is "%s"', async (contentType) => {
    expect((await ofType(contentType)).status).toBe(200)
  })

  it.each([
    `${form};`,
    `${form}; charset`,
    `${form}; charset=`,
    `${form};; charset=utf-8`,
    `${form}; charset="utf-8`,
    `${form} charset=utf-8`,
    `${form}, application/json`,
    'multipart/form-data; boundary=x',
    '',
  ])('is not a form if the type is "%s"', async (contentType) => {
    expect(await (await ofType(contentType)).json()).toEqual({
      error: 'invalid_request',
      error_description: 'Method must be POST with application/x-www-form-urlencoded encoding',
    })
  })

  it('is rejected with OPTIONS, unless it is a preflight', async () => {
    const response = await post('', { method: 'OPTIONS' })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: 'invalid_request' })
    const headers = { 'access-control-request-method': 'POST' }
    expect((await post('', { method: 'OPTIONS', headers })).status).toBe(204)
  })

  it('keeps a question mark at the start in the first name', async () => {
    const headers = { authorization: clients.developer, 'content-type': form }
    const response = await post('', { headers, body: `?${new URLSearchParams(password)}` })
    expect(await response.json()).toMatchObject({
      error_description: 'Invalid or missing grant_type parameter',
    })
  })
})

describe('grant_type', () => {
  it.each([
    '',
    'refresh_to\u212Aen',
    'urn:custom:mfa-token',
    'urn:custom:demo_account',
    'password ',
    'passwordx',
    'implicit',
  ])('is rejected as "%s"', async (grantType) => {
    const { status, body } = await requestToken(createSandbox(), clients.developer, {
      ...password,
      grant_type: grantType,
    })
    expect(status).toBe(400)
    expect(body).toEqual({
      error: 'invalid_request',
      error_description: 'Invalid or missing grant_type parameter',
    })
  })

  it('is rejected if it is repeated', async () => {
    const body = new URLSearchParams([...Object.entries(password), ['grant_type', 'password']])
    expect(await (await post('', { body })).json()).toEqual({
      error: 'invalid_request',
      error_description: 'Invalid or missing grant_type parameter',
    })
  })

  it('is rejected if it is not enabled', async () => {
    const sandbox = createSandbox({ grants: ['client_credentials'] })
    expect((await requestToken(sandbox, clients.developer, password)).body.error).toBe('invalid_request')
    // Without the refresh grant there is no refresh token, as in the library.
    const { body } = await requestToken(sandbox, clients.product, { grant_type: 'client_credentials' })
    expect(Object.keys(body)).toEqual(['token_type', 'access_token', 'expires_in'])
  })
})

describe('the lifetime of a token', () => {
  it.each([
    ['a number of seconds', { expires_in: '3600' }, 3600, true],
    ['0 never expires and has no refresh token', { expires_in: '0' }, 0, false],
    ['an empty lifetime is ignored', { expires_in: '' }, ninetyDays, true],
    ['a text that is not a number never expires, and is returned as null', { expires_in: '90d' }, null, false],
    ['a negative number never expires, and is returned unchanged', { expires_in: '-5' }, -5, true],
    ['a date is returned in seconds', { expires_at: '2026-01-01T01:00:00Z' }, 3600, true],
    ['an invalid date never expires', { expires_at: 'tomorrow' }, null, false],
  ])('%s', async (...[_title, form, expiresIn, refreshes]) => {
    const sandbox = frozen()
    const { body } = await requestToken(sandbox, clients.product, {
      grant_type: 'client_credentials',
      ...form,
    })
    expect(body.expires_in).toBe(expiresIn)
    expect('refresh_token' in body).toBe(refreshes)
    const info = await call(sandbox, { token: body.access_token, path: '/v1/access_tokens/current' })
    const ends = (expiresIn ?? 0) > 0 ? new Date(start + (expiresIn as number) * 1000).toISOString() : null
    expect(info.body.expires_at).toBe(ends)
  })

  it('ends: the token is valid until the last millisecond, then expired', async () => {
    const sandbox = frozen()
    const { body } = await requestToken(sandbox, clients.developer, { ...password, expires_in: '60' })
    const devices = () => call(sandbox, { token: body.access_token, path: '/v1/devices' })
    sandbox.clock.advance('60s')
    expect((await devices()).status).toBe(200)
    sandbox.clock.advance(1)
    expect(await devices()).toEqual({
      status: 401,
      body: { error: 'invalid_token', error_description: 'The access token provided has expired.' },
    })
  })

  it('never ends if no date can be that late', async () => {
    const sandbox = frozen()
    const { body } = await requestToken(sandbox, clients.developer, { ...password, expires_in: '1e300' })
    const info = await call(sandbox, { token: body.access_token, path: '/v1/access_tokens/current' })
    expect(info.body.expires_at).toBeNull()
  })
})

describe('the scope', () => {
  const scoped = (client: string, form: Record<string, string>) => requestToken(createSandbox(), client, form)
  const owner = { grant_type: 'client_credentials' }

  it.each([
    ['several words', clients.developer, { ...password, scope: 'devices:list sims.usage:get' }],
    ['a customer of the product', clients.product, { ...owner, scope: 'customer=jane@example.com' }],
    ['a customer in capitals', clients.product, { ...owner, scope: 'customer=Jane@Example.com' }],
    [
      'a customer naming the same customer',
      clients.product,
      { grant_type: 'password', ...jane, scope: 'customer=jane@example.com' },
    ],
  ])('is returned as requested: %s', async (_title, client, form) => {
    expect((await scoped(client, form)).body.scope).toBe(form.scope)
  })

  it('is omitted if it is empty', async () => {
    expect('scope' in (await scoped(clients.developer, { ...password, scope: '' })).body).toBe(false)
  })

  it.each([
    ['an unknown customer', clients.product, { ...owner, scope: 'customer=unknown@example.com' }],
    ['a customer, to a developer client', clients.developer, { ...password, scope: 'customer=jane@example.com' }],
    ['a customer, to a user client', clients.user, { ...owner, scope: 'customer=jane@example.com' }],
    ['a word that is not a scope', clients.product, { ...owner, scope: 'devices:list bogus' }],
  ])('is rejected: %s', async (_title, client, form) => {
    const { status, body } = await scoped(client, form)
    expect(status).toBe(400)
    expect(body).toEqual({ error: 'invalid_scope', error_description: 'Invalid scope' })
  })

  it('selects the customer for client_credentials', async () => {
    const sandbox = createSandbox()
    const { body } = await requestToken(sandbox, clients.product, {
      ...owner,
      scope: 'customer=jane@example.com',
    })
    const user = await call(sandbox, { token: body.access_token, path: '/v1/user' })
    expect(user.body.username).toBe('jane@example.com')
  })
})

describe('JSONP', () => {
  const body = new URLSearchParams(password)

  it('wraps a success, with only the characters of a function name', async () => {
    const response = await post('?callback=app.on[0]();alert`1`', { body })
    const text = await response.text()
    expect(text).toMatch(
      /^\/\*\*\/ typeof app\.on\[0\]alert1 === 'function' && app\.on\[0\]alert1\(\{"token_type".*\}\);$/,
    )
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('cache-control')).toBe('no-store')
  })

  it('leaves errors as JSON', async () => {
    const response = await post('?callback=x', {
      body: new URLSearchParams({ ...password, password: 'wrong' }),
    })
    expect(await response.json()).toEqual({
      error: 'invalid_grant',
      error_description: 'User credentials are invalid',
    })
  })

  it('uses the first of several callbacks, and ignores an empty one', async () => {
    expect(await (await post('?callback=a&callback=b', { body })).text()).toMatch(/^\/\*\*\/ typeof a ===/)
    expect(await (await post('?callback=', { body })).json()).toMatchObject({ token_type: 'bearer' })
  })
})
