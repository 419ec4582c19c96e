import type { Sandbox, SandboxOptions } from '@particle-grants/sandbox'
import { createClock, createSandbox } from '@particle-grants/sandbox'
import { describe, expect, it } from 'vitest'
import { call, clients, dev, getMfaToken, mfa, requestToken, signIn } from '../../test/token-requests.ts'

const frozen = (settings: SandboxOptions = {}) =>
  createSandbox({ clock: createClock({ start: 0, frozen: true }), ...settings })
const correct = { grant_type: 'password', ...dev }
const wrong = { ...correct, password: 'wrong' }
const limited = { error: 'rate_limit_exceeded', error_description: 'Rate limit exceeded.' }

const status = async (sandbox: Sandbox, form = correct) => (await requestToken(sandbox, clients.developer, form)).status

async function fail(sandbox: Sandbox, times: number, form = wrong) {
  for (let i = 0; i < times; i += 1) await requestToken(sandbox, clients.developer, form)
}

describe('the lockout', () => {
  it('rejects correct requests too, for 30 minutes after the tenth failure in a row', async () => {
    const sandbox = frozen()
    await fail(sandbox, 9)
    expect(await status(sandbox, wrong)).toBe(400)
    const blocked = await requestToken(sandbox, clients.developer, correct)
    expect(blocked).toMatchObject({ status: 429, body: limited })
    expect(blocked.headers.get('cache-control')).toBe('no-store')
    expect(blocked.headers.get('retry-after')).toBeNull()
    sandbox.clock.advance('1799s')
    expect(await status(sandbox)).toBe(429)
    sandbox.clock.advance('1s')
    expect(await status(sandbox)).toBe(200)
  })

  it('starts counting again after a success, and after its end', async () => {
    const sandbox = frozen()
    await fail(sandbox, 9)
    expect(await status(sandbox)).toBe(200)
    await fail(sandbox, 9)
    expect(await status(sandbox)).toBe(200)
    await fail(sandbox, 10)
    sandbox.clock.advance('30m')
    await fail(sandbox, 9)
    expect(await status(sandbox)).toBe(200)
  })

  it('is not extended by requests that it rejects', async () => {
    const sandbox = frozen()
    await fail(sandbox, 10)
    sandbox.clock.advance('29m')
    await fail(sandbox, 20)
    sandbox.clock.advance('1m')
    expect(await status(sandbox)).toBe(200)
  })

  it('blocks one address only', async () => {
    const sandbox = frozen()
    const from = (address: string, form: Record<string, string>) =>
      sandbox.handle({
        method: 'POST',
        url: '/oauth/token',
        headers: {
          authorization: clients.developer,
          'content-type': 'application/x-www-form-urlencoded',
          'content-length': '1',
        },
        body: String(new URLSearchParams(form)),
        address,
      })
    for (let i = 0; i < 10; i += 1) await from('192.0.2.1', wrong)
    expect((await from('192.0.2.1', correct)).status).toBe(429)
    expect((await from('192.0.2.2', correct)).status).toBe(200)
  })

  it('does not block the API', async () => {
    const sandbox = frozen()
    const token = await signIn(sandbox)
    await fail(sandbox, 10)
    expect((await call(sandbox, { token, path: '/v1/devices' })).status).toBe(200)
  })

  it.each([
    ['mfa_required', { ...correct, ...mfa }],
    ['a rejected refresh token', { ...correct, grant_type: 'refresh_token', refresh_token: 'x' }],
    ['a malformed request', { ...correct, grant_type: 'urn:custom:mfa-token' }],
  ])('counts %s', async (_title, form) => {
    const sandbox = frozen()
    await fail(sandbox, 10, form)
    expect(await status(sandbox)).toBe(429)
  })

  it('can be changed or switched off', async () => {
    const short = frozen({ lockout: { failures: 2, seconds: 5 } })
    await fail(short, 2)
    expect(await status(short)).toBe(429)
    short.clock.advance('5s')
    expect(await status(short)).toBe(200)
    const none = frozen({ lockout: false })
    await fail(none, 50)
    expect(await status(none)).toBe(200)
  })
})

describe('the rate limit', () => {
  it('allows 100 requests in 5 minutes, in a sliding window', async () => {
    const sandbox = frozen()
    await status(sandbox)
    sandbox.clock.advance('1m')
    for (let i = 0; i < 99; i += 1) expect(await status(sandbox)).toBe(200)
    const blocked = await requestToken(sandbox, clients.developer, correct)
    expect(blocked).toMatchObject({ status: 429, body: limited })
    sandbox.clock.advance('4m')
    expect(await status(sandbox)).toBe(200)
    expect(await status(sandbox)).toBe(429)
  })

  it('can be switched off', async () => {
    const sandbox = frozen({ rateLimit: false })
    for (let i = 0; i < 120; i += 1) await getMfaToken(sandbox)
    sandbox.reset()
    expect(await status(sandbox)).toBe(200)
  })
})
