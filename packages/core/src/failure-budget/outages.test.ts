import { describe, expect, it } from 'vitest'
import { dev, mfa } from '../../test/sandboxed.ts'
import { codeOf, gated, withoutSockets } from '../../test/worlds.ts'
import { developerClient } from '../clients.ts'
import { createSessionPool } from '../pool.ts'
import { createSession } from '../session/create-session.ts'
import { customer } from '../subject.ts'
import type { BudgetProgress } from './failure-budget.ts'
import { hardLimit } from './limits.ts'

const down = { status: 503, error: 'server_error' } as const

/** Sessions on one store whose service can go away. */
function world() {
  const made = withoutSockets()
  const developer = () => createSession({ ...made.options, client: developerClient() })
  const times = async (count: number, call: () => Promise<unknown>) => {
    const codes: unknown[] = []
    for (let done = 0; done < count; done += 1) codes.push(await codeOf(call()))
    return codes
  }
  return { ...made, developer, times }
}

describe('an outage', () => {
  it.each([
    ['of the service', down],
    ['of a proxy before it', { status: 502, body: '<html>', headers: { 'content-type': 'text/html' } }],
  ] as const)('%s is behind half an hour later, whoever asked meanwhile', async (_, fault) => {
    const { owner, sandbox, clock, times } = world()
    sandbox.failNext({ ...fault, times: 1000 })
    const codes = await times(20, () => owner().authorize())
    expect(codes.filter((code) => code === 'failure_budget_spent')).toHaveLength(20 - (hardLimit - 2))
    sandbox.faults.clear()
    await expect(owner().authorize()).rejects.toMatchObject({
      code: 'failure_budget_spent',
      details: { until: clock.now() + 30 * 60_000 },
    })
    clock.advance('30m')
    expect(await owner().authorize()).toMatchObject({ status: 'signed_in' })
  })

  it('that loses answers is behind half an hour later for a request that was served before', async () => {
    const { owner, sandbox, clock, times, tokenRequests } = world()
    await owner().authorize()
    clock.advance('90d')
    sandbox.failNext({ drop: 'before', times: 1000 })
    await times(20, () => owner().authorize())
    expect(tokenRequests()).toHaveLength(1 + hardLimit)
    sandbox.faults.clear()
    clock.advance('30m')
    expect(await owner().authorize()).toMatchObject({ status: 'signed_in' })
  })

  it('that loses the answers to passwords counts until one succeeds: each may have been a refusal', async () => {
    const { developer, sandbox, clock, times, owner } = world()
    await owner().authorize({ expiresIn: 3600 })
    sandbox.failNext({ drop: 'before', times: 1000 })
    for (let probes = 0; probes < 20; probes += 1) {
      await times(1, () => developer().login(dev))
      clock.advance('30m')
    }
    sandbox.faults.clear()
    expect(await times(1, () => developer().login(dev))).toEqual(['failure_budget_spent'])
    // The last place is a renewal's, and its success is the proof that the address is not locked out.
    await owner().accessToken()
    expect(await times(1, () => developer().login(dev))).toEqual([undefined])
  })

  it('leaves nothing of requests that could not even be put together', async () => {
    const { developer, times } = world()
    await times(20, () => developer().login({ ...dev, scope: 'a\u0000b' }))
    expect(await developer().login(dev)).toMatchObject({ status: 'signed_in' })
  })
})

describe('a page in the place of a refusal', () => {
  it('counts as one: which it was is hidden', async () => {
    const { developer, sandbox, clock, times } = world()
    sandbox.failNext({ status: 403, body: '<html>', headers: { 'content-type': 'text/html' }, times: 1000 })
    for (let probes = 0; probes < 20; probes += 1) {
      await times(1, () => developer().login(dev))
      clock.advance('1h')
    }
    sandbox.faults.clear()
    expect(await times(1, () => developer().login(dev))).toEqual(['failure_budget_spent'])
  })
})

describe('a client that was refused', () => {
  it('is let go by itself again once it was served', async () => {
    const { owner, sandbox, clock, tokenRequests } = world()
    const session = owner()
    await session.authorize({ expiresIn: 3600 })
    clock.advance('1h')
    sandbox.failNext({ status: 400, error: 'invalid_client' })
    expect(await codeOf(session.accessToken())).toBe('grant_refused')
    expect(await codeOf(owner().accessToken())).toBe('refused_before')
    await session.renew()
    for (let days = 0; days < 30; days += 1) {
      clock.advance('1d')
      expect(await session.accessToken()).toMatch(/^[0-9a-f]{40}$/)
    }
    expect(tokenRequests()).toHaveLength(1 + 1 + 1 + 30)
  })
})

describe('a secret that is known to be wrong, and customers whom nobody knows', () => {
  it('are no served requests: what is lost of them counts, and the last places stay free', async () => {
    const { owner, sandbox, clock, times, tokenRequests, options } = world()
    await owner().authorize()
    const ghost = (index: number) => owner({ subject: customer(`ghost-${index}@example.com`) })
    await times(9, () => ghost(tokenRequests().length).authorize())
    expect(tokenRequests()).toHaveLength(1 + 7)
    expect(await owner().authorize()).toMatchObject({ status: 'signed_in' })
    sandbox.failNext({ status: 400, error: 'invalid_client' })
    expect(await codeOf(owner().authorize())).toBe('grant_refused')
    const sent = tokenRequests().length
    sandbox.failNext({ drop: 'before', times: 1000 })
    for (let tries = 0; tries < 20; tries += 1) {
      await times(1, () => createSession(options).authorize())
      clock.advance('31m')
    }
    expect(tokenRequests().length - sent).toBe(6)
  })
})

