import { describe, expect, it } from 'vitest'
import { mfa, sandboxed, wrongCode } from '../../test/sandboxed.ts'
import { developerClient } from '../clients.ts'
import { parseState } from '../machine/parse-state.ts'
import { serializeState } from '../machine/serialize-state.ts'
import type { MfaRequired } from '../machine/state.ts'
import { memoryStore } from '../store/memory-store.ts'
import { createSession } from './create-session.ts'

const minutes = 60_000

async function challenged() {
  const world = await sandboxed()
  const { baseUrl, clock, sandbox } = world
  const session = createSession({ client: developerClient(), baseUrl, clock })
  const state = await session.login(mfa)
  const right = () => sandbox.otp(mfa.username)
  return { ...world, session, state: state as MfaRequired, right, wrong: () => wrongCode(right()) }
}

describe('an account with MFA', () => {
  it('is asked for its code, and signed in by it without the password being sent again', async () => {
    const { session, state, clock, right, tokenRequests } = await challenged()
    expect(state).toMatchObject({
      status: 'mfa_required',
      challenge: { triesLeft: 3, endsAt: clock.now() + 10 * minutes },
    })
    expect(await session.submitOtp(right())).toMatchObject({
      status: 'signed_in',
      tokens: { grant: 'urn:custom:mfa-otp', refreshToken: undefined },
    })
    expect(Object.keys(tokenRequests()[1]?.form ?? {})).toEqual(['grant_type', 'mfa_token', 'otp'])
  })

  it('takes a code with blanks in it', async () => {
    const { session, right } = await challenged()
    const code = right()
    expect(await session.submitOtp(` ${code.slice(0, 3)} ${code.slice(3)} `)).toMatchObject({
      status: 'signed_in',
    })
  })

  it('stays in the same challenge after a wrong code, and counts the tries', async () => {
    const { session, state, right, wrong, clock } = await challenged()
    for (const triesLeft of [2, 1]) {
      await expect(session.submitOtp(wrong())).rejects.toMatchObject({
        code: 'code_refused',
        details: { triesLeft, endsAt: clock.now() + 10 * minutes },
      })
      const after = session.state as MfaRequired
      expect(after.status).toBe('mfa_required')
      expect(after.challenge.mfaToken.reveal()).toBe(state.challenge.mfaToken.reveal())
    }
    expect(await session.submitOtp(right())).toMatchObject({ status: 'signed_in' })
  })

  it('is over after three wrong codes: a fourth is not sent', async () => {
    const { session, right, wrong, tokenRequests } = await challenged()
    await expect(session.submitOtp(wrong())).rejects.toMatchObject({ code: 'code_refused' })
    await expect(session.submitOtp(wrong())).rejects.toMatchObject({ code: 'code_refused' })
    await expect(session.submitOtp(wrong())).rejects.toMatchObject({
      code: 'challenge_over',
      details: { reason: 'tries' },
      remedy: expect.stringContaining('Start over'),
    })
    expect(session.state).toMatchObject({ status: 'signed_out', reason: 'challenge_over' })
    await expect(session.submitOtp(right())).rejects.toMatchObject({ code: 'no_challenge' })
    expect(tokenRequests()).toHaveLength(4)
  })

  it('is over after ten minutes, without a timer and without a request', async () => {
    const { session, clock, right, tokenRequests } = await challenged()
    clock.advance(10 * minutes)
    expect(session.state).toMatchObject({ status: 'signed_out', reason: 'challenge_over' })
    await expect(session.submitOtp(right())).rejects.toMatchObject({
      code: 'challenge_over',
      details: { reason: 'age' },
    })
    expect(tokenRequests()).toHaveLength(1)
  })

  it('is tried as often and as long as the session says', async () => {
    const { baseUrl, clock, sandbox } = await sandboxed()
    const session = createSession({
      client: developerClient(),
      baseUrl,
      clock,
      challengeLimits: { tries: 1, maxAge: 1000 },
    })
    expect(await session.login(mfa)).toMatchObject({
      challenge: { triesLeft: 1, endsAt: clock.now() + 1000 },
    })
    await expect(session.submitOtp(wrongCode(sandbox.otp(mfa.username)))).rejects.toMatchObject({
      code: 'challenge_over',
    })
  })

  it('asks for the lifetime again in the second step', async () => {
    const { baseUrl, tokenRequests, sandbox, clock } = await sandboxed()
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
  ])('keeps the tries when a code has %s: it is not sent', async (_, code) => {
    const { session, tokenRequests } = await challenged()
    await expect(session.submitOtp(code)).rejects.toMatchObject({
      code: 'invalid_argument',
      details: { parameter: 'otp' },
    })
    expect(session.state).toMatchObject({ challenge: { triesLeft: 3 } })
    expect(tokenRequests()).toHaveLength(1)
  })

  it('counts a code whose answer was lost, and never sends it again by itself', async () => {
    const { session, sandbox, right, tokenRequests } = await challenged()
    sandbox.failNext({ drop: 'before', after: true })
    await expect(session.submitOtp(right())).rejects.toMatchObject({
      code: 'no_answer',
      details: { grant_type: 'urn:custom:mfa-otp', spent: true },
      remedy: expect.stringContaining('do not send it again'),
    })
    expect(session.state).toMatchObject({ status: 'mfa_required', challenge: { triesLeft: 2 } })
    expect(tokenRequests()).toHaveLength(2)
  })

  it.each([
    ['a server that fails', { status: 503, error: 'server_error' }, 'temporarily_unavailable'],
    ["a proxy's page", { status: 502, body: '<html>' }, 'unexpected_answer'],
    ['a client that is refused', { status: 400, error: 'invalid_client' }, 'grant_refused'],
  ])('gives the try back after %s: nobody judged the code', async (_, fault, code) => {
    const { session, sandbox, right } = await challenged()
    sandbox.failNext(fault)
    await expect(session.submitOtp(right())).rejects.toMatchObject({ code })
    expect(session.state).toMatchObject({ status: 'mfa_required', challenge: { triesLeft: 3 } })
    expect(await session.submitOtp(right())).toMatchObject({ status: 'signed_in' })
  })

  it('gives the try back after too many requests, and sends nothing until it may', async () => {
    const { session, sandbox, right, clock, tokenRequests } = await challenged()
    sandbox.failNext({ status: 429, error: 'rate_limit_exceeded', headers: { 'retry-after': '60' } })
    for (const retryAfter of [60, 30]) {
      await expect(session.submitOtp(right())).rejects.toMatchObject({
        code: 'rate_limited',
        details: { retryAfter },
      })
      expect(session.state).toMatchObject({ status: 'mfa_required', challenge: { triesLeft: 3 } })
      clock.advance('30s')
    }
    expect(tokenRequests()).toHaveLength(2)
    expect(await session.submitOtp(right())).toMatchObject({ status: 'signed_in' })
  })

  it('says that a code is missing when a token is asked for', async () => {
    const { session } = await challenged()
    expect(session.peekToken()).toBeUndefined()
    await expect(session.accessToken()).rejects.toMatchObject({
      code: 'mfa_required',
      details: { triesLeft: 3 },
    })
  })

  it('keeps the token from before while a new challenge waits, and after it is over', async () => {
    const { session, right, wrong } = await challenged()
    await session.submitOtp(right())
    const token = session.peekToken()
    await session.login(mfa)
    expect(session.state.status).toBe('mfa_required')
    expect(await session.accessToken()).toBe(token)
    for (let tries = 0; tries < 3; tries += 1) await session.submitOtp(wrong()).catch(() => {})
    expect(session.state.status).toBe('signed_in')
    expect(session.peekToken()).toBe(token)
  })
})

