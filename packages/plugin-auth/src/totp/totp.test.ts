import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createSession, developerClient, memoryStore } from '@particle-grants/core'
import { createSandbox } from '@particle-grants/sandbox'
import { fileStore } from '@particle-grants/store-file'
import { findLeaks, SimulatedClock } from '@particle-grants/test-kit'
import { describe, expect, it, onTestFinished } from 'vitest'
import {
  claimStep,
  getRecordKey,
  loadTotpKey,
  parseTotpKey,
  removeTotpKey,
  saveTotpKey,
  submitTotp,
  type TotpOptions,
} from './totp.ts'

const secret = 'JBSWY3DPEHPK3PXP'
const account = { baseUrl: 'https://api.particle.io', username: 'mfa@example.com' }

/** Advances only when something sleeps. */
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
  const options: TotpOptions = { key: parseTotpKey(secret), account, steps: memoryStore(), clock }
  const otps = () => sandbox.requests().filter(({ grant_type }) => grant_type === 'urn:custom:mfa-otp')
  return { clock, sandbox, start, options, otps }
}

describe('parseTotpKey', () => {
  const at = Date.UTC(2026, 0, 1)
  const code = (text: string) =>
    parseTotpKey(text)
      .generateCode(at / 30_000)
      .reveal()

  it.each([
    ['groups and small letters', 'jbsw y3dp ehpk 3pxp'],
    ['dashes', 'JBSW-Y3DP-EHPK-3PXP'],
    ['a Windows line end', `${secret}\r\n`],
    ['padding', `${secret}======`],
    ['a URI', `otpauth://totp/Particle:mfa@example.com?secret=${secret}&issuer=Particle`],
  ])('parses base32 with %s', (_, text) => {
    expect(code(text)).toBe(code(secret))
  })

  it('reads algorithm and period from a URI', () => {
    const uri = `otpauth://totp/a?secret=${secret}&algorithm=SHA256&period=60`

    expect(parseTotpKey(uri).stepMs).toBe(60_000)
    expect(parseTotpKey(parseTotpKey(uri).toUri()).stepMs).toBe(60_000)
    expect(code(uri)).not.toBe(code(secret))
  })

  it.each([
    ['an empty text', ' \n', /is empty/],
    ['a code', '123456', /looks like a code/],
    ['text that is not base32', 'PLANTED-018-SECRET', /not base32/],
    ['a secret that is too short', 'PLANTED', /too short/],
    ['a broken URI', 'otpauth://totp/PLANTED?secret=%%%', /not a valid otpauth/],
    ['a counter-based URI', `otpauth://hotp/a?secret=PLANTED2PLANTED2&counter=1`, /hotp/],
    ['eight digits', `otpauth://totp/a?secret=PLANTED2PLANTED2&digits=8`, /six digits/],
  ])('rejects %s without repeating it', (_, text, message) => {
    let thrown: unknown
    try {
      parseTotpKey(text)
    } catch (caught) {
      thrown = caught
    }
    expect(thrown).toMatchObject({ code: 'invalid_argument', message: expect.stringMatching(message) })
    expect(findLeaks(thrown, ['PLANTED', '123456'])).toEqual([])
  })

  it('is not shown when it is printed', () => {
    expect(findLeaks(parseTotpKey(secret), [secret])).toEqual([])
  })
})

describe('the key in the keyring', () => {
  it('belongs to one account, and can be replaced and removed', async () => {
    const keyring = memoryStore()
    expect(await loadTotpKey(keyring, account)).toBeUndefined()
    await saveTotpKey(keyring, account, parseTotpKey('GEZDGNBVGY3TQOJQ'))
    await saveTotpKey(keyring, account, parseTotpKey(secret))

    expect((await loadTotpKey(keyring, account))?.generateCode(1).reveal()).toBe(
      parseTotpKey(secret).generateCode(1).reveal(),
    )
    expect(await loadTotpKey(keyring, { ...account, username: 'dev@example.com' })).toBeUndefined()
    expect(await loadTotpKey(keyring, { ...account, baseUrl: 'http://127.0.0.1:1' })).toBeUndefined()
    expect(await removeTotpKey(keyring, account)).toBe(true)
    expect(await removeTotpKey(keyring, account)).toBe(false)
    expect(await keyring.load(getRecordKey('key', account))).toBeUndefined()
  })
})

