import { describe, expect, it } from 'vitest'
import { codeOf, gated, withoutSockets } from '../../test/worlds.ts'
import { waitFor } from './waiting.ts'

/** A session whose token has run out, and whose renewal waits at a gate until it is let go. */
async function waitingForRenewal() {
  const world = withoutSockets()
  await world.owner().authorize({ expiresIn: 3600 })
  const gate = gated(world.options.fetch)
  const session = world.owner({ fetch: gate.fetch })
  await session.restore()
  world.clock.advance('1h')
  return { ...world, gate, session }
}

describe('whoever waits for a renewal', () => {
  it('waits as long as they like, and no longer; the renewal goes on for the others', async () => {
    const { session, gate, tokenRequests } = await waitingForRenewal()
    const patient = session.accessToken()
    await expect.poll(gate.waiting).toBe(1)
    await expect(session.accessToken({ timeout: 10 })).rejects.toMatchObject({
      code: 'wait_timeout',
      details: { waited: 10 },
      remedy: expect.stringContaining('goes on'),
    })
    await expect(session.renew({ timeout: 10 })).rejects.toMatchObject({ code: 'wait_timeout' })
    gate.open()
    expect(await patient).toBe(session.peekToken())
    expect(tokenRequests()).toHaveLength(2)
  })

  it('goes when its own signal says so, with that signal’s reason; the others stay', async () => {
    const { session, gate, tokenRequests } = await waitingForRenewal()
    const aborters = ['first', 'second'].map((reason) => ({ reason, aborter: new AbortController() }))
    const going = aborters.map(({ aborter: { signal } }) => session.accessToken({ signal }))
    const staying = session.accessToken({ signal: new AbortController().signal })
    await expect.poll(gate.waiting).toBe(1)
    for (const { aborter, reason } of aborters) aborter.abort(new Error(reason))
    for (const [index, { reason }] of aborters.entries()) await expect(going[index]).rejects.toThrow(reason)
    expect(session.state.status).toBe('renewing')
    gate.open()
    expect(await staying).toBe(session.peekToken())
    expect(tokenRequests()).toHaveLength(2)
  })

  it('and was gone before gets no token, though the session would renew', async () => {
    const { session } = await waitingForRenewal()
    const signal = AbortSignal.abort(new Error('gone'))
    await expect(session.accessToken({ signal })).rejects.toThrow('gone')
    await expect(session.renew({ signal })).rejects.toThrow('gone')
  })

  it('gets a token that is there at once, also when it is gone', async () => {
    const { owner } = withoutSockets()
    const session = owner()
    await session.authorize()
    expect(await session.accessToken({ signal: AbortSignal.abort(), timeout: 1 })).toBe(session.peekToken())
  })

  it('waits for a slow store no longer either', async () => {
    const { session, store } = await waitingForRenewal()
    store.load = () => new Promise(() => {})
    expect(await codeOf(session.accessToken({ timeout: 10 }))).toBe('wait_timeout')
  })
})

/** What no timer can wait for: too long for its 31 bits, no number of milliseconds, or no time at all. */
const unkeepable = [2 ** 31, 2 ** 32, Number.NaN, -1, 0, 1.5, '10', null]

describe('a limit that no timer can keep', () => {
  it.each(unkeepable)('is refused before anything is begun: %s', async (given) => {
    const { session, gate, tokenRequests } = await waitingForRenewal()
    const timeout = given as number
    const refused = {
      code: 'invalid_argument',
      details: {
        parameter: 'timeout',
        problem: 'must be an integer of milliseconds from 1 to 2147483647',
      },
    }
    await expect(session.accessToken({ timeout })).rejects.toMatchObject(refused)
    await expect(session.renew({ timeout })).rejects.toMatchObject(refused)
    expect(session.state.status).toBe('signed_in')
    expect(gate.waiting()).toBe(0)
    expect(tokenRequests()).toHaveLength(1)
  })

  it('is none, where somebody waits as long as it takes', async () => {
    const { session, gate } = await waitingForRenewal()
    const waiting = session.accessToken({ timeout: Number.POSITIVE_INFINITY })
    await expect.poll(gate.waiting).toBe(1)
    gate.open()
    expect(await waiting).toBe(session.peekToken())
  })

  it('is not the longest one', async () => {
    const { session, gate } = await waitingForRenewal()
    gate.open()
    expect(await session.accessToken({ timeout: 2 ** 31 - 1 })).toBe(session.peekToken())
  })
})

describe('waiting for a promise', () => {
  it('gives what it gives, and what it is rejected with', async () => {
    expect(await waitFor(Promise.resolve('token'), {})).toBe('token')
    await expect(waitFor(Promise.reject(new Error('refused')), {})).rejects.toThrow('refused')
    const { signal } = new AbortController()
    expect(await waitFor(Promise.resolve('token'), { signal, timeout: 1000 })).toBe('token')
  })

  it('leaves nothing at a signal that lives on', async () => {
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
    await Promise.all(Array.from({ length: 5 }, () => waitFor(Promise.resolve(), { signal })))
    await codeOf(waitFor(new Promise(() => {}), { signal, timeout: 1 }))
    await expect.poll(() => listeners.size).toBe(0)
  })
})
