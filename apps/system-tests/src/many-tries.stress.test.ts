import { createClock, createSandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { reportCounts, rounds } from '@particle-grants/test-kit/levels'
import { buildProgram, type Program, runProgram } from '@particle-grants/test-kit/programs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Try } from '../programs/trier.ts'
import { jane, temporaryFolder } from './world.ts'

const processes = 3
/** One walk alone may never meet the limit: that depends on which process comes first. */
const walks = rounds({ test: 4, stress: 20 })

let running: readonly Program[] = []
beforeAll(async () => {
  const program = await buildProgram(new URL('../programs/trier.ts', import.meta.url))
  running = Array.from({ length: processes }, () => runProgram(program))
})
afterAll(async () => {
  for (const one of running) one.end()
  await Promise.all(running.map(({ exited }) => exited))
})

/** What people and programs do. Those of one group do it at the same moment, each in a process of its own. */
const actions = [
  'right password',
  'wrong password',
  'wrong code',
  'wrong secret',
  'renewal',
  'dead refresh token',
  'lost answer',
] as const
type Action = (typeof actions)[number]

const group = fc.array(fc.constantFrom(...actions), { minLength: 1, maxLength: processes })
const pause = fc.constantFrom(60_000, 30 * 60_000, 6 * 3_600_000, 86_400_000)
const walk = fc.array(
  fc.oneof(
    // The right password is rare, or nothing would ever fail often enough.
    { weight: 3, arbitrary: group.filter((them) => !them.includes('right password')) },
    { weight: 1, arbitrary: group },
    { weight: 2, arbitrary: pause },
  ),
  { minLength: 20, maxLength: 40 },
)

/** A sandbox with its lockout on, and what a process has to send it for an action. */
async function openWorld(failureCountFades: number | false) {
  const clock = createClock({ start: Date.UTC(2026, 0, 1), frozen: true })
  const sandbox = createSandbox({ clock, failureCountFades })
  const server = await listen(sandbox)
  const directory = temporaryFolder()
  const passwordOf = (name: string) =>
    String(sandbox.accounts.find(({ username }) => username === name)?.password)
  const right = { username: 'dev@example.com', password: passwordOf('dev@example.com') }
  const product = { id: 'my-product-1234', secret: 'product-secret' }
  const janes = { ...product, username: jane, password: passwordOf(jane) }
  const wrongPassword = { ...right, type: 'password', password: 'wrong' } as const

  const sends = (action: Action): Try['sends'] => {
    switch (action) {
      case 'right password':
        return { ...right, type: 'password' }
      case 'wrong password':
        return wrongPassword
      case 'wrong code': {
        const username = 'mfa@example.com'
        const otp = sandbox.otp(username) === '000000' ? '000001' : '000000'
        return { type: 'code', username, password: passwordOf(username), otp }
      }
      case 'wrong secret':
        return { ...product, type: 'secret', secret: 'wrong' }
      case 'dead refresh token':
        sandbox.revoke({ username: jane, refreshTokens: true })
        return { ...janes, type: 'renewal' }
      case 'renewal':
        return { ...janes, type: 'renewal' }
      case 'lost answer':
        sandbox.failNext({ drop: 'before', after: true })
        return wrongPassword
    }
  }
  return { clock, sandbox, server, directory, sends }
}

/** Walks, and gives what each of the tries came to, and each token request as the sandbox saw it. */
async function walked(steps: readonly (readonly Action[] | number)[], fades: number | false) {
  const { clock, sandbox, server, directory, sends } = await openWorld(fades)
  const outcomes: string[] = []
  for (const step of steps) {
    if (typeof step === 'number') {
      clock.advance(step)
      continue
    }
    const tries = step.map(
      (action): Try => ({ baseUrl: server.url, directory, now: clock.now(), sends: sends(action) }),
    )
    const answers = tries.map((one, index) => {
      const process = running[index] as Program
      process.send(JSON.stringify(one))
      return process.next()
    })
    outcomes.push(...(await Promise.all(answers)))
    sandbox.faults.clear()
  }
  await server.close()
  return { outcomes, requests: sandbox.requests().filter(({ path }) => path === '/oauth/token') }
}

describe('several processes, over simulated days', () => {
  it.each([
    ['a count that never fades', false],
    ['a count that fades in half an hour', 1800],
  ] as const)(
    'never reach the tenth failure in a row, with %s',
    async (title, fades) => {
      const counts = {
        walks: 0,
        tries: 0,
        requests: 0,
        refused: 0,
        'kept from being sent': 0,
        'locked out': 0,
      }
      await fc.assert(
        fc.asyncProperty(walk, async (steps) => {
          const { outcomes, requests } = await walked(steps, fades)
          const lockedOut = requests.filter(({ status }) => status === 429).length
          counts.walks += 1
          counts.tries += outcomes.length
          counts.requests += requests.length
          counts.refused += requests.filter(({ status }) => status >= 400).length
          counts['kept from being sent'] += outcomes.filter((code) => code === 'failure_budget_spent').length
          counts['locked out'] += lockedOut
          expect(lockedOut).toBe(0)
        }),
        { numRuns: walks, endOnFailure: true },
      )
      reportCounts(`failure budget of ${processes} processes, with ${title}`, counts)
      // Without the budget most of these walks would have been locked out.
      expect(counts['kept from being sent']).toBeGreaterThan(0)
    },
    600_000,
  )
})
