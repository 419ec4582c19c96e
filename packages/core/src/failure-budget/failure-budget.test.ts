import { describe, expect, it } from 'vitest'
import { dev, mfa, product, sandboxed } from '../../test/sandboxed.ts'
import { developerClient, productClient } from '../clients.ts'
import { createSession } from '../session/create-session.ts'
import { memoryStore } from '../store/memory-store.ts'
import { customer } from '../subject.ts'
import { resetFailureBudget } from './failure-budget.ts'

const wrong = { ...dev, password: 'wrong' }

async function signedOut() {
  const world = await sandboxed()
  const { baseUrl, clock } = world
  const store = memoryStore()
  const developer = () => createSession({ client: developerClient(), baseUrl, clock, store })
  const owner = () => createSession({ client: productClient(product), baseUrl, clock, store })
  return { ...world, store, developer, owner }
}

/** What became of so many calls, one after the other. */
async function codes(count: number, call: () => Promise<unknown>): Promise<string[]> {
  const found: string[] = []
  for (let done = 0; done < count; done += 1) {
    found.push(
      await call().then(
        () => 'ok',
        (error: { code: string }) => error.code,
      ),
    )
  }
  return found
}

describe('the failure budget', () => {
  it('pauses passwords after five failures, over sessions that share a store, then lets one probe at a time through', async () => {
    const { developer, clock, tokenRequests } = await signedOut()
    expect(await codes(7, () => developer().login(wrong))).toEqual([
      ...Array(5).fill('grant_refused'),
      'failure_budget_spent',
      'failure_budget_spent',
    ])
    await expect(developer().login(dev)).rejects.toMatchObject({
      details: { failures: 5, until: clock.now() + 30 * 60_000 },
      remedy: expect.stringContaining('2026-01-01T00:30:00Z'),
    })
    expect(tokenRequests()).toHaveLength(5)
    clock.advance('30m')
    const probes = await Promise.allSettled([developer().login(wrong), developer().login(wrong)])
    expect(probes.map((probe) => probe.status === 'rejected' && probe.reason.code).sort()).toEqual([
      'failure_budget_spent',
      'grant_refused',
    ])
  })

  it('is cleared by a success', async () => {
    const { developer, tokenRequests } = await signedOut()
    expect(await codes(4, () => developer().login(wrong))).not.toContain('failure_budget_spent')
    await developer().login(dev)
    expect(await codes(5, () => developer().login(wrong))).not.toContain('failure_budget_spent')
    expect(tokenRequests()).toHaveLength(10)
  })

  it('pauses at as many failures as the session says', async () => {
    const { baseUrl, clock, store } = await signedOut()
    const options = { client: developerClient(), baseUrl, clock, store, failureBudget: { attempts: 2 } }
    expect(await codes(3, () => createSession(options).login(wrong))).toEqual([
      'grant_refused',
      'grant_refused',
      'failure_budget_spent',
    ])
  })

  it("keeps a fleet going when its users' passwords are wrong, and never takes its last place from it", async () => {
    const { developer, owner, clock, tokenRequests } = await signedOut()
    const session = owner()
    await session.authorize()
    for (let hours = 0; hours < 12; hours += 1) {
      await codes(6, () => developer().login(wrong))
      clock.advance('1h')
    }
    // 5 at once, 2 probes; the last two places are not theirs.
    expect(tokenRequests()).toHaveLength(1 + 7)
    clock.advance('90d')
    expect(await session.accessToken()).toMatch(/^[0-9a-f]{40}$/)
    expect(await codes(1, () => developer().login(wrong))).toEqual(['grant_refused'])
  })

  it('counts a challenge for the hard limit only: signing in with MFA again and again is no failure', async () => {
    const { baseUrl, clock, store, sandbox, tokenRequests } = await signedOut()
    const session = createSession({ client: developerClient(), baseUrl, clock, store })
    expect(await codes(8, () => session.login(mfa))).toEqual([...Array(7).fill('ok'), 'failure_budget_spent'])
    expect(tokenRequests()).toHaveLength(7)
    expect(await session.submitOtp(sandbox.otp(mfa.username))).toMatchObject({ status: 'signed_in' })
  })

  it('counts requests whose answer was lost as possible failures', async () => {
    const { developer, sandbox, tokenRequests } = await signedOut()
    sandbox.failNext({ drop: 'before', times: 5 })
    expect(await codes(6, () => developer().login(dev))).toEqual([
      ...Array(5).fill('no_answer'),
      'failure_budget_spent',
    ])
    expect(tokenRequests()).toHaveLength(5)
  })

  it('obeys 429 for half an hour when nothing else is said', async () => {
    const { developer, sandbox, clock, tokenRequests } = await signedOut()
    sandbox.failNext({ status: 429, body: '<html>' })
    expect(await codes(2, () => developer().login(dev))).toEqual(['rate_limited', 'rate_limited'])
    clock.advance('30m')
    expect(await codes(1, () => developer().login(dev))).toEqual(['ok'])
    expect(tokenRequests()).toHaveLength(2)
  })

  it('lets seven first tokens be asked for at once, and the next when one has come back', async () => {
    const { baseUrl, clock, store } = await signedOut()
    const releases: (() => void)[] = []
    const sessions = Array.from({ length: 12 }, (_, index) =>
      createSession({
        client: productClient(product),
        subject: customer(`customer-${index}`),
        baseUrl,
        clock,
        store,
        fetch: () =>
          new Promise((resolve) => {
            const tokens = { token_type: 'bearer', access_token: `token-${index}` }
            releases.push(() => resolve(Response.json(tokens)))
          }),
      }),
    )
    const done = sessions.map((session) => session.authorize())
    await expect.poll(() => releases.length).toBe(7)
    releases.shift()?.()
    await expect.poll(() => releases.length).toBe(7)
    const released = async () => {
      while (releases.length > 0) releases.shift()?.()
    }
    await expect
      .poll(async () => {
        await released()
        return (await Promise.allSettled(done.map((one) => Promise.race([one, Promise.reject()])))).filter(
          ({ status }) => status === 'fulfilled',
        ).length
      })
      .toBe(12)
  })

  it('can be reset by whoever knows better', async () => {
    const { developer, store, baseUrl } = await signedOut()
    await codes(5, () => developer().login(wrong))
    await resetFailureBudget(store, baseUrl)
    await resetFailureBudget(store, baseUrl)
    expect(await codes(1, () => developer().login(dev))).toEqual(['ok'])
  })

  it('takes a record that can’t be read for a lockout that may be near, and writes it anew', async () => {
    const { developer, store, clock } = await signedOut()
    await developer().login(dev)
    const key = String((await store.list()).find((one) => one.startsWith('budget-')))
    const record = await store.load(key)
    await store.save(key, '{"version":1,', String(record?.version))
    expect(await codes(1, () => developer().login(dev))).toEqual(['failure_budget_spent'])
    clock.advance('30m')
    expect(await codes(1, () => developer().login(dev))).toEqual(['ok'])
  })

  it('gives the place of a process that died back as a possible failure', async () => {
    const { developer, store, clock, baseUrl } = await signedOut()
    const dying = createSession({
      client: developerClient(),
      baseUrl,
      clock,
      store,
      fetch: () => new Promise(() => {}),
    })
    void dying.login(mfa)
    await expect.poll(async () => (await store.list()).length).toBe(1)
    clock.advance('3m')
    expect(await codes(5, () => developer().login(wrong))).toEqual([
      ...Array(4).fill('grant_refused'),
      'failure_budget_spent',
    ])
  })

  it('is not confused by a clock that goes back', async () => {
    const { developer, clock } = await signedOut()
    await codes(5, () => developer().login(wrong))
    clock.set(clock.now() - 3 * 86_400_000)
    expect(await codes(1, () => developer().login(dev))).toEqual(['failure_budget_spent'])
    clock.advance('31m')
    expect(await codes(1, () => developer().login(dev))).toEqual(['ok'])
  })
})
