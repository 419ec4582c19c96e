import { reportCounts, rounds } from '@particle-grants/test-kit/levels'
import { buildProgram, runProgram } from '@particle-grants/test-kit/programs'
import { afterAll, beforeAll, beforeEach, expect, it, onTestFinished } from 'vitest'
import { type Client, connectClient, createPrefix, openStore, waitUntil } from '../test/clients.ts'
import { RedisServer } from '../test/redis-server.ts'
import { describeOnEachServer } from '../test/servers.ts'

/** Per connection. There are four. */
const count = rounds({ test: 25, stress: 500 })
const day = 24 * 60 * 60 * 1000

describeOnEachServer('redisStore in several processes', (program, name) => {
  let server: RedisServer
  let contender: string
  let client: Client
  let prefix: string

  beforeAll(async () => {
    server = await RedisServer.start(program)
    contender = await buildProgram(new URL('../test/contender.ts', import.meta.url))
  })
  afterAll(() => server.remove())
  beforeEach(async () => {
    client = await connectClient(server.url)
    prefix = createPrefix()
  })

  /** A process with two connections, whose clock is wrong by `clock` milliseconds. */
  const start = (command: { role: string; leaseMs?: number; clock?: number }) => {
    const all = { url: server.url, prefix, rounds: count, leaseMs: 600_000, clock: 0, ...command }
    const program = runProgram(contender, { args: [JSON.stringify(all)] })
    onTestFinished(async () => {
      program.kill()
      await program.exited
    })
    return program
  }

  it('runs one task at a time in two processes with two connections each, whose clocks differ by two days', async () => {
    const both = [day, -day].map((clock) => start({ role: 'contend', clock }))
    const counts = await Promise.all(both.map(async (each) => JSON.parse(await each.next())))
    const total = (await openStore(client, { prefix }).load('session-a'))?.value
    reportCounts(`store-redis on ${name}, two processes with two connections each`, {
      rounds: 4 * count,
      saved: Number(total),
      'most inside at once': Math.max(...counts.map(({ most }) => most)),
      'locks lost': counts[0].lost + counts[1].lost,
      conflicts: counts[0].conflicts + counts[1].conflicts,
    })
    expect(counts).toEqual(Array(2).fill({ most: 1, lost: 0, conflicts: 0 }))
    expect(total).toBe(String(4 * count))
  })

  it('rejects the save of an owner that was suspended past its lease, and aborts its signal', async () => {
    const store = openStore(client, { prefix })
    await store.save('session-a', 'first', null)
    const owner = start({ role: 'hold', leaseMs: 400 })
    expect(await owner.next()).toBe('"holding"')
    owner.kill('SIGSTOP')
    await store.withLock('session-a', async () => {
      const record = await store.load('session-a')
      await store.save('session-a', 'winner', record?.version ?? null)
    })
    owner.kill('SIGCONT')
    owner.send('')
    expect(JSON.parse(await owner.next())).toEqual({ outcome: 'store_conflict', aborted: true })
    expect((await store.load('session-a'))?.value).toBe('winner')
  })

  it('frees the lock of a killed owner within its lease', async () => {
    const owner = start({ role: 'hold', leaseMs: 1000 })
    expect(await owner.next()).toBe('"holding"')
    owner.kill()
    await owner.exited
    expect(await client.pTTL(`${prefix}lock:{session-a}`)).toBeLessThanOrEqual(1000)
    const store = openStore(client, { prefix })
    expect(await store.withLock('session-a', async () => 'free')).toBe('free')
  })

  it('does not keep a process alive that runs a task or waits for a lock', async () => {
    const leaving = start({ role: 'leave' })
    expect(await leaving.next()).toBe('"leaving"')
    expect(await leaving.exited).toEqual({ code: 0, signal: null })
    await waitUntil(async () => (await client.exists(`${prefix}lock:{session-a}`)) === 1)
  })
})
