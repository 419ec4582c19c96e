import { reportCounts, rounds } from '@particle-grants/test-kit/levels'
import { buildProgram, type Program, runProgram } from '@particle-grants/test-kit/programs'
import { beforeAll, expect, it } from 'vitest'
import type { CallersInput, CallersReport } from '../programs/concurrent-callers.ts'
import { client, jane, ninetyDaysMs, signInCustomer } from '../test/signed-in-customer.ts'
import { describeOnEachStore } from '../test/stores.ts'

const processCount = rounds({ test: 3, stress: 8 })
const callers = rounds({ test: 25, stress: 100 })
let program: string

beforeAll(async () => {
  program = await buildProgram(new URL('../programs/concurrent-callers.ts', import.meta.url))
})

/** A process, and the lines that it has printed so far. */
interface Running extends Pick<Program, 'send' | 'kill'> {
  readonly lines: string[]
  /** The first line that it prints. Rejects with its stderr if it ends without one. */
  readonly first: Promise<string>
  readonly ended: Promise<void>
}

function startProcess(input: CallersInput): Running {
  const started = runProgram(program)
  const lines: string[] = []
  const first = started.next()
  const listen = async () => {
    lines.push(await first)
    for (;;) lines.push(await started.next())
  }
  // Reading ends with a rejection when the process exits.
  const ended = listen().catch(() => {})
  started.send(JSON.stringify(input))
  return { lines, first, ended, send: started.send, kill: started.kill }
}

/** Starts the processes, and waits until each has read the store. */
async function startProcesses(input: CallersInput): Promise<Running[]> {
  const running = Array.from({ length: processCount }, () => startProcess(input))
  expect(await Promise.all(running.map(({ first }) => first))).toEqual(Array(processCount).fill('ready'))
  return running
}

async function readReport({ lines, ended }: Running): Promise<CallersReport> {
  await ended
  return JSON.parse(String(lines.at(-1))) as CallersReport
}

describeOnEachStore('several processes with many callers each', ({ name, start, freeLocks }) => {
  it('send one token request after the token has expired, and every caller receives the new token', async () => {
    const store = await start()
    const { sandbox, baseUrl, listGrants } = await signInCustomer(store)
    const running = await startProcesses({
      baseUrl,
      client,
      customer: jane,
      store,
      aheadMs: ninetyDaysMs,
      callers,
    })
    sandbox.clock.advance(ninetyDaysMs)
    for (const one of running) one.send('start')
    const reports = await Promise.all(running.map(readReport))
    const failures = reports.flatMap((report) => report.failures)
    const tokens = new Set(reports.flatMap((report) => report.tokens))
    reportCounts(`many processes on ${name}`, {
      callers: processCount * callers,
      'token requests': listGrants().length - 1,
      failures: failures.length,
      tokens: tokens.size,
    })
    expect(listGrants()).toEqual(['password', 'refresh_token'])
    expect(failures).toEqual([])
    expect(tokens.size).toBe(1)
  })

  it('lose no call when the renewing process is killed: the next one uses the credentials of the client', async () => {
    const store = await start()
    const { sandbox, baseUrl, listGrants } = await signInCustomer(store)
    const running = await startProcesses({
      baseUrl,
      client,
      customer: jane,
      store,
      aheadMs: ninetyDaysMs,
      callers,
    })
    sandbox.clock.advance(ninetyDaysMs)
    // The refresh token is used at once, and the process that sent it waits for the response until it is killed.
    sandbox.failNext({ delay: 300_000, after: true, match: { grant_type: 'refresh_token' } })
    for (const one of running) one.send('start')
    const findSender = () => running.find(({ lines }) => lines.includes('sending refresh_token'))
    await expect.poll(findSender).toBeDefined()
    // The line is printed before the request is sent.
    await expect.poll(() => sandbox.faults.list()).toEqual([])
    const renewing = findSender() as Running
    renewing.kill('SIGKILL')
    await renewing.ended
    // Every other process waits for it, so all locks are its own.
    await freeLocks(store)
    const others = running.filter((one) => one !== renewing)
    const reports = await Promise.all(others.map(readReport))
    const failures = reports.flatMap((report) => report.failures)
    reportCounts(`many processes on ${name}, the renewing one killed`, {
      callers: others.length * callers,
      'token requests': listGrants().length - 1,
      failures: failures.length,
    })
    expect(listGrants()).toEqual(['password', 'refresh_token', 'client_credentials'])
    expect(sandbox.requests().filter(({ dropped }) => dropped === 'by the client')).toHaveLength(1)
    expect(failures).toEqual([])
    expect(new Set(reports.flatMap((report) => report.tokens)).size).toBe(1)
  })
})
