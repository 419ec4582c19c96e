import { reportCounts, rounds } from '@particle-grants/test-kit/levels'
import { buildProgram, type Program, runProgram } from '@particle-grants/test-kit/programs'
import { beforeAll, expect, it } from 'vitest'
import type { CallerOrders, CallerReport } from '../programs/caller.ts'
import { describeOnEachStore } from '../test/stores.ts'
import { client, customerSignedIn, jane, ninetyDays } from './world.ts'

const processes = rounds({ test: 3, stress: 8 })
const callers = rounds({ test: 25, stress: 100 })
let program: string

beforeAll(async () => {
  program = await buildProgram(new URL('../programs/caller.ts', import.meta.url))
})

/** A process, and everything that it has said so far. */
interface Running extends Pick<Program, 'send' | 'kill'> {
  readonly said: string[]
  /** The first line that it prints. Rejects with its stderr if it ends without one. */
  readonly first: Promise<string>
  readonly ended: Promise<void>
}

function start(orders: CallerOrders): Running {
  const one = runProgram(program)
  const said: string[] = []
  const first = one.next()
  const listen = async () => {
    said.push(await first)
    for (;;) said.push(await one.next())
  }
  // Reading ends with a rejection when the process exits.
  const ended = listen().catch(() => {})
  one.send(JSON.stringify(orders))
  return { said, first, ended, send: one.send, kill: one.kill }
}

/** Starts the processes, and waits until each has read the store. */
async function started(orders: CallerOrders): Promise<Running[]> {
  const running = Array.from({ length: processes }, () => start(orders))
  expect(await Promise.all(running.map(({ first }) => first))).toEqual(Array(processes).fill('ready'))
  return running
}

async function reportOf({ said, ended }: Running): Promise<CallerReport> {
  await ended
  return JSON.parse(String(said.at(-1))) as CallerReport
}

describeOnEachStore('several processes with many callers each', ({ name, open, freeLocks }) => {
  it('send one token request when the token has ended, and everyone has the new token', async () => {
    const store = await open()
    const { sandbox, baseUrl, sent } = await customerSignedIn(store)
    const running = await started({ baseUrl, client, customer: jane, store, ahead: ninetyDays, callers })
    sandbox.clock.advance(ninetyDays)
    for (const one of running) one.send('go')
    const reports = await Promise.all(running.map(reportOf))
    const failures = reports.flatMap((report) => report.failures)
    const tokens = new Set(reports.flatMap((report) => report.tokens))
    reportCounts(`many processes on ${name}`, {
      callers: processes * callers,
      'token requests': sent().length - 1,
      failures: failures.length,
      tokens: tokens.size,
    })
    expect(sent()).toEqual(['password', 'refresh_token'])
    expect(failures).toEqual([])
    expect(tokens.size).toBe(1)
  })

  it('lose nothing when the one that renews is killed in the middle: the client’s own credentials are the way out', async () => {
    const store = await open()
    const { sandbox, baseUrl, sent } = await customerSignedIn(store)
    const running = await started({ baseUrl, client, customer: jane, store, ahead: ninetyDays, callers })
    sandbox.clock.advance(ninetyDays)
    // The refresh token is spent, and whoever sent it waits for the answer until it is killed.
    sandbox.failNext({ delay: 300_000, after: true, match: { grant_type: 'refresh_token' } })
    for (const one of running) one.send('go')
    const sender = () => running.find(({ said }) => said.includes('sending refresh_token'))
    await expect.poll(sender).toBeDefined()
    // Said before it is sent: what is killed earlier has spent nothing.
    await expect.poll(() => sandbox.faults.list()).toEqual([])
    const renewing = sender() as Running
    renewing.kill('SIGKILL')
    await renewing.ended
    // Everyone else waits for it: the locks that are held are its own.
    await freeLocks(store)
    const others = running.filter((one) => one !== renewing)
    const reports = await Promise.all(others.map(reportOf))
    const failures = reports.flatMap((report) => report.failures)
    reportCounts(`many processes on ${name}, the renewing one killed`, {
      callers: others.length * callers,
      'token requests': sent().length - 1,
      failures: failures.length,
    })
    expect(sent()).toEqual(['password', 'refresh_token', 'client_credentials'])
    expect(sandbox.requests().filter(({ dropped }) => dropped === 'by the client')).toHaveLength(1)
    expect(failures).toEqual([])
    expect(new Set(reports.flatMap((report) => report.tokens)).size).toBe(1)
  })
})
