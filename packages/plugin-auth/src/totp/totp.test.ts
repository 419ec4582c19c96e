import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSession, developerClient, memoryStore } from '@particle-grants/core'
import { createSandbox } from '@particle-grants/sandbox'
import { fileStore } from '@particle-grants/store-file'
import { leaksIn, SimulatedClock } from '@particle-grants/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import { recordKey } from './account.ts'
import {
  forgetTotpKey,
  keepTotpKey,
  keptTotpKey,
  parseTotpKey,
  type SubmitTotpOptions,
  submitTotp,
} from './index.ts'
import { claimStep } from './steps.ts'

const secret = 'JBSWY3DPEHPK3PXP'
const account = { baseUrl: 'https://api.particle.io', username: 'mfa@example.com' }

/** Stands still, but for those who sleep by it. */
class SleepingClock extends SimulatedClock {
  readonly slept: number[] = []

  async sleep(milliseconds: number): Promise<void> {
    this.slept.push(milliseconds)
    this.advance(milliseconds)
  }
}

/** A session of the sandbox's account with MFA, challenged. */
async function challenged(clock = new SleepingClock(Date.UTC(2026, 10, 24, 12, 0, 10))) {
  const sandbox = createSandbox({
    clock: {
      now: () => clock.now(),
      advance: () => {
        throw new Error('The test moves its own clock.')
      },
      set: () => {
        throw new Error('The test moves its own clock.')
      },
    },
  })
  const start = async () => {
    const session = createSession({ client: developerClient(), fetch: sandbox.fetch, clock })
    expect(await session.login({ username: account.username, password: 'battery staple' })).toMatchObject({
      status: 'mfa_required',
    })
    return session
  }
  const options: SubmitTotpOptions = { key: parseTotpKey(secret), account, steps: memoryStore(), clock }
  const otps = () => sandbox.requests().filter(({ grant_type }) => grant_type === 'urn:custom:mfa-otp')
  return { clock, sandbox, start, options, otps }
}

describe("an authenticator's key", () => {
  const at = Date.UTC(2026, 0, 1)
  const code = (text: string) =>
    parseTotpKey(text)
      .code(at / 30_000)
      .reveal()

  it.each([
    ['groups and small letters', 'jbsw y3dp ehpk 3pxp'],
    ['dashes', 'JBSW-Y3DP-EHPK-3PXP'],
    ['a line end of Windows', `${secret}\r\n`],
    ['padding', `${secret}======`],
    ['a URI', `otpauth://totp/Particle:mfa@example.com?secret=${secret}&issuer=Particle`],
  ])('is read from base32 with %s', (_, text) => {
    expect(code(text)).toBe(code(secret))
  })

  it('is read with the algorithm and period that a URI names', () => {
    const uri = `otpauth://totp/a?secret=${secret}&algorithm=SHA256&period=60`

    expect(parseTotpKey(uri).stepLength).toBe(60_000)
    expect(parseTotpKey(parseTotpKey(uri).uri()).stepLength).toBe(60_000)
    expect(code(uri)).not.toBe(code(secret))
  })

  it.each([
    ['nothing', ' \n', /is empty/],
    ['a code', '123456', /looks like a code/],
    ['what is no base32', 'PLANTED-018-SECRET', /not base32/],
    ['what is too short', 'PLANTED', /too short/],
    ['a broken URI', 'otpauth://totp/PLANTED?secret=%%%', /no otpauth/],
    ['a URI that counts', `otpauth://hotp/a?secret=PLANTED2PLANTED2&counter=1`, /hotp/],
    ['eight digits', `otpauth://totp/a?secret=PLANTED2PLANTED2&digits=8`, /six digits/],
  ])('is refused when it is %s, in words that do not repeat it', (_, text, message) => {
    let thrown: unknown
    try {
      parseTotpKey(text)
    } catch (caught) {
      thrown = caught
    }
    expect(thrown).toMatchObject({ code: 'invalid_argument', message: expect.stringMatching(message) })
    expect(leaksIn(thrown, ['PLANTED', '123456'])).toEqual([])
  })

  it('shows in no print of it', () => {
    expect(leaksIn(parseTotpKey(secret), [secret])).toEqual([])
  })
})

describe('a kept key', () => {
  it("is the account's own, is replaced, and is forgotten", async () => {
    const keyring = memoryStore()
    expect(await keptTotpKey(keyring, account)).toBeUndefined()
    await keepTotpKey(keyring, account, parseTotpKey('GEZDGNBVGY3TQOJQ'))
    await keepTotpKey(keyring, account, parseTotpKey(secret))

    expect((await keptTotpKey(keyring, account))?.code(1).reveal()).toBe(
      parseTotpKey(secret).code(1).reveal(),
    )
    expect(await keptTotpKey(keyring, { ...account, username: 'dev@example.com' })).toBeUndefined()
    expect(await keptTotpKey(keyring, { ...account, baseUrl: 'http://127.0.0.1:1' })).toBeUndefined()
    expect(await forgetTotpKey(keyring, account)).toBe(true)
    expect(await forgetTotpKey(keyring, account)).toBe(false)
    expect(await keyring.load(recordKey('key', account))).toBeUndefined()
  })
})

