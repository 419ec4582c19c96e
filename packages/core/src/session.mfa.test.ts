import { describe, expect, it } from 'vitest'
import { mfa, startSandbox, toWrongCode } from '../test/sandboxed.ts'
import { developerClient } from './clients.ts'
import { createSession } from './create-session.ts'
import { memoryStore } from './store.ts'
import { account } from './subject.ts'

const minute = 60_000

/** Starts a session whose password was accepted, so that it waits for a code. */
async function startChallenge() {
  const world = await startSandbox()
  const { baseUrl, clock, sandbox } = world
  const session = createSession({ client: developerClient(), baseUrl, clock })
  const state = await session.login(mfa)
  const getCode = () => sandbox.otp(mfa.username)
  return { ...world, session, state, getCode, getWrongCode: () => toWrongCode(getCode()) }
}

describe('login to an account with MFA', () => {
  it('asks for a code, which signs in without sending the password again', async () => {
    const { session, state, clock, getCode, tokenRequests } = await startChallenge()
    expect(state).toEqual({
      status: 'mfa_required',
      subject: account(mfa.username),
      challenge: { attemptsLeft: 3, expiresAt: clock.now() + 10 * minute },
    })
    expect(await session.submitOtp(getCode())).toMatchObject({
      status: 'signed_in',
      subject: account(mfa.username),
    })
    expect(tokenRequests().map(({ grant_type }) => grant_type)).toEqual(['password', 'urn:custom:mfa-otp'])
    expect(Object.keys(tokenRequests()[1]?.form ?? {})).toEqual(['grant_type', 'mfa_token', 'otp'])
  })

  it('accepts a code with spaces', async () => {
    const { session, getCode } = await startChallenge()
    const code = getCode()
    expect(await session.submitOtp(` ${code.slice(0, 3)} ${code.slice(3)} `)).toMatchObject({
      status: 'signed_in',
    })
  })

  it('keeps the challenge after a wrong code, and counts the attempts', async () => {
    const { session, getCode, getWrongCode, clock } = await startChallenge()
    const expiresAt = clock.now() + 10 * minute
    for (const attemptsLeft of [2, 1]) {
      await expect(session.submitOtp(getWrongCode())).rejects.toMatchObject({
        code: 'invalid_code',
        details: { attemptsLeft, expiresAt },
      })
      expect(session.state).toMatchObject({ status: 'mfa_required', challenge: { attemptsLeft, expiresAt } })
    }
    expect(await session.submitOtp(getCode())).toMatchObject({ status: 'signed_in' })
  })

  it('closes the challenge after three wrong codes, and does not send a fourth', async () => {
    const { session, getCode, getWrongCode, tokenRequests } = await startChallenge()
    await expect(session.submitOtp(getWrongCode())).rejects.toMatchObject({ code: 'invalid_code' })
    await expect(session.submitOtp(getWrongCode())).rejects.toMatchObject({ code: 'invalid_code' })
    await expect(session.submitOtp(getWrongCode())).rejects.toMatchObject({
      code: 'challenge_expired',
      retry: 'after_sign_in',
      details: { reason: 'attempts' },
      message: expect.stringContaining('Sign in with username and password again'),
    })
    expect(session.state).toMatchObject({ status: 'signed_out', reason: 'challenge_expired' })
    await expect(session.submitOtp(getCode())).rejects.toMatchObject({ code: 'no_challenge' })
    expect(tokenRequests()).toHaveLength(4)
  })

  it('closes the challenge after ten minutes, without a timer and without a request', async () => {
    const { session, clock, getCode, tokenRequests } = await startChallenge()
    clock.advance(10 * minute)
    expect(session.state).toMatchObject({ status: 'signed_out', reason: 'challenge_expired' })
    await expect(session.submitOtp(getCode())).rejects.toMatchObject({
      code: 'challenge_expired',
      details: { reason: 'age' },
    })
    expect(tokenRequests()).toHaveLength(1)
  })

  it('limits attempts and age as the session is configured', async () => {
    const { baseUrl, clock, sandbox } = await startSandbox()
    const limits = { maxAttempts: 1, maxAgeMs: 1000 }
    const session = createSession({ client: developerClient(), baseUrl, clock, mfa: limits })
    expect(await session.login(mfa)).toMatchObject({
      challenge: { attemptsLeft: 1, expiresAt: clock.now() + 1000 },
    })
    await expect(session.submitOtp(toWrongCode(sandbox.otp(mfa.username)))).rejects.toMatchObject({
      code: 'challenge_expired',
    })
  })

  it('requests the lifetime again with the code', async () => {
    const { baseUrl, tokenRequests, sandbox, clock } = await startSandbox()
    const session = createSession({ client: developerClient(), baseUrl, clock })
    await session.login({ ...mfa, expiresIn: 3600 })
    expect(await session.submitOtp(sandbox.otp(mfa.username))).toMatchObject({
      tokens: { expiresAt: clock.now() + 3_600_000 },
    })
    expect(tokenRequests().map(({ form }) => form?.expires_in)).toEqual(['3600', '3600'])
  })

  it.each([
    ['too few digits', '12345'],
    ['letters', 'abcdef'],
    ['a number, whose leading zeros are lost', 123456 as unknown as string],
  ])('keeps the attempts when a code has %s: it is not sent', async (_, code) => {
    const { session, tokenRequests } = await startChallenge()
    await expect(session.submitOtp(code)).rejects.toMatchObject({
      code: 'invalid_argument',
      details: { parameter: 'otp' },
    })
    expect(session.state).toMatchObject({ status: 'mfa_required', challenge: { attemptsLeft: 3 } })
    expect(tokenRequests()).toHaveLength(1)
  })

  it('counts a code whose response was lost, and never sends it again automatically', async () => {
    const { session, sandbox, getCode, tokenRequests } = await startChallenge()
    sandbox.failNext({ drop: 'before', after: true })
    await expect(session.submitOtp(getCode())).rejects.toMatchObject({
      code: 'network_error',
      details: { grantType: 'urn:custom:mfa-otp', mayBeSpent: true },
      message: expect.stringContaining('may have been used'),
    })
    expect(session.state).toMatchObject({ status: 'mfa_required', challenge: { attemptsLeft: 2 } })
    expect(tokenRequests()).toHaveLength(2)
  })

  it.each([
    ['a server that fails', { status: 503, error: 'server_error' }, 'temporarily_unavailable'],
    ["a proxy's page", { status: 502, body: '<html>' }, 'temporarily_unavailable'],
    ["a captive portal's page", { status: 200, body: '<html>' }, 'unexpected_response'],
    ['a refused client', { status: 400, error: 'invalid_client' }, 'oauth_error'],
  ])('gives the attempt back after %s: the code was not judged', async (_, fault, code) => {
    const { session, sandbox, getCode } = await startChallenge()
    sandbox.failNext(fault)
    await expect(session.submitOtp(getCode())).rejects.toMatchObject({ code })
    expect(session.state).toMatchObject({ status: 'mfa_required', challenge: { attemptsLeft: 3 } })
    expect(await session.submitOtp(getCode())).toMatchObject({ status: 'signed_in' })
  })

  it('gives the attempt back after 429, and sends nothing before Retry-After', async () => {
    const { session, sandbox, getCode, clock, tokenRequests } = await startChallenge()
    const retryAt = clock.now() + minute
    sandbox.failNext({ status: 429, error: 'rate_limit_exceeded', headers: { 'retry-after': '60' } })
    for (const _ of ['the response', 'the guard']) {
      await expect(session.submitOtp(getCode())).rejects.toMatchObject({
        code: 'rate_limited',
        retry: 'later',
        retryAt,
      })
      expect(session.state).toMatchObject({ status: 'mfa_required', challenge: { attemptsLeft: 3 } })
      clock.advance('30s')
    }
    expect(tokenRequests()).toHaveLength(2)
    expect(await session.submitOtp(getCode())).toMatchObject({ status: 'signed_in' })
  })

  it('makes getAccessToken() say that a code is missing', async () => {
    const { session } = await startChallenge()
    expect(session.peekAccessToken()).toBeUndefined()
    await expect(session.getAccessToken()).rejects.toMatchObject({
      code: 'mfa_required',
      retry: 'after_sign_in',
      details: { attemptsLeft: 3 },
    })
  })

  it('hides the tokens of an earlier sign-in from its session while a new one is not complete', async () => {
    const { session, getCode, getWrongCode, clock } = await startChallenge()
    await session.submitOtp(getCode())
    await session.login(mfa)
    expect(session.state.status).toBe('mfa_required')
    await expect(session.getAccessToken()).rejects.toMatchObject({ code: 'mfa_required' })
    for (let attempt = 0; attempt < 3; attempt += 1) await session.submitOtp(getWrongCode()).catch(() => {})
    expect(session.state).toMatchObject({ status: 'signed_out', reason: 'challenge_expired' })
    await expect(session.getAccessToken()).rejects.toMatchObject({ code: 'not_signed_in' })
    expect(session.peekAccessToken()).toBeUndefined()
    clock.advance(minute)
    await session.login(mfa)
    await session.submitOtp(getCode())
    expect(await session.getAccessToken()).toMatch(/^[0-9a-f]{40}$/)
  })

  it('keeps the current token of a profile while a new challenge is open, and after it has expired', async () => {
    const { baseUrl, clock, sandbox } = await startSandbox()
    const session = createSession({ client: developerClient(), baseUrl, clock, profile: 'work' })
    await session.login(mfa)
    await session.submitOtp(sandbox.otp(mfa.username))
    const token = session.peekAccessToken()
    await session.login(mfa)
    expect(session.state.status).toBe('mfa_required')
    expect(await session.getAccessToken()).toBe(token)
    const wrongCode = toWrongCode(sandbox.otp(mfa.username))
    for (let attempt = 0; attempt < 3; attempt += 1) await session.submitOtp(wrongCode).catch(() => {})
    expect(session.state.status).toBe('signed_in')
    expect(session.peekAccessToken()).toBe(token)
  })

  it('replaces the first challenge by the second login', async () => {
    const { session, getCode, getWrongCode, tokenRequests } = await startChallenge()
    await session.submitOtp(getWrongCode()).catch(() => {})
    expect(await session.login(mfa)).toMatchObject({ challenge: { attemptsLeft: 3 } })
    await session.submitOtp(getCode())
    expect(tokenRequests().at(-1)).toMatchObject({ grant_type: 'urn:custom:mfa-otp', status: 200 })
  })
})

