import { createClock, createSandbox } from '@particle-grants/sandbox'
import { describe, expect, it } from 'vitest'
import { answerChallenge, ask, call, clients, mfa, openChallenge } from '../../../test/token-requests.ts'

const start = Date.UTC(2026, 0, 1)
const frozen = (settings = {}) => createSandbox({ clock: createClock({ start, frozen: true }), ...settings })
const wrongCode = { error: 'invalid_token', error_description: 'Could not validate OTP.' }
const deadToken = { error: 'invalid_token', error_description: 'Invalid MFA token.' }

const recovery = { grant_type: 'urn:custom:recovery-code', recovery_code: 'a1b2-c3d4-e5f6' }

describe('a code of the authenticator', () => {
  it.each([
    ['-60s', 60_000, false],
    ['-30s', 30_000, true],
    ['now', 0, true],
    ['+30s', -30_000, true],
    ['+60s', -60_000, false],
  ])('of %s is judged with one step of tolerance', async (_title, age, good) => {
    const sandbox = frozen()
    const otp = sandbox.otp(mfa.username)
    sandbox.clock.set(start + age)
    const { status, body } = await answerChallenge(sandbox, await openChallenge(sandbox), { otp })
    expect(status).toBe(good ? 200 : 401)
    if (!good) expect(body).toEqual(wrongCode)
  })

  it.each(['123 456', '12345', '1234567', 'abcdef', ' 123456'])('is no code as "%s"', async (otp) => {
    const sandbox = frozen()
    expect((await answerChallenge(sandbox, await openChallenge(sandbox), { otp })).body).toEqual(wrongCode)
  })

  it('is accepted once', async () => {
    const sandbox = frozen()
    expect((await answerChallenge(sandbox, await openChallenge(sandbox))).status).toBe(200)
    const again = await openChallenge(sandbox)
    expect((await answerChallenge(sandbox, again)).body).toEqual(wrongCode)
    sandbox.clock.advance('30s')
    expect((await answerChallenge(sandbox, again)).status).toBe(200)
  })

  it('is accepted twice where that is set', async () => {
    const sandbox = frozen({ otpReuse: true })
    await answerChallenge(sandbox, await openChallenge(sandbox))
    expect((await answerChallenge(sandbox, await openChallenge(sandbox))).status).toBe(200)
  })
})

describe('an mfa_token', () => {
  it('survives a wrong code, and is spent by a right one', async () => {
    const sandbox = frozen()
    const mfaToken = await openChallenge(sandbox)
    expect((await answerChallenge(sandbox, mfaToken, { otp: '000000' })).body).toEqual(wrongCode)
    expect((await answerChallenge(sandbox, mfaToken)).status).toBe(200)
    sandbox.clock.advance('30s')
    expect(await answerChallenge(sandbox, mfaToken)).toMatchObject({ status: 401, body: deadToken })
  })

  it('is spent by a wrong code where that is set', async () => {
    const sandbox = frozen({ wrongCodeSpendsMfaToken: true })
    const mfaToken = await openChallenge(sandbox)
    await answerChallenge(sandbox, mfaToken, { otp: '000000' })
    expect((await answerChallenge(sandbox, mfaToken)).body).toEqual(deadToken)
  })

  it('dies after its lifetime', async () => {
    const sandbox = frozen({ mfaTokenLifetime: 60 })
    const [first, second] = [await openChallenge(sandbox), await openChallenge(sandbox)]
    sandbox.clock.advance('60s')
    expect((await answerChallenge(sandbox, first)).status).toBe(200)
    sandbox.clock.advance('30s')
    expect((await answerChallenge(sandbox, second)).body).toEqual(deadToken)
  })

  it('may be answered by another client, with tokens for the first, unless it is set to be bound', async () => {
    const other = {
      grant_type: 'urn:custom:mfa-otp',
      client_id: 'particle-cli',
      client_secret: 'particle-cli',
    }
    const free = frozen()
    const form = { ...other, mfa_token: await openChallenge(free), otp: free.otp(mfa.username) }
    const { body } = await ask(free, '', form)
    const info = await call(free, { token: body.access_token, path: '/v1/access_tokens/current' })
    expect(info.body.client).toBe('particle')
    const bound = frozen({ mfaTokenBoundToClient: true })
    expect((await ask(bound, '', { ...form, mfa_token: await openChallenge(bound) })).body).toEqual(deadToken)
  })

  it.each([
    ['the lifetime of the first step', { expires_in: '3600' }, {}, 3600],
    ['the first lifetime over the second', { expires_in: '3600' }, { expires_in: '60' }, 3600],
    ['no lifetime of 0, as the library', { expires_in: '0' }, {}, 7_776_000],
    ['0 when both steps ask for it', { expires_in: '0' }, { expires_in: '0' }, 0],
    ['the second lifetime where the first has none', {}, { expires_in: '60' }, 60],
    ['a date of the first step', { expires_at: '2026-01-01T01:00:00Z' }, {}, 3600],
  ])('keeps %s', async (...[_title, first, second, expiresIn]) => {
    const sandbox = frozen()
    const { body } = await answerChallenge(sandbox, await openChallenge(sandbox, first), second)
    expect(body.expires_in).toBe(expiresIn)
  })

  it('keeps the scope of the first step, and looks at none of the second', async () => {
    const sandbox = frozen()
    const mfaToken = await openChallenge(sandbox, { scope: 'devices:list' })
    const { body } = await answerChallenge(sandbox, mfaToken, { scope: 'bogus' })
    expect(body.scope).toBe('devices:list')
  })

  it('keeps nothing where that is set', async () => {
    const sandbox = frozen({ mfaTokenRemembersRequest: false })
    const mfaToken = await openChallenge(sandbox, { scope: 'devices:list', expires_in: '3600' })
    const { body } = await answerChallenge(sandbox, mfaToken)
    expect(body.expires_in).toBe(7_776_000)
    expect('scope' in body).toBe(false)
  })

  it('leads to the account that it was asked of, whatever username comes with the code', async () => {
    const sandbox = frozen()
    const mfaToken = await openChallenge(sandbox)
    const { body } = await answerChallenge(sandbox, mfaToken, { username: 'dev@example.com' })
    const user = await call(sandbox, { token: body.access_token, path: '/v1/user' })
    expect(user.body.username).toBe(mfa.username)
  })
})

describe('a recovery code', () => {
  it('is good once', async () => {
    const sandbox = frozen()
    const use = async () =>
      ask(sandbox, clients.developer, { ...recovery, mfa_token: await openChallenge(sandbox) })
    expect((await use()).status).toBe(200)
    expect(await use()).toMatchObject({
      status: 401,
      body: { error: 'invalid_token', error_description: 'Could not validate Recovery Code.' },
    })
  })

  it('needs a living mfa_token', async () => {
    const { status, body } = await ask(frozen(), clients.developer, { ...recovery, mfa_token: 'nope' })
    expect(status).toBe(401)
    expect(body).toEqual(deadToken)
  })

  it('is an unknown grant where it is not served, as in the documentation', async () => {
    const sandbox = frozen({ recoveryCodesServed: false })
    const { body } = await ask(sandbox, clients.developer, { ...recovery, mfa_token: 'nope' })
    expect(body.error_description).toBe('Invalid or missing grant_type parameter')
  })
})