describe('signing in with a key', () => {
  it('sends the current code, once', async () => {
    const { start, options, clock, otps } = await challenged()

    expect(await submitTotp(await start(), options)).toMatchObject({ status: 'signed_in' })
    expect(otps()).toHaveLength(1)
    expect(clock.slept).toEqual([])
  })

  it('waits for the next time step where the current one was used', async () => {
    const { start, options, clock, otps } = await challenged()
    const waits: unknown[] = []
    await submitTotp(await start(), options)
    await submitTotp(await start(), { ...options, onWait: (...wait) => waits.push(wait) })

    // 12:00:10: the next step begins 20 s later.
    expect(waits).toEqual([[20_000, 'used']])
    expect(clock.slept).toEqual([20_000])
    expect(otps().map(({ status }) => status)).toEqual([200, 200])
  })

  it('follows a refused code by the next, and never sends the same again', async () => {
    const { start, options, clock, otps, sandbox } = await challenged()
    const waits: unknown[] = []
    const used = await start()
    // A person was faster, on another machine.
    await used.submitOtp(sandbox.otp(account.username))
    await submitTotp(await start(), { ...options, onWait: (...wait) => waits.push(wait) })

    expect(otps().map(({ status }) => status)).toEqual([200, 401, 200])
    expect(waits).toEqual([[20_000, 'refused']])
    expect(clock.slept).toEqual([20_000])
  })

  it('gives up after two refused codes: the key is wrong, and failures lead to a lockout', async () => {
    const { start, options, otps } = await challenged()
    const session = await start()
    const wrong = { ...options, key: parseTotpKey('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ') }
    const thrown = await submitTotp(session, wrong).catch((caught: unknown) => caught)

    expect(thrown).toMatchObject({ code: 'invalid_code', details: { attemptsLeft: 1 } })
    expect(otps().map(({ status }) => status)).toEqual([401, 401])
    expect(leaksIn(thrown, ['GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'])).toEqual([])
  })

  it('takes what another process signed in meanwhile, in the same session', async () => {
    const { sandbox, clock, options, otps } = await challenged()
    const store = memoryStore()
    const open = () =>
      createSession({ client: developerClient(), fetch: sandbox.fetch, clock, store, profile: 'work' })
    const [first, second] = [open(), open()]
    const credentials = { username: account.username, password: 'battery staple' }
    await first.login(credentials)
    await second.login(credentials)

    expect(await submitTotp(first, options)).toMatchObject({ status: 'signed_in' })
    expect(await submitTotp(second, options)).toMatchObject({ status: 'signed_in' })
    expect(otps().map(({ status }) => status)).toEqual([200])
  })

  it('passes on what is no refusal of the code, at once', async () => {
    const { start, options, otps, sandbox } = await challenged()
    const session = await start()
    sandbox.failNext({ status: 503, error: 'server_error', times: 5 })

    await expect(submitTotp(session, options)).rejects.toMatchObject({ code: 'temporarily_unavailable' })
    expect(otps()).toHaveLength(1)
  })

  it('stops waiting when it is aborted', async () => {
    const { options, start } = await challenged()
    const controller = new AbortController()
    const session = await start()
    await claimStep(options.steps, account, Math.floor((options.clock?.now() ?? 0) / 30_000))
    const never = { now: () => options.clock?.now() ?? 0, sleep: () => new Promise<void>(() => {}) }
    const submitted = submitTotp(session, {
      ...options,
      clock: never,
      signal: controller.signal,
      onWait: () => controller.abort(),
    })

    await expect(submitted).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('a time step', () => {
  it('is claimed once, and not before one that was sent when the clock is set back a little', async () => {
    const steps = memoryStore()

    expect(await claimStep(steps, account, 100)).toEqual({ claimed: true })
    expect(await claimStep(steps, account, 100)).toEqual({ claimed: false, next: 101 })
    expect(await claimStep(steps, account, 98)).toEqual({ claimed: false, next: 101 })
    expect(await claimStep(steps, account, 50)).toEqual({ claimed: true })
    expect(await claimStep(steps, account, 101)).toEqual({ claimed: true })
  })

  it('is claimed by one of many at once, on a file store, which tells nothing of the account', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'totp-steps-'))
    onTestFinished(() => rm(directory, { recursive: true }))
    const stores = Array.from({ length: 6 }, () => fileStore({ directory }))
    const claims = await Promise.all(stores.map((steps) => claimStep(steps, account, 7)))

    expect(claims.filter(({ claimed }) => claimed)).toHaveLength(1)
    const files = await Promise.all(
      (await readdir(directory, { withFileTypes: true }))
        .filter((file) => file.isFile())
        .map(async ({ name }) => name + (await readFile(join(directory, name), 'utf8'))),
    )
    expect(leaksIn(files, [account.username, secret])).toEqual([])
  })

  it('is taken as it comes where what was remembered is damaged', async () => {
    const steps = memoryStore()
    await claimStep(steps, account, 1)
    const key = recordKey('steps', account)
    for (const damaged of ['no JSON', '{"used":5}']) {
      await steps.save(key, damaged, (await steps.load(key))?.version ?? null)
      expect(await claimStep(steps, account, 1)).toEqual({ claimed: true })
    }
  })
})
