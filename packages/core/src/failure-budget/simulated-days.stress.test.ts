import { createClock, createSandbox } from '@particle-grants/sandbox'
import { rounds } from '@particle-grants/test-kit/levels'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dev, mfa, product, wrongCode } from '../../test/sandboxed.ts'
import { useSyncDigest } from '../../test/sync-digest.ts'
import { developerClient, productClient } from '../clients.ts'
import { createSession } from '../session/create-session.ts'
import { memoryStore } from '../store/memory-store.ts'
import { customer } from '../subject.ts'

useSyncDigest()

const wrong = { ...dev, password: 'wrong' }

/** What people and programs do, in random order. */
const actions = [
  'bad customer',
  'server down',
  'lost renewal',
  'lost first token',
  'wrong password',
  'right password',
  'code',
  'wrong code',
  'renewal',
  'dead refresh token',
  'wrong secret',
  'lost answer',
] as const
/** Each walk uses some of the actions, so that in many walks no success resets the count of failures. */
const walk = fc
  .subarray([...actions], { minLength: 1 })
  .chain((some) =>
    fc.array(
      fc.oneof(
        { weight: 5, arbitrary: fc.constantFrom(...some) },
        { weight: 1, arbitrary: fc.constantFrom(60_000, 30 * 60_000, 6 * 3_600_000, 86_400_000) },
      ),
      { minLength: 10, maxLength: rounds({ test: 16, stress: 60 }) },
    ),
  )

/** Runs several processes that share a store against a sandbox with its lockout on. */
async function run(steps: readonly (string | number)[], failureCountFades: number | false) {
  const clock = createClock({ start: Date.UTC(2026, 0, 1), frozen: true })
  const sandbox = createSandbox({ clock, failureCountFades })
  const store = memoryStore()
  const common = { baseUrl: 'https://api.particle.io', clock, store, fetch: sandbox.fetch }
  const developer = () => createSession({ ...common, client: developerClient() })
  const withMfa = () =>
    createSession({ ...common, client: developerClient(), subject: 'account:mfa@example.com' })
  const jane = createSession({
    ...common,
    client: productClient(product),
    subject: customer('jane@example.com'),
  })
  const product1234 = (subject: 'owner' | `customer:${string}`) =>
    createSession({ ...common, client: productClient(product), subject, authorizeOnUse: true })
  const owner = product1234('owner')
  const lose = () => sandbox.failNext({ drop: 'before', after: true })
  const janes = sandbox.accounts.find(({ username }) => username === 'jane@example.com')
  const does: Record<(typeof actions)[number], () => Promise<unknown>> = {
    'wrong password': () => developer().login(wrong),
    'right password': () => developer().login(dev),
    code: async () => {
      const session = withMfa()
      await session.login(mfa)
      await session.submitOtp(sandbox.otp(mfa.username))
    },
    'wrong code': async () => {
      const session = withMfa()
      await session.login(mfa)
      await session.submitOtp(wrongCode(sandbox.otp(mfa.username)))
    },
    renewal: async () => {
      if (jane.state.status !== 'signed_in') {
        await jane.login({ username: 'jane@example.com', password: String(janes?.password) })
      }
      await jane.renew()
    },
    'dead refresh token': async () => {
      sandbox.revoke({ username: 'jane@example.com', refreshTokens: true })
      await jane.renew()
    },
    'wrong secret': () =>
      createSession({ ...common, client: productClient({ ...product, secret: 'wrong' }) }).authorize(),
    'lost answer': () => {
      lose()
      return developer().login(wrong)
    },
    'bad customer': () => product1234(customer(`nobody-${steps.length % 7}@example.com`)).accessToken(),
    'server down': () => {
      sandbox.failNext({ status: 503, error: 'server_error' })
      return developer().login(wrong)
    },
    'lost renewal': async () => {
      await owner.accessToken()
      lose()
      await owner.renew()
    },
    'lost first token': () => {
      lose()
      return product1234('owner').authorize()
    },
  }
  for (const action of steps) {
    if (typeof action === 'number') clock.advance(action)
    else await does[action as (typeof actions)[number]]().catch(() => {})
    sandbox.faults.clear()
  }
  return sandbox.requests().filter(({ path }) => path === '/oauth/token')
}

describe('simulated days of people and programs', () => {
  it.each([
    ['a failure count that never fades', false],
    ['a failure count that fades in half an hour', 1800],
  ] as const)('never reach the tenth failure in a row, with %s', async (_, fades) => {
    await fc.assert(
      fc.asyncProperty(walk, async (steps) => {
        const requests = await run(steps, fades)
        expect(requests.filter(({ status }) => status === 429)).toEqual([])
      }),
      { numRuns: rounds({ test: 100, stress: 300 }) },
    )
  })

  it('reach the lockout when each login has its own failure budget', async () => {
    const sandbox = createSandbox({ clock: createClock({ frozen: true }) })
    const statuses: number[] = []
    for (let tries = 0; tries < 11; tries += 1) {
      const session = createSession({ client: developerClient(), fetch: sandbox.fetch })
      await session.login(wrong).catch(() => {})
      statuses.push(Number(sandbox.requests().at(-1)?.status))
    }
    expect(statuses.at(-1)).toBe(429)
  })
})
