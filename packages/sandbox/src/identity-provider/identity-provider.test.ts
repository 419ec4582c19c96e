import { createPublicKey, verify } from 'node:crypto'
import {
  type Approval,
  createClock,
  createSandbox,
  defaultSsoClient,
  type Sandbox,
  type SandboxOptions,
} from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { describe, expect, it, onTestFinished } from 'vitest'
import { send } from '../../test/raw-http.ts'
import { call, type TokenResponse } from '../../test/token-requests.ts'

const issuer = 'https://id.particle.io/oauth2/default'
const grant_type = 'urn:ietf:params:oauth:grant-type:device_code'
const client_id = defaultSsoClient.clientId

function createFrozenSandbox(options: SandboxOptions = {}): Sandbox {
  return createSandbox({ clock: createClock({ start: Date.UTC(2026, 0, 1), frozen: true }), ...options })
}

async function post({ fetch }: Sandbox, path: string, form: Record<string, string>): Promise<TokenResponse> {
  const response = await fetch(issuer + path, { method: 'POST', body: new URLSearchParams(form) })
  return { status: response.status, headers: response.headers, body: await response.json() }
}

const authorize = (sandbox: Sandbox, form: Record<string, string> = {}) =>
  post(sandbox, '/v1/device/authorize', { client_id, scope: 'openid profile', ...form })

/** Polls once, after the interval. */
function poll(sandbox: Sandbox, device_code: string, form: Record<string, string> = {}) {
  sandbox.clock.advance('5s')
  return post(sandbox, '/v1/token', { grant_type, device_code, client_id, ...form })
}

async function signIn(sandbox: Sandbox, approval?: Approval): Promise<string> {
  const { body } = await authorize(sandbox)
  sandbox.sso.approve(body.user_code, approval)
  return (await poll(sandbox, body.device_code)).body.access_token
}

function decode(jwt: string) {
  const [header = '', claims = ''] = jwt.split('.').map((part) => Buffer.from(part, 'base64url').toString())
  return { header: JSON.parse(header), claims: JSON.parse(claims) }
}

async function listKeys({ fetch }: Sandbox): Promise<{ kid: string }[]> {
  const response = await fetch(`${issuer}/v1/keys`)
  return ((await response.json()) as { keys: { kid: string }[] }).keys
}

/** Whether the published key that the token names verifies its signature. */
async function isSignedByPublishedKey(sandbox: Sandbox, jwt: string): Promise<boolean> {
  const [header, claims, signature = ''] = jwt.split('.')
  const jwk = (await listKeys(sandbox)).find(({ kid }) => kid === decode(jwt).header.kid)
  if (jwk === undefined) return false
  const key = createPublicKey({ key: { ...jwk }, format: 'jwk' })
  return verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'))
}