describe('submitRecoveryCode', () => {
  it('signs in where the server supports the grant', async () => {
    const { session, sandbox, tokenRequests } = await startChallenge()
    const code = sandbox.accounts.find(({ username }) => username === mfa.username)?.mfa?.recoveryCodes[0]
    expect(await session.submitRecoveryCode(String(code))).toMatchObject({ status: 'signed_in' })
    expect(tokenRequests()[1]).toMatchObject({ grant_type: 'urn:custom:recovery-code', status: 200 })
  })

  it('never sends a code twice: after a lost response it says that the code may have been used', async () => {
    const { session, sandbox, tokenRequests } = await startChallenge()
    sandbox.failNext({ drop: 'before' })
    await expect(session.submitRecoveryCode('abcd-efgh')).rejects.toMatchObject({
      code: 'network_error',
      details: { grantType: 'urn:custom:recovery-code', mayBeSpent: true },
    })
    expect(tokenRequests()).toHaveLength(2)
  })

  it('rejects an empty code before anything is sent', async () => {
    const { session, tokenRequests } = await startChallenge()
    await expect(session.submitRecoveryCode('')).rejects.toMatchObject({
      code: 'invalid_argument',
      details: { parameter: 'recoveryCode' },
    })
    expect(tokenRequests()).toHaveLength(1)
  })

  it('keeps the challenge open where the server does not know the grant', async () => {
    const { session, sandbox } = await startChallenge()
    sandbox.failNext({ status: 400, error: 'invalid_request' })
    await expect(session.submitRecoveryCode('abcd-efgh')).rejects.toMatchObject({ code: 'oauth_error' })
    expect(session.state).toMatchObject({ status: 'mfa_required', challenge: { attemptsLeft: 3 } })
  })
})