describe('a recovery code', () => {
  it('signs in where the service takes it', async () => {
    const { session, sandbox } = await challenged()
    const code = sandbox.accounts.find(({ username }) => username === mfa.username)?.mfa?.recoveryCodes[0]
    expect(await session.submitRecoveryCode(String(code))).toMatchObject({
      status: 'signed_in',
      tokens: { grant: 'urn:custom:recovery-code' },
    })
  })

  it('is never sent twice: a time-out says that it may be spent', async () => {
    const { session, sandbox, tokenRequests } = await challenged()
    sandbox.failNext({ drop: 'before' })
    await expect(session.submitRecoveryCode('abcd-efgh')).rejects.toMatchObject({
      code: 'no_answer',
      details: { grant_type: 'urn:custom:recovery-code', spent: true },
    })
    expect(tokenRequests()).toHaveLength(2)
  })

  it('is refused empty before anything is sent', async () => {
    const { session, tokenRequests } = await challenged()
    await expect(session.submitRecoveryCode('')).rejects.toMatchObject({
      details: { parameter: 'recoveryCode' },
    })
    expect(tokenRequests()).toHaveLength(1)
  })

  it('leaves the challenge open where the service does not know the grant', async () => {
    const { session, sandbox } = await challenged()
    sandbox.failNext({ status: 400, error: 'invalid_request' })
    await expect(session.submitRecoveryCode('abcd-efgh')).rejects.toMatchObject({ code: 'grant_refused' })
    expect(session.state).toMatchObject({ status: 'mfa_required', challenge: { triesLeft: 3 } })
  })
})

describe('a challenge that is taken up elsewhere', () => {
  it('is passed on by serializeState and parseState, tries and age included', async () => {
    const { session, wrong, right, baseUrl, clock } = await challenged()
    await session.submitOtp(wrong()).catch(() => {})
    const text = serializeState(session.state as MfaRequired)
    clock.advance(minutes)
    const elsewhere = createSession({ client: developerClient(), baseUrl, clock, state: parseState(text) })
    expect(elsewhere.state).toMatchObject({ status: 'mfa_required', challenge: { triesLeft: 2 } })
    expect(await elsewhere.submitOtp(right())).toMatchObject({
      status: 'signed_in',
      identity: { subject: 'account:mfa@example.com' },
    })
  })

  it('is found in a store that both share, is counted there, and is consumed once', async () => {
    const { baseUrl, clock, sandbox, tokenRequests } = await sandboxed()
    const store = memoryStore()
    const open = () =>
      createSession({ client: developerClient(), baseUrl, clock, store, subject: 'account:mfa@example.com' })
    const first = open()
    const second = open()
    await first.login(mfa)
    const right = sandbox.otp(mfa.username)
    await expect(second.submitOtp(wrongCode(right))).rejects.toMatchObject({ details: { triesLeft: 2 } })
    await expect(first.submitOtp(wrongCode(right))).rejects.toMatchObject({ details: { triesLeft: 1 } })
    const results = await Promise.allSettled([first.submitOtp(right), second.submitOtp(right)])
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'no_challenge' },
    })
    expect(tokenRequests()).toHaveLength(4)
    expect(await first.accessToken()).toBe(await second.accessToken())
  })

  it('is refused by a session of another server, client or account', async () => {
    const { session, baseUrl } = await challenged()
    const state = parseState(serializeState(session.state as MfaRequired))
    const others = [
      { client: developerClient(), baseUrl: 'https://api.particle.io' },
      { client: developerClient('particle-api'), baseUrl },
      { client: developerClient(), baseUrl, subject: 'account:dev@example.com' },
    ] as const
    for (const options of others) {
      expect(() => createSession({ ...options, state })).toThrow(
        expect.objectContaining({ code: 'invalid_state' }),
      )
    }
  })
})
