import { createClock, createSandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { reportCounts, rounds } from '@particle-grants/test-kit/levels'
import { buildProgram, type Program, runProgram } from '@particle-grants/test-kit/programs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { Attempt } from '../programs/failing-login.ts'
import { client, createTemporaryFolder } from '../test/signed-in-customer.ts'

const processCount = 3
const halfAnHourMs = 30 * 60_000

let processes: readonly Program[] = []
beforeAll(async () => {
  const program = await buildProgram(new URL('../programs/failing-login.ts', import.meta.url))
  processes = Array.from({ length: processCount }, () => runProgram(program))
})
afterAll(async () => {
  for (const process of processes) process.end()
  await Promise.all(processes.map(({ exited }) => exited))
})

/** What people and programs do. Those of one group do it at the same moment, each in another process. */
const failures = [
  'wrong password',
  'wrong code',
  'wrong secret',
  'deleted customer',
  'another deleted customer',
] as const
type Action = (typeof failures)[number] | 'right password' | 'right secret' | 'lost response'

const group = fc.array(fc.constantFrom(...failures), { minLength: 1, maxLength: processCount })
// A success is alone in its group, so that the order of the group's responses does not matter.
const success = fc.constantFrom<Action[]>(['right password'], ['right secret'])
const pause = fc.constantFrom(1000, 60_000, halfAnHourMs, 6 * 3_600_000, 86_400_000)
const walk = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: group },
    { weight: 1, arbitrary: success },
    { weight: 1, arbitrary: fc.constant<Action[]>(['lost response']) },
    { weight: 2, arbitrary: pause },
  ),
  { minLength: 20, maxLength: 40 },
)

/** A sandbox with Particle's limits, and processes that share a file store. */
async function openWorld() {
  const clock = createClock({ start: Date.UTC(2026, 0, 1), frozen: true })
  const sandbox = createSandbox({ clock })
  const server = await listen(sandbox)
  onTestFinished(() => server.close())
  const directory = createTemporaryFolder()
  const getPassword = (name: string) => String(sandbox.accounts.find(({ username }) => username === name)?.password)
  const developer = { username: 'dev@example.com', password: getPassword('dev@example.com') }

  const toRequest = (action: Action): Attempt['request'] => {
    switch (action) {
      case 'right password':
        return { ...developer, type: 'login' }
      case 'wrong password':
      case 'lost response':
        return { ...developer, type: 'login', password: 'wrong' }
      case 'wrong code': {
        const username = 'mfa@example.com'
        const otp = sandbox.otp(username) === '000000' ? '000001' : '000000'
        return { type: 'code', username, password: getPassword(username), otp }
      }
      case 'right secret':
        return { ...client, type: 'token', customer: 'jane@example.com' }
      case 'wrong secret':
        return { ...client, type: 'token', secret: 'wrong' }
      case 'deleted customer':
      case 'another deleted customer':
        return { ...client, type: 'token', customer: `${action.replaceAll(' ', '-')}@example.com` }
    }
  }
  const run = async (action: Action, index: number): Promise<string> => {
    if (action === 'lost response') sandbox.failNext({ drop: 'before', after: true })
    const process = processes[index] as Program
    const request = toRequest(action)
    process.send(JSON.stringify({ baseUrl: server.url, directory, now: clock.now(), request } as Attempt))
    const outcome = await process.next()
    sandbox.faults.clear()
    return outcome
  }
  const listRequests = () => sandbox.requests().filter(({ path }) => path === '/oauth/token')
  return { clock, run, listRequests }
}

describe('several processes that share a file store', () => {
  it('keep the promises of the lockout guard over simulated days', async () => {
    const counts = { walks: 0, attempts: 0, requests: 0, 'held back': 0, 'ninth refusals': 0, lockouts: 0 }
    await fc.assert(
      fc.asyncProperty(walk, async (steps) => {
        const { clock, run, listRequests } = await openWorld()
        let seen = 0
        /** Refusals in a row that a process has seen, and when the ninth was. */
        let refusals = 0
        let ninthAt = Number.NEGATIVE_INFINITY
        for (const step of steps) {
          if (typeof step === 'number') {
            clock.advance(step)
            continue
          }
          const outcomes = await Promise.all(step.map(run))
          expect(outcomes).not.toContain('no bounded retryAt')
          const requests = listRequests().slice(seen)
          seen += requests.length
          // Within 30 minutes of the ninth refusal it has seen, the library sends no automatic request.
          if (refusals >= 9 && clock.now() < ninthAt + halfAnHourMs) {
            expect(requests.filter(({ grant_type }) => grant_type === 'client_credentials')).toEqual([])
          }
          counts.attempts += outcomes.length
          counts['held back'] += outcomes.filter((code) => code === 'backing_off').length
          counts.lockouts += requests.some(({ status }) => status === 429) ? 1 : 0
          if (requests.some(({ status }) => status === 200)) refusals = 0
          const before = refusals
          refusals += requests.filter(
            ({ status, dropped, error }) =>
              [400, 401].includes(status) && dropped === undefined && error !== 'mfa_required',
          ).length
          if (before < 9 && refusals >= 9) {
            ninthAt = clock.now()
            counts['ninth refusals'] += 1
          }
        }
        counts.walks += 1
        counts.requests += seen
        // No wait exceeds 24 hours, and nothing needs a person.
        clock.advance(86_400_000)
        expect(await run('right password', 0)).toBe('done')
        expect(await run('right secret', 1)).toBe('done')
      }),
      { numRuns: rounds({ test: 3, stress: 30 }), endOnFailure: true },
    )
    reportCounts(`lockout guard of ${processCount} processes`, counts)
    // The walks would prove nothing if they held nothing back.
    expect(counts['held back']).toBeGreaterThan(0)
  }, 600_000)

  it('send a wrong password three times, whichever process sends it, and it stops neither the right one nor other accounts', async () => {
    const { clock, run, listRequests } = await openWorld()
    const outcomes: string[] = []
    for (let attempt = 0; attempt < 12; attempt += 1) {
      outcomes.push(await run('wrong password', attempt % processCount))
      clock.advance(2000)
    }
    expect(outcomes).toEqual([...Array(3).fill('invalid_credentials'), ...Array(9).fill('backing_off')])
    expect(listRequests()).toHaveLength(3)
    expect(await run('right secret', 0)).toBe('done')
    expect(await run('right password', 1)).toBe('done')
    expect(await run('wrong password', 2)).toBe('backing_off')
    clock.advance(halfAnHourMs)
    expect(await run('wrong password', 0)).toBe('invalid_credentials')
  })

  it('send one request with a wrong client secret, and no other before its wait ends', async () => {
    const { clock, run, listRequests } = await openWorld()
    const outcomes: string[] = []
    for (let attempt = 0; attempt < 3; attempt += 1) outcomes.push(await run('wrong secret', attempt))
    expect(outcomes).toEqual(['oauth_error', 'backing_off', 'backing_off'])
    // The right secret is another secret.
    expect(await run('right secret', 0)).toBe('done')
    clock.advance(halfAnHourMs)
    expect(await run('wrong secret', 1)).toBe('oauth_error')
    expect(await run('wrong secret', 2)).toBe('backing_off')
    expect(listRequests()).toHaveLength(3)
  })
})