describe('an MFA challenge in a shared store', () => {
  it('continues in another process, with its attempts and its age, and is used once', async () => {
    const { baseUrl, clock, sandbox, tokenRequests } = await startSandbox()
    const store = memoryStore()
    const subject = account(mfa.username)
    const open = () => createSession({ client: developerClient(), baseUrl, clock, store, subject })
    const first = open()
    const second = open()
    const expiresAt = clock.now() + 10 * minute
    await first.login(mfa)
    clock.advance(minute)
    const code = sandbox.otp(mfa.username)
    await second.load()
    expect(second.state).toMatchObject({ status: 'mfa_required', challenge: { attemptsLeft: 3, expiresAt } })
    await expect(second.submitOtp(toWrongCode(code))).rejects.toMatchObject({ details: { attemptsLeft: 2 } })
    await expect(first.submitOtp(toWrongCode(code))).rejects.toMatchObject({ details: { attemptsLeft: 1 } })
    const results = await Promise.allSettled([first.submitOtp(code), second.submitOtp(code)])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'no_challenge' },
    })
    expect(tokenRequests()).toHaveLength(4)
    // The process whose code came too late has no complete sign-in, and a new session finds the tokens.
    const [winner, loser] = results[0]?.status === 'fulfilled' ? [first, second] : [second, first]
    await expect(loser.getAccessToken()).rejects.toMatchObject({ code: 'not_signed_in' })
    expect(await open().getAccessToken()).toBe(await winner.getAccessToken())
  })

  it('is invisible to a session of another server, client or account', async () => {
    const { baseUrl, clock } = await startSandbox()
    const store = memoryStore()
    const subject = account(mfa.username)
    await createSession({ client: developerClient(), baseUrl, clock, store, subject }).login(mfa)
    const others = [
      { client: developerClient(), subject },
      { client: developerClient('particle-api'), baseUrl, subject },
      { client: developerClient(), baseUrl, subject: account('dev@example.com') },
      { client: developerClient(), baseUrl },
    ] as const
    for (const options of others) {
      const session = createSession({ clock, store, ...options })
      expect(await session.load()).toMatchObject({ status: 'signed_out', reason: 'never_signed_in' })
      await expect(session.submitOtp('123456')).rejects.toMatchObject({ code: 'no_challenge' })
    }
  })
})
