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
    await expect.poll(() => listeners.size).toBe(0)
  })
})