describe('the identity provider', () => {
  it('responds to a device authorization with the codes, the page and the times', async () => {
    const sandbox = createFrozenSandbox({ ssoInterval: 7, ssoCodeLifetime: 300 })
    const { status, headers, body } = await authorize(sandbox)
    expect(status).toBe(200)
    expect(headers.get('cache-control')).toBe('no-store')
    expect(body).toEqual({
      device_code: expect.stringMatching(/^[0-9a-f]{40}$/),
      user_code: expect.stringMatching(/^[B-Z]{4}-[B-Z]{4}$/),
      verification_uri: 'https://id.particle.io/activate',
      verification_uri_complete: `https://id.particle.io/activate?user_code=${body.user_code}`,
      expires_in: 300,
      interval: 7,
    })
  })

  it('issues a signed token with the Particle token in it, once', async () => {
    const sandbox = createFrozenSandbox()
    const { body } = await authorize(sandbox)
    sandbox.sso.approve(body.user_code.toLowerCase().replace('-', ''))
    const response = await poll(sandbox, body.device_code)
    expect(response.body).toMatchObject({ token_type: 'Bearer', expires_in: 3600, scope: 'openid profile' })
    const jwt = response.body.access_token
    const { header, claims } = decode(jwt)
    const now = sandbox.clock.now() / 1000
    expect(header).toEqual({ alg: 'RS256', kid: expect.any(String) })
    expect(claims).toMatchObject({ iss: issuer, aud: 'api://default', cid: client_id, sub: 'sso@example.com' })
    expect(claims).toMatchObject({ iat: now, exp: now + 3600 })
    expect(await isSignedByPublishedKey(sandbox, jwt)).toBe(true)
    const user = await call(sandbox, { token: claims.particle_profile, path: '/v1/user' })
    expect(user).toMatchObject({ status: 200, body: { username: 'sso@example.com' } })
    expect((await poll(sandbox, body.device_code)).body.error).toBe('invalid_grant')
  })

  it('responds with the errors of RFC 8628 until there is a decision', async () => {
    const sandbox = createFrozenSandbox({ ssoCodeLifetime: 60 })
    const { body } = await authorize(sandbox)
    const error = async (seconds: number) => {
      sandbox.clock.advance((seconds - 5) * 1000)
      const response = await poll(sandbox, body.device_code)
      expect(response.status).toBe(400)
      return response.body.error
    }
    expect(await error(5)).toBe('authorization_pending')
    expect(
      (await post(sandbox, '/v1/token', { grant_type, client_id, device_code: body.device_code })).body.error,
    ).toBe('slow_down')
    expect(await error(9)).toBe('slow_down')
    expect(await error(15)).toBe('authorization_pending')
    expect(await error(15)).toBe('authorization_pending')
    expect(await error(16)).toBe('expired_token')
    expect(() => sandbox.sso.approve(body.user_code)).toThrow(`No sign-in waits for the code ${body.user_code}`)
    const refused = (await authorize(sandbox)).body
    sandbox.sso.deny(refused.user_code)
    expect((await poll(sandbox, refused.device_code)).body.error).toBe('access_denied')
    expect(sandbox.requests().filter((entry) => entry.error === 'slow_down')).toMatchObject([
      { hint: expect.stringContaining('interval'), form: { device_code: '[redacted]' } },
      {},
    ])
  })

  it.each([
    ['another grant type', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['an unknown client', { client_id: 'unknown' }, 'invalid_client'],
    ['another client than the one that started', { client_id: '0oa19uiy26XIs3XW55d7' }, 'invalid_grant'],
    ['an unknown device code', { device_code: 'f'.repeat(40) }, 'invalid_grant'],
  ])('rejects a poll with %s', async (_title, form, error) => {
    const sandbox = createFrozenSandbox()
    const { body } = await authorize(sandbox)
    expect(await poll(sandbox, body.device_code, form)).toMatchObject({ status: 400, body: { error } })
  })

  it('rejects an unknown client at the start, and has a hint for a wrong path', async () => {
    const sandbox = createFrozenSandbox()
    expect((await authorize(sandbox, { client_id: 'unknown' })).body.error).toBe('invalid_client')
    await sandbox.fetch(`${issuer}/v1/devices`)
    expect(sandbox.requests().map(({ hint }) => hint)).toEqual([
      expect.stringContaining('sandbox-sso-client'),
      expect.stringContaining('device/authorize'),
    ])
  })

  it('publishes the previous key until the next rotation', async () => {
    const sandbox = createFrozenSandbox()
    const jwt = await signIn(sandbox)
    sandbox.sso.rotateKeys()
    expect(await isSignedByPublishedKey(sandbox, jwt)).toBe(true)
    expect(await isSignedByPublishedKey(sandbox, await signIn(sandbox))).toBe(true)
    expect(await listKeys(sandbox)).toHaveLength(2)
    sandbox.sso.rotateKeys()
    expect(await isSignedByPublishedKey(sandbox, jwt)).toBe(false)
    sandbox.reset()
    expect(await listKeys(sandbox)).toHaveLength(1)
  })

  it('changes the token as the approval says', async () => {
    const sandbox = createFrozenSandbox()
    const changed = decode(await signIn(sandbox, { claims: { iss: 'https://elsewhere.test', exp: null } }))
    expect(changed.claims.iss).toBe('https://elsewhere.test')
    expect(changed.claims).not.toHaveProperty('exp')
    const unsigned = await signIn(sandbox, { header: { alg: 'none' } })
    expect(unsigned).toMatch(/^[\w-]+\.[\w-]+\.$/)
    const kid = (await listKeys(sandbox))[0]?.kid
    for (const key of ['forged', 'unpublished'] as const) {
      const jwt = await signIn(sandbox, { key })
      expect(decode(jwt).header.kid === kid).toBe(key === 'forged')
      expect(await isSignedByPublishedKey(sandbox, jwt)).toBe(false)
    }
  })

  it('rejects wrong approvals with a message that helps', async () => {
    const { sso, ...sandbox } = createFrozenSandbox()
    const { body } = await authorize(sandbox as Sandbox)
    const approve = (approval: object) => () => sso.approve(body.user_code, approval)
    expect(approve({ user: 'x' })).toThrow('An approval has no "user". Known: username, claims, header, key')
    expect(approve({ key: 'old' })).toThrow('"key" is "current" or "forged" or "unpublished", not "old"')
    expect(approve({ claims: [] })).toThrow('"claims" is an object')
    expect(approve({ username: 'dev@example.com' })).toThrow('No account called dev@example.com signs in through SSO')
    expect(() => sso.deny('BCDF-GHJK')).toThrow('No sign-in waits for the code BCDF-GHJK')
  })

  it('takes faults like every other endpoint', async () => {
    const sandbox = createFrozenSandbox()
    const { body } = await authorize(sandbox)
    sandbox.failNext({ error: 'slow_down', match: { path: '/oauth2/default/v1/token' } })
    expect((await poll(sandbox, body.device_code)).body.error).toBe('slow_down')
    sandbox.sso.approve(body.user_code)
    sandbox.failNext({ status: 502, after: true })
    expect((await sandbox.fetch(`${issuer}/v1/keys`)).status).toBe(502)
    expect((await poll(sandbox, body.device_code)).status).toBe(200)
  })
})

describe('the page of the identity provider', () => {
  async function openPage() {
    const sandbox = createFrozenSandbox({ accounts: [{ username: 'a<b>@example.com', sso: true }] })
    const server = await listen(sandbox)
    onTestFinished(() => server.close())
    const started = await fetch(`${server.url}/oauth2/default/v1/device/authorize`, {
      method: 'POST',
      body: new URLSearchParams({ client_id }),
    })
    const body: TokenResponse['body'] = await started.json()
    const submit = (form: Record<string, string>, headers: Record<string, string> = {}) =>
      send(server.url, {
        method: 'POST',
        path: '/activate',
        headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
        body: new URLSearchParams({ user_code: body.user_code, username: 'a<b>@example.com', ...form }).toString(),
      })
    return { sandbox, server, body, submit }
  }

  it('is at the address in the response, shows the code, and escapes what it shows', async () => {
    const { server, body } = await openPage()
    expect(body.verification_uri).toBe(`${server.url}/activate`)
    const page = await (await fetch(body.verification_uri_complete)).text()
    expect(page).toContain(`value="${body.user_code}"`)
    expect(page).toContain('<option>a&#60;b&#62;@example.com</option>')
    const injected = await (await fetch(`${server.url}/activate?user_code=%22%3E%3Cscript%3E`)).text()
    expect(injected).not.toContain('<script>')
  })

  it('signs in, and the token has the issuer that the request used', async () => {
    const { sandbox, server, body, submit } = await openPage()
    expect(await submit({ decision: 'approve' })).toMatchObject({ status: 200 })
    expect(await submit({ decision: 'approve' })).toMatchObject({ status: 400 })
    sandbox.clock.advance('5s')
    const response = await fetch(`${server.url}/oauth2/default/v1/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type, client_id, device_code: body.device_code }),
    })
    const { access_token: jwt } = (await response.json()) as TokenResponse['body']
    const { claims } = decode(jwt)
    expect(claims).toMatchObject({ iss: `${server.url}/oauth2/default`, sub: 'a<b>@example.com' })
  })

  it('refuses a sign-in, and rejects forms of other origins', async () => {
    const { sandbox, body, submit } = await openPage()
    expect(await submit({ decision: 'approve' }, { origin: 'https://elsewhere.test' })).toMatchObject({ status: 403 })
    expect(await submit({ decision: 'deny' })).toMatchObject({ status: 200 })
    expect((await poll(sandbox, body.device_code)).body.error).toBe('access_denied')
  })

  it('has the same over /__sandbox/sso', async () => {
    const { server, body } = await openPage()
    const control = async (path: string, input: object) =>
      (await fetch(`${server.url}/__sandbox/sso/${path}`, { method: 'POST', body: JSON.stringify(input) })).json()
    expect(await control('approve', { userCode: body.user_code, user: 1 })).toMatchObject({
      error: expect.stringContaining('An approval has no "user"'),
    })
    expect(await control('approve', { userCode: body.user_code, claims: { sub: 1 } })).toEqual({ ok: true })
    expect(await control('deny', { userCode: body.user_code })).toMatchObject({
      error: expect.stringContaining('No sign-in waits'),
    })
    expect(await control('rotate-keys', {})).toEqual({ ok: true })
  })
})
