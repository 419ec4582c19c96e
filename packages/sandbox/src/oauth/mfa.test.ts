import { createClock, createSandbox } from '@particle-grants/sandbox'
import { describe, expect, it } from 'vitest'
import { call, clients, getMfaToken, mfa, requestToken, submitCode } from '../../test/token-requests.ts'

const start = Date.UTC(2026, 0, 1)
const frozen = (settings = {}) => createSandbox({ clock: createClock({ start, frozen: true }), ...settings })
const wrongCode = { error: 'invalid_token', error_description: 'Could not validate OTP.' }
const invalidToken = { error: 'invalid_token', error_description: 'Invalid MFA token.' }

const recovery = { grant_type: 'urn:custom:recovery-code', recovery_code: 'a1b2-c3d4-e5f6' }

describe('a code of the authenticator', () => {
  it.each([
    ['-60s', 60_000, false],
    ['-30s', 30_000, true],
    ['now', 0, true],
    ['+30s', -30_000, true],
    ['+60s', -60_000, false],
  ])('of %s is accepted within one step', async (_title, age, isAccepted) => {
    const sandbox = frozen()
    const otp = sandbox.otp(mfa.username)
    sandbox.clock.set(start + age)
    const { status, body } = await submitCode(sandbox, await getMfaToken(sandbox), { otp })
    expect(status).toBe(isAccepted ? 200 : 401)
    if (!isAccepted) expect(body).toEqual(wrongCode)
  })

  it.each(['123 456', '12345', '1234567', 'abcdef', ' 123456'])('is rejected as "%s"', async (otp) => {
    const sandbox = frozen()
    expect((await submitCode(sandbox, await getMfaToken(sandbox), { otp })).body).toEqual(wrongCode)
  })

  it('is accepted once', async () => {
    const sandbox = frozen()
    expect((await submitCode(sandbox, await getMfaToken(sandbox))).status).toBe(200)
    const again = await getMfaToken(sandbox)
    expect((await submitCode(sandbox, again)).body).toEqual(wrongCode)
    sandbox.clock.advance('30s')
    expect((await submitCode(sandbox, again)).status).toBe(200)
  })

  it('is accepted twice if the setting allows it', async () => {
    const sandbox = frozen({ otpReuse: true })
    await submitCode(sandbox, await getMfaToken(sandbox))
    expect((await submitCode(sandbox, await getMfaToken(sandbox))).status).toBe(200)
  })
})

describe('an mfa_token', () => {
  it('is valid after a wrong code, and ends with a correct one', async () => {
    const sandbox = frozen()
    const mfaToken = await getMfaToken(sandbox)
    expect((await submitCode(sandbox, mfaToken, { otp: '000000' })).body).toEqual(wrongCode)
    expect((await submitCode(sandbox, mfaToken)).status).toBe(200)
    sandbox.clock.advance('30s')
    expect(await submitCode(sandbox, mfaToken)).toMatchObject({ status: 401, body: invalidToken })
  })

  it('expires after its lifetime', async () => {
    const sandbox = frozen({ mfaTokenLifetime: 60 })
    const [first, second] = [await getMfaToken(sandbox), await getMfaToken(sandbox)]
    sandbox.clock.advance('60s')
    expect((await submitCode(sandbox, first)).status).toBe(200)
    sandbox.clock.advance('30s')
    expect((await submitCode(sandbox, second)).body).toEqual(invalidToken)
  })

  it('can be used by another client, with tokens for the first', async () => {
    const other = {
      grant_type: 'urn:custom:mfa-otp',
      client_id: 'particle-cli',
      client_secret: 'particle-cli',
    }
    const sandbox = frozen()
    const form = { ...other, mfa_token: await getMfaToken(sandbox), otp: sandbox.otp(mfa.username) }
    const { body } = await requestToken(sandbox, '', form)
    const info = await call(sandbox, { token: body.access_token, path: '/v1/access_tokens/current' })
    expect(info.body.client).toBe('particle')
  })

  it.each([
    ['the lifetime of the first step', { expires_in: '3600' }, {}, 3600],
    ['the first lifetime over the second', { expires_in: '3600' }, { expires_in: '60' }, 3600],
    ['no lifetime of 0, like the library', { expires_in: '0' }, {}, 7_776_000],
    ['0 if both steps request it', { expires_in: '0' }, { expires_in: '0' }, 0],
    ['the second lifetime where the first has none', {}, { expires_in: '60' }, 60],
    ['a date of the first step', { expires_at: '2026-01-01T01:00:00Z' }, {}, 3600],
  ])('keeps %s', async (...[_title, first, second, expiresIn]) => {
    const sandbox = frozen()
    const { body } = await submitCode(sandbox, await getMfaToken(sandbox, first), second)
    expect(body.expires_in).toBe(expiresIn)
  })

  it('keeps the scope of the first step, and ignores that of the second', async () => {
    const sandbox = frozen()
    const mfaToken = await getMfaToken(sandbox, { scope: 'devices:list' })
    const { body } = await submitCode(sandbox, mfaToken, { scope: 'bogus' })
    expect(body.scope).toBe('devices:list')
  })

  it('signs in the account of the first step, whatever username is sent with the code', async () => {
    const sandbox = frozen()
    const mfaToken = await getMfaToken(sandbox)
    const { body } = await submitCode(sandbox, mfaToken, { username: 'dev@example.com' })
    const user = await call(sandbox, { token: body.access_token, path: '/v1/user' })
    expect(user.body.username).toBe(mfa.username)
  })
})

describe('a recovery code', () => {
  it('can be used once', async () => {
    const sandbox = frozen()
    const use = async () =>
      requestToken(sandbox, clients.developer, { ...recovery, mfa_token: await getMfaToken(sandbox) })
    expect((await use()).status).toBe(200)
    expect(await use()).toMatchObject({
      status: 401,
      body: { error: 'invalid_token', error_description: 'Could not validate Recovery Code.' },
    })
  })

  it('needs a valid mfa_token', async () => {
    const { status, body } = await requestToken(frozen(), clients.developer, {
      ...recovery,
      mfa_token: 'nope',
    })
    expect(status).toBe(401)
    expect(body).toEqual(invalidToken)
  })

  it('is an unknown grant if it is not enabled, as in the documentation', async () => {
    const sandbox = frozen({ grants: ['password', 'urn:custom:mfa-otp'] })
    const { body } = await requestToken(sandbox, clients.developer, { ...recovery, mfa_token: 'nope' })
    expect(body.error_description).toBe('Invalid or missing grant_type parameter')
  })
})
