import { buildProgram, runProgram } from '@particle-grants/test-kit/programs'
import { describe, expect, it } from 'vitest'
import { createWorld, getErrorCode, holdTokenRequests } from '../test/worlds.ts'

/** A product's session whose token has expired, and whose renewal is held. */
async function createExpiredSession() {
  const world = createWorld()
  await world.createProductSession().requestClientToken({ expiresIn: 3600 })
  const held = holdTokenRequests(world.options.fetch)
  const session = world.createProductSession({ fetch: held.fetch })
  await session.load()
  world.clock.advance('1h')
  return { ...world, held, session }
}

describe('a caller that waits for a renewal', () => {
  it('gives up after its own time-out, and the renewal continues for the others', async () => {
    const { session, held, tokenRequests } = await createExpiredSession()
    const patient = session.getAccessToken()
    await expect.poll(held.countWaiting).toBe(1)
    await expect(session.getAccessToken({ timeoutMs: 10 })).rejects.toMatchObject({
      code: 'wait_timeout',
      details: { waitedMs: 10 },
      message: expect.stringContaining('The request continues'),
      retry: 'later',
    })
    expect(await getErrorCode(session.getAccessToken({ timeoutMs: 10, forceRefresh: true }))).toBe('wait_timeout')
    held.release()
    expect(await patient).toBe(session.peekAccessToken())
    await session.idle()
    expect(tokenRequests()).toHaveLength(3)
  })

  it("gives up with its own signal's reason, and the renewal continues for the others", async () => {
    const { session, held, tokenRequests } = await createExpiredSession()
    const callers = ['first', 'second'].map((reason) => {
      const controller = new AbortController()
      return { reason, controller, call: session.getAccessToken({ signal: controller.signal }) }
    })
    const staying = session.getAccessToken({ signal: new AbortController().signal })
    await expect.poll(held.countWaiting).toBe(1)
    for (const { controller, reason } of callers) controller.abort(new Error(reason))
    for (const { call, reason } of callers) await expect(call).rejects.toThrow(reason)
    expect(session.state.status).toBe('renewing')
    held.release()
    expect(await staying).toBe(session.peekAccessToken())
    expect(tokenRequests()).toHaveLength(2)
  })

  it('gives up at once if its signal was aborted before', async () => {
    const { session } = await createExpiredSession()
    const signal = AbortSignal.abort(new Error('gone'))
    await expect(session.getAccessToken({ signal })).rejects.toThrow('gone')
    await expect(session.getAccessToken({ signal, forceRefresh: true })).rejects.toThrow('gone')
  })

  it('gets a cached token at once, even if its signal was aborted', async () => {
    const session = createWorld().createProductSession()
    await session.requestClientToken()
    const options = { signal: AbortSignal.abort(), timeoutMs: 1 }
    expect(await session.getAccessToken(options)).toBe(session.peekAccessToken())
  })

  it('gives up after its time-out while the store does not respond', async () => {
    const { session, store } = await createExpiredSession()
    store.load = () => new Promise(() => {})
    expect(await getErrorCode(session.getAccessToken({ timeoutMs: 10 }))).toBe('wait_timeout')
  })

  it('gives up after its time-out while it waits for the first token', async () => {
    const { options, createProductSession, tokenRequests } = createWorld()
    const held = holdTokenRequests(options.fetch)
    const session = createProductSession({ fetch: held.fetch })
    const staying = session.getAccessToken()
    await expect.poll(held.countWaiting).toBe(1)
    expect(await getErrorCode(session.getAccessToken({ timeoutMs: 5 }))).toBe('wait_timeout')
    held.release()
    expect(await staying).toBe(session.peekAccessToken())
    expect(tokenRequests()).toHaveLength(1)
  })

  it('waits without a limit if its time-out is Infinity', async () => {
    const { session, held } = await createExpiredSession()
    const waiting = session.getAccessToken({ timeoutMs: Number.POSITIVE_INFINITY })
    await expect.poll(held.countWaiting).toBe(1)
    held.release()
    expect(await waiting).toBe(session.peekAccessToken())
  })

  it('may wait as long as the longest timer', async () => {
    const { session, held } = await createExpiredSession()
    held.release()
    expect(await session.getAccessToken({ timeoutMs: 2 ** 31 - 1 })).toBe(session.peekAccessToken())
  })

  it.each([2 ** 31, 2 ** 32, Number.NaN, -1, 0, 1.5, '10', null])(
    'is rejected before anything is sent if no timer supports its time-out: %s',
    async (given) => {
      const { session, held, tokenRequests } = await createExpiredSession()
      const timeoutMs = given as number
      const error = {
        code: 'invalid_argument',
        details: {
          parameter: 'timeoutMs',
          problem: 'must be an integer of milliseconds from 1 to 2147483647',
        },
      }
      await expect(session.getAccessToken({ timeoutMs })).rejects.toMatchObject(error)
      await expect(session.getAccessToken({ timeoutMs, forceRefresh: true })).rejects.toMatchObject(error)
      expect(session.state.status).toBe('signed_in')
      expect(held.countWaiting()).toBe(0)
      expect(tokenRequests()).toHaveLength(1)
    },
  )

  it('leaves no listener at a signal that continues to exist', async () => {
    const { session, held } = await createExpiredSession()
    const { signal } = new AbortController()
    const listeners = new Set<unknown>()
    const add = signal.addEventListener.bind(signal)
    const remove = signal.removeEventListener.bind(signal)
    signal.addEventListener = (type: string, listener: never, options?: never) => {
      listeners.add(listener)
      add(type, listener, options)
    }
    signal.removeEventListener = (type: string, listener: never, options?: never) => {
      listeners.delete(listener)
      remove(type, listener, options)
    }
    const calls = Array.from({ length: 5 }, () => session.getAccessToken({ signal }))
    expect(await getErrorCode(session.getAccessToken({ signal, timeoutMs: 1 }))).toBe('wait_timeout')
    expect(listeners.size).toBeGreaterThan(0)
    held.release()
    await Promise.all(calls)
    await expect.poll(() => listeners.size).toBe(0)
  })
})

describe('a process that has nothing else to do', () => {
  const run = async (source: string, ...args: string[]) =>
    runProgram(await buildProgram(new URL(`../test/programs/${source}`, import.meta.url)), { args })
  const succeeded = { code: 0, signal: null }

  it.each([
    ['waits for a token', 'token', 'f'.repeat(40)],
    ['signs in', 'login', 'signed_in'],
  ])('stays alive while it %s', async (_, scenario, line) => {
    const program = await run('waiting-call.ts', scenario)
    expect(await program.next()).toBe(line)
    expect(await program.exited).toEqual(succeeded)
    expect(program.errors()).toBe('')
  })

  it('ends at once although its token is valid for 90 days', async () => {
    const program = await run('one-call.ts')
    expect(await program.next()).toBe('f'.repeat(40))
    expect(await program.exited).toEqual(succeeded)
    expect(program.errors()).toBe('')
  })
})