describe('of two answers that ask to wait', () => {
  it('the longer counts', async () => {
    const { owner, options, sandbox, clock } = world()
    const gate = gated(options.fetch)
    const names = ['a', 'b'].map((name) => customer(`${name}@example.com`))
    const both = names.map((subject) => codeOf(owner({ fetch: gate.fetch, subject }).authorize()))
    await expect.poll(gate.waiting).toBe(2)
    for (const seconds of ['3600', '0']) {
      sandbox.failNext({ status: 429, error: 'rate_limit_exceeded', headers: { 'retry-after': seconds } })
    }
    gate.open()
    expect(await Promise.all(both)).toEqual(['rate_limited', 'rate_limited'])
    clock.advance('59m')
    expect(await codeOf(owner().authorize())).toBe('rate_limited')
    clock.advance('1m')
    expect(await owner().authorize()).toMatchObject({ status: 'signed_in' })
  })
})

describe('sign-ins with MFA that were given up', () => {
  it('leave a place for the code of the one that is not', async () => {
    const { developer, sandbox, clock } = world()
    const session = () => developer()
    for (let days = 0; days < 6; days += 1) {
      await session().login(mfa)
      clock.advance('1d')
    }
    const last = session()
    await last.login(mfa)
    expect(await codeOf(session().login(mfa))).toBe('failure_budget_spent')
    expect(await last.submitOtp(sandbox.otp(mfa.username))).toMatchObject({ status: 'signed_in' })
    expect(await codeOf(session().login(mfa))).toBeUndefined()
  })
})

describe('an answer that comes after its request was given up for lost', () => {
  it('still tells that it is to be waited', async () => {
    const { owner, options, clock, sandbox } = world()
    const gate = gated(options.fetch)
    const slow = owner({ fetch: gate.fetch, subject: customer('jane@example.com') }).authorize()
    await expect.poll(gate.waiting).toBe(1)
    clock.advance('3m')
    // Somebody else sweeps it meanwhile.
    await owner().authorize()
    sandbox.failNext({ status: 429, error: 'rate_limit_exceeded', headers: { 'retry-after': '600' } })
    gate.open()
    expect(await codeOf(slow)).toBe('rate_limited')
    expect(await codeOf(owner().authorize())).toBe('rate_limited')
    clock.advance('10m')
    expect(await owner().authorize()).toMatchObject({ status: 'signed_in' })
  })
})

describe('who waits for the window of five minutes', () => {
  it('keeps nobody from logging out, and is not signed in then', async () => {
    const { owner, options, clock, tokenRequests } = world()
    for (let sent = 0; sent < 90; sent += 1) await owner().authorize({ expiresIn: 3600 })
    const wake: (() => void)[] = []
    const sleep = () => new Promise<void>((resolve) => wake.push(resolve))
    const session = owner({ clock: { now: options.clock.now, sleep } })
    const waiting = codeOf(session.renew())
    await expect.poll(() => wake.length).toBe(1)
    expect(await session.logout({ revoke: false })).toMatchObject({ accessToken: 'nothing' })
    clock.advance('5m')
    for (const go of wake) go()
    expect(await waiting).toBe('not_signed_in')
    expect(session.state.status).toBe('signed_out')
    expect(tokenRequests()).toHaveLength(90)
  })

  it('holds no lock meanwhile, and goes on when it opens', async () => {
    const { owner, options, store, clock, tokenRequests } = world()
    for (let sent = 0; sent < 90; sent += 1) await owner().authorize()
    const wake: (() => void)[] = []
    const sleeping = {
      now: options.clock.now,
      sleep: () => new Promise<void>((resolve) => wake.push(resolve)),
    }
    const pool = createSessionPool({ ...options, clock: sleeping })
    const seen: BudgetProgress[] = []
    pool.subscribe((progress) => seen.push(progress))
    const exclusively = store.exclusively.bind(store)
    let held = 0
    store.exclusively = (key, task) =>
      exclusively(key, async (lock) => {
        held += key.startsWith('session-') ? 1 : 0
        return task(lock).finally(() => {
          held -= key.startsWith('session-') ? 1 : 0
        })
      })
    const names = ['a', 'b', 'c'].map((name) => `${name}@example.com`)
    const asked = names.map((name) => codeOf(pool.customer(name).accessToken()))
    await expect.poll(() => seen.at(-1)?.queued).toBe(3)
    await expect.poll(() => wake.length).toBe(1)
    expect(held).toBe(0)
    expect(seen.at(-1)?.resumesAt).toBe(clock.now() + 5 * 60_000)
    clock.advance('5m')
    wake[0]?.()
    // The sandbox knows none of them.
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['grant_refused']))
    expect(
      tokenRequests()
        .slice(90)
        .map(({ form }) => form?.scope)
        .sort(),
    ).toEqual(names.map((name) => `customer=${name}`))
    expect(seen.at(-1)).toEqual({ queued: 0, inFlight: 0, resumesAt: undefined })
  })

  it('is let go at once when it gives up, and takes no place', async () => {
    const { owner, options, tokenRequests } = world()
    for (let sent = 0; sent < 90; sent += 1) await owner().authorize()
    const asleep = { now: options.clock.now, sleep: () => new Promise<void>(() => {}) }
    const aborter = new AbortController()
    const waiting = codeOf(
      owner({ clock: asleep, subject: customer('jane@example.com') }).authorize({ signal: aborter.signal }),
    )
    await Promise.resolve()
    aborter.abort(Object.assign(new Error('gone'), { code: 'gone' }))
    expect(await waiting).toBe('gone')
    expect(tokenRequests()).toHaveLength(90)
  })
})
