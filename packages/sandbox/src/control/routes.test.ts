import type { Sandbox } from '@particle-grants/sandbox'
import { createSandbox } from '@particle-grants/sandbox'
import type { SandboxServer } from '@particle-grants/sandbox/node'
import { listen } from '@particle-grants/sandbox/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { send } from '../../test/raw-http.ts'
import { call, clients, dev, mfa, requestToken, signIn } from '../../test/token-requests.ts'

let sandbox: Sandbox
let server: SandboxServer
beforeEach(async () => {
  sandbox = createSandbox()
  server = await listen(sandbox)
})
afterEach(() => server.close())

const get = async (path: string) => send(server.url, { method: 'GET', path: `/__sandbox${path}` })
const post = async (path: string, body?: unknown) =>
  send(server.url, {
    path: `/__sandbox${path}`,
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    headers: typeof body === 'string' ? { 'content-type': 'application/x-www-form-urlencoded' } : {},
  })

describe('the routes under /__sandbox', () => {
  it.each(['', '/'])('show the state at "%s"', async (path) => {
    const { json } = await get(path)
    expect(Object.keys(json)).toEqual(['clock', 'accounts', 'clients', 'settings', 'faults'])
    expect(json.clock.iso).toBe(new Date(json.clock.now).toISOString())
    expect(json.accounts[0]).toMatchObject(dev)
    expect(json.settings.lockout).toEqual({ failures: 10, seconds: 1800 })
  })

  it.each([{ advance: '90d' }, { advance: 7_776_000_000 }, '{"advance":"90d"}'])(
    'move the clock by %j, also as curl -d sends it',
    async (body) => {
      const before = sandbox.clock.now()
      const { json } = await post('/clock', body)
      expect(json.now - before).toBeGreaterThanOrEqual(7_776_000_000)
      expect(json.now - before).toBeLessThan(7_776_060_000)
    },
  )

  it.each([{ advance: 1e300 }, { advance: '9999999999d' }, { set: 1e300 }])(
    'keep the time of the clock if the new one is beyond the end of time: %j',
    async (body) => {
      const { status, json } = await post('/clock', body)
      expect([status, json.error]).toEqual([400, expect.stringMatching(/the years -271821 to 275760/)])
      expect((await get('/')).status).toBe(200)
      expect(await signIn(sandbox)).toMatch(/^[0-9a-f]{40}$/)
      expect((await post('/clock', { set: 1000 })).json.iso).toMatch(/^1970-01-01T00:00:0/)
    },
  )

  it.each([{ set: 8.64e15 }, { set: -8.64e15 }])('work at an end of time: %j', async (body) => {
    expect((await post('/clock', body)).status).toBe(200)
    expect((await get('/')).status).toBe(200)
    expect(await signIn(sandbox)).toMatch(/^[0-9a-f]{40}$/)
  })

  it.each([{ set: 1000 }, { set: '1970-01-01T00:00:01Z' }])('set the clock to %j', async (body) => {
    expect((await post('/clock', body)).json.iso).toMatch(/^1970-01-01T00:00:0/)
  })

  it('queue, list and remove faults', async () => {
    await post('/faults', { status: 502, body: '<h1>', times: 3 })
    await post('/faults', { error: 'server_error', times: 2 })
    expect((await get('/faults')).json).toEqual([
      { status: 502, body: '<h1>', times: 3 },
      { error: 'server_error', times: 2 },
    ])
    await send(server.url, { method: 'DELETE', path: '/__sandbox/faults' })
    expect((await get('/faults')).json).toEqual([])
  })

  it('list the requests, all or the last ones', async () => {
    await signIn(sandbox)
    await signIn(sandbox)
    expect((await get('/requests')).json).toEqual(sandbox.requests())
    expect((await get('/requests?last=1')).json).toEqual(sandbox.requests().slice(-1))
    expect((await get('/requests?last=0')).json).toEqual([])
    expect((await get('/requests?last=one')).status).toBe(400)
  })

  it('return the code of an account', async () => {
    expect((await get('/otp/mfa@example.com')).json).toEqual({ otp: sandbox.otp('mfa@example.com') })
    expect((await get('/otp/mfa%40example.com')).status).toBe(200)
  })

  it('expire and revoke tokens', async () => {
    const token = await signIn(sandbox)
    const description = async () => (await call(sandbox, { token, path: '/v1/user' })).body.error_description
    expect((await post('/expire', { username: dev.username })).json).toEqual({ tokens: 1 })
    expect(await description()).toMatch(/expired/)
    expect((await post('/revoke')).json).toEqual({ tokens: 1 })
    expect(await description()).toMatch(/invalid/)
  })

  const refreshing = async () => {
    const { body } = await requestToken(sandbox, clients.product, { grant_type: 'client_credentials' })
    return async () => {
      const form = { grant_type: 'refresh_token', refresh_token: body.refresh_token }
      return (await requestToken(sandbox, clients.product, form)).status
    }
  }

  it.each([
    [false, 200],
    [true, 400],
  ])('revoke refresh tokens only if told to: %s', async (refreshTokens, status) => {
    const refresh = await refreshing()
    expect((await post('/revoke', { refreshTokens })).json).toEqual({ tokens: 1 })
    expect(await refresh()).toBe(status)
  })

  it.each(['/revoke', '/expire'])('keep all tokens after wrong input at %s', async (path) => {
    const token = await signIn(sandbox)
    const wrong = [
      [{ user: mfa.username }, /has no "user". Known: username, refreshTokens/],
      ['user=x', /not a JSON object/],
      ['null', /not a JSON object/],
      [{ username: 5 }, /"username" is a string/],
      [{ username: null }, /"username" is a string/],
      [{ username: '' }, /no account called/],
      [{ refreshTokens: 'yes' }, /"refreshTokens" is true or false/],
    ] as const
    for (const [body, error] of wrong) {
      const { status, json } = await post(path, body)
      expect([body, status, json.error]).toEqual([body, 400, expect.stringMatching(error)])
    }
    expect((await post(`${path}?username=${mfa.username}`)).json.error).toMatch(/in the body/)
    expect((await call(sandbox, { token, path: '/v1/user' })).status).toBe(200)
  })

  it('reset everything', async () => {
    await signIn(sandbox)
    sandbox.clock.advance('90d')
    expect((await post('/reset')).json).toEqual({ ok: true })
    expect(sandbox.requests()).toEqual([])
    expect(Math.abs(sandbox.clock.now() - Date.now())).toBeLessThan(60_000)
  })

  it.each([
    ['/clock', {}, /Send \{"advance":"90d"\}/],
    ['/clock', { advance: 'tomorrow' }, /is not a duration/],
    ['/clock', { advance: '1d', set: 1 }, /Send \{"advance":"90d"\}/],
    ['/clock', { advance: '1d', by: 1 }, /has no "by". Known: advance, set/],
    ['/clock', { advance: true }, /"advance" is a string or a number/],
    ['/clock', { set: 'tomorrow' }, /milliseconds since 1970/],
    ['/clock', '{"advance"', /not a JSON object/],
    ['/clock', [1], /not a JSON object/],
    ['/faults', { stat: 1 }, /A fault has no "stat"/],
    ['/revoke', { username: 'unknown' }, /no account called unknown/],
  ])('reject wrong input at %s with 400 and a message: %j', async (path, body, error) => {
    const { status, json } = await post(path, body)
    expect(status).toBe(400)
    expect(json.error).toMatch(error)
  })

  it('explain that there is no second factor, or no such route', async () => {
    expect((await get('/otp/dev@example.com')).json.error).toMatch(/has no second factor/)
    expect((await get('/nope')).status).toBe(404)
  })
})