describe('submitTotp', () => {
  it('sends the current code, once', async () => {
    const { start, options, clock, otps } = await challenged()

    const session = await start()
    await submitTotp(session, options)
    expect(session.state.status).toBe('signed_in')
    expect(otps()).toHaveLength(1)
    expect(clock.slept).toEqual([])
  })

  it('waits for the next time step if the current one was used', async () => {
    const { start, options, clock, otps } = await challenged()
    const waits: number[] = []
    await submitTotp(await start(), options)
    await submitTotp(await start(), { ...options, onWait: (ms) => waits.push(ms) })

    // 12:00:10: the next step begins 20 s later.
    expect(waits).toEqual([20_000])
    expect(clock.slept).toEqual([20_000])
    expect(otps().map(({ status }) => status)).toEqual([200, 200])
  })

  it('sends the next code after a rejected one, and never the same code twice', async () => {
    const { start, options, clock, otps, sandbox } = await challenged()
    const waits: number[] = []
    const used = await start()
    // A person was faster, on another machine.
    await used.submitOtp(sandbox.otp(account.username))
    await submitTotp(await start(), { ...options, onWait: (ms) => waits.push(ms) })

    expect(otps().map(({ status }) => status)).toEqual([200, 401, 200])
    expect(waits).toEqual([20_000])
    expect(clock.slept).toEqual([20_000])
  })

  it('stops after two rejected codes', async () => {
    const { start, options, otps } = await challenged()
    const session = await start()
    const wrong = { ...options, key: parseTotpKey('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ') }
    const thrown = await submitTotp(session, wrong).catch((caught: unknown) => caught)

    expect(thrown).toMatchObject({ code: 'invalid_code', details: { attemptsLeft: 1 } })
    expect(otps().map(({ status }) => status)).toEqual([401, 401])
    expect(findLeaks(thrown, ['GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'])).toEqual([])
  })

  it('rejects at once for any other error', async () => {
    const { start, options, otps, sandbox } = await challenged()
    const session = await start()
    sandbox.failNext({ status: 503, error: 'server_error', times: 5 })

    await expect(submitTotp(session, options)).rejects.toMatchObject({ code: 'temporarily_unavailable' })
    expect(otps()).toHaveLength(1)
  })
})

describe('claimStep', () => {
  it('claims a step once, and none before it if the clock is set back a little', async () => {
    const steps = memoryStore()

    expect(await claimStep(steps, account, 100)).toBeUndefined()
    expect(await claimStep(steps, account, 100)).toBe(101)
    expect(await claimStep(steps, account, 98)).toBe(101)
    expect(await claimStep(steps, account, 50)).toBeUndefined()
    expect(await claimStep(steps, account, 101)).toBeUndefined()
  })

  it('grants a step to one of many callers, and stores nothing about the account', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'totp-steps-'))
    onTestFinished(() => rm(directory, { recursive: true }))
    const stores = Array.from({ length: 6 }, () => fileStore({ directory }))
    const claims = await Promise.all(stores.map((steps) => claimStep(steps, account, 7)))

    expect(claims.filter((next) => next === undefined)).toHaveLength(1)
    const files = await Promise.all(
      (await readdir(directory, { withFileTypes: true }))
        .filter((file) => file.isFile())
        .map(async ({ name }) => name + (await readFile(join(directory, name), 'utf8'))),
    )
    expect(findLeaks(files, [account.username, secret])).toEqual([])
  })

  it('ignores a damaged record', async () => {
    const steps = memoryStore()
    await claimStep(steps, account, 1)
    const key = getRecordKey('steps', account)
    for (const damaged of ['not a number', '{"used":1}']) {
      await steps.save(key, damaged, (await steps.load(key))?.version ?? null)
      expect(await claimStep(steps, account, 1)).toBeUndefined()
    }
  })
})
