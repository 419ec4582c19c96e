import { describe, expect, it, vi } from 'vitest'
import { dev, mfa, sessionKeys, wrongCode } from '../../test/sandboxed.ts'
import { minute } from '../../test/states.ts'
import { codeOf, gated, withoutSockets } from '../../test/worlds.ts'
import { developerClient, productClient } from '../clients.ts'
import { parseState } from '../machine/parse-state.ts'
import { serializeState } from '../machine/serialize-state.ts'
import type { SettledState } from '../machine/state.ts'
import { createSessionPool } from '../pool.ts'
import { createSession } from './create-session.ts'

/** A store that many share, as in a back end, and developers' sessions on it that belong to nobody yet. */
function backEnd() {
  const world = withoutSockets()
  const developer = (more: object = {}) =>
    createSession({ ...world.options, client: developerClient(), ...more })
  return { ...world, developer }
}

describe('whoever only names an account that is signed in elsewhere', () => {
  it('is given nothing of it, and the session still belongs to nobody', async () => {
    const { developer } = backEnd()
    await developer().login(dev)
    const stranger = developer()
    expect(await codeOf(stranger.login({ ...dev, password: 'wrong' }))).toBe('grant_refused')
    expect(stranger.state).toMatchObject({ status: 'signed_out', identity: { subject: undefined } })
    expect(stranger.peekToken()).toBeUndefined()
    expect(await codeOf(stranger.accessToken())).toBe('not_signed_in')
    expect(await stranger.login({ username: mfa.username, password: mfa.password })).toMatchObject({
      status: 'mfa_required',
    })
  })

  it('gets no token either by a password without the second factor', async () => {
    const { developer, sandbox, clock } = backEnd()
    const owner = developer()
    await owner.login(mfa)
    await owner.submitOtp(sandbox.otp(mfa.username))
    const stranger = developer()
    await stranger.login(mfa)
    clock.advance('1m')
    for (let tries = 0; tries < 3; tries += 1)
      await codeOf(stranger.submitOtp(wrongCode(sandbox.otp(mfa.username))))
    expect(stranger.peekToken()).toBeUndefined()
    expect(stranger.state.status).toBe('signed_out')
  })

  it('signs in all the same with the right password, and takes the record over', async () => {
    const { developer, store } = backEnd()
    const first = developer()
    await first.login(dev)
    const second = developer()
    await second.login(dev)
    expect(await sessionKeys(store)).toHaveLength(1)
    await first.restore()
    expect(first.peekToken()).toBe(second.peekToken())
  })
})

describe('a challenge that is over', () => {
  const over = ['challenge_over', 'no_challenge']

  it('is over for everyone who comes with its text, although nobody has its record', async () => {
    const { developer, sandbox, tokenRequests } = backEnd()
    const first = developer()
    await first.login(mfa)
    const text = serializeState(first.state as SettledState)
    const wrong = wrongCode(sandbox.otp(mfa.username))
    for (let tries = 0; tries < 3; tries += 1) await codeOf(first.submitOtp(wrong))
    const sent = tokenRequests().length
    for (let times = 0; times < 3; times += 1) {
      const later = developer({ state: parseState(text) })
      expect(over).toContain(await codeOf(later.submitOtp(wrong)))
    }
    expect(tokenRequests()).toHaveLength(sent)
  })

  it('leaves nothing secret behind, and a new sign-in takes its place', async () => {
    const { developer, sandbox, store } = backEnd()
    const session = developer()
    await session.login(mfa)
    for (let tries = 0; tries < 3; tries += 1)
      await codeOf(session.submitOtp(wrongCode(sandbox.otp(mfa.username))))
    const [key = ''] = await sessionKeys(store)
    expect(JSON.parse(String((await store.load(key))?.value))).toMatchObject({
      status: 'signed_out',
      reason: 'challenge_over',
    })
    expect(await session.login(mfa)).toMatchObject({ status: 'mfa_required' })
    await session.logout()
    expect(await sessionKeys(store)).toEqual([])
  })
})

describe('a record that can’t be read', () => {
  async function laterRelease() {
    const world = withoutSockets()
    await world.owner().authorize()
    const [key = ''] = await sessionKeys(world.store)
    const record = await world.store.load(key)
    const text = String(record?.value).replace('"version":1', '"version":2')
    await world.store.save(key, text, String(record?.version))
    return { ...world, key, text, value: async () => (await world.store.load(key))?.value }
  }

  it('is complained of each time, by its name, and never renewed over', async () => {
    const { owner, key, text, value } = await laterRelease()
    const session = owner()
    for (const call of ['restore', 'accessToken', 'renew', 'restore'] as const) {
      await expect(session[call]()).rejects.toMatchObject({
        code: 'invalid_state',
        details: { problem: expect.stringContaining(key) },
      })
    }
    expect(await value()).toBe(text)
  })

  it('makes way for a new sign-in, and is kept beside it until logout', async () => {
    const { owner, text, store } = await laterRelease()
    const session = owner()
    expect(await session.authorize()).toMatchObject({ status: 'signed_in' })
    const aside = (await store.list()).filter((one) => one.startsWith('aside-'))
    expect(aside).toHaveLength(1)
    expect((await store.load(String(aside[0])))?.value).toBe(text)
    await session.logout()
    expect((await store.list()).filter((one) => !one.startsWith('budget-'))).toEqual([])
  })
})

describe('what one process has just found out', () => {
  it.each([
    ['that renewing is refused', { status: 400, error: 'invalid_scope' }],
    ['that the service is down', { status: 503, error: 'server_error' }],
  ])('(%s) holds for the others, who waited for its lock meanwhile', async (_, fault) => {
    const { owner, options, sandbox, clock, tokenRequests } = withoutSockets()
    await owner().authorize({ expiresIn: 3600 })
    const gate = gated(options.fetch)
    const sessions = Array.from({ length: 8 }, () => owner({ fetch: gate.fetch }))
    await Promise.all(sessions.map((session) => session.restore()))
    clock.advance('1h')
    sandbox.failNext({ ...fault, times: 100 })
    const outcomes = sessions.map((session) => codeOf(session.accessToken()))
    await expect.poll(gate.waiting).toBe(1)
    gate.open()
    for (const outcome of await Promise.all(outcomes)) {
      expect(['grant_refused', 'temporarily_unavailable', 'not_renewable', 'renewal_postponed']).toContain(
        outcome,
      )
    }
    expect(tokenRequests()).toHaveLength(2)
  })

  it('of a wrong secret does not hold for one whose secret is right', async () => {
    const { owner, client, clock, tokenRequests } = { ...withoutSockets(), client: productClient }
    await owner().authorize({ expiresIn: 3600 })
    clock.advance('1h')
    const wrong = owner({ client: client({ id: 'my-product-1234', secret: 'wrong' }) })
    expect(await codeOf(wrong.accessToken())).toBe('grant_refused')
    expect(await codeOf(wrong.accessToken())).toBe('not_renewable')
    expect(await owner().accessToken()).toMatch(/^[0-9a-f]{40}$/)
    expect(tokenRequests()).toHaveLength(3)
  })
})

describe('an answer that could not be saved', () => {
  async function fullDisk() {
    const world = withoutSockets()
    const session = world.customers()
    await world.signIn(session, 3600)
    world.clock.advance('59m')
    const save = world.store.save.bind(world.store)
    let full = true
    vi.spyOn(world.store, 'save').mockImplementation(async (key, value, version) => {
      // The intent is written; the disk is full when the answer comes.
      if (full && key.startsWith('session-') && !value.includes('refreshInDoubt'))
        throw new Error('disk is full')
      return save(key, value, version)
    })
    const old = session.peekToken()
    return { ...world, session, old, mend: () => (full = false) }
  }

  it('is told by settled(), as long as nobody could save it', async () => {
    const { session, old, mend, record } = await fullDisk()
    await expect(session.settled()).rejects.toMatchObject({ code: 'store_failed' })
    expect(session.peekToken()).not.toBe(old)
    await expect(session.settled()).rejects.toMatchObject({ code: 'store_failed' })
    mend()
    await session.settled()
    expect((await record()).tokens.accessToken).toBe(session.peekToken())
  })

  it('is not forgotten when the intent of the next renewal can’t be saved either', async () => {
    const { session, store, record } = await fullDisk()
    await session.settled().catch(() => {})
    const renewed = session.peekToken()
    const save = vi.mocked(store.save)
    const failing = save.getMockImplementation()
    save.mockImplementation(async (key, ...rest) => {
      if (key.startsWith('session-')) throw new Error('disk is full')
      return (failing as typeof store.save)(key, ...rest)
    })
    expect(await codeOf(session.renew())).toBe('store_failed')
    save.mockRestore()
    await session.settled()
    expect((await record()).tokens.accessToken).toBe(renewed)
  })

  it('keeps its session in a pool, however full that is', async () => {
    const { options, store, tokenRequests } = withoutSockets()
    const pool = createSessionPool({ ...options, maxSessions: 1 })
    const save = store.save.bind(store)
    const full = vi.spyOn(store, 'save').mockImplementation(async (key, ...record) => {
      if (key.startsWith('session-')) throw new Error('disk is full')
      return save(key, ...record)
    })
    await codeOf(pool.customer('jane@example.com').accessToken())
    pool.customer('other@example.com')
    full.mockRestore()
    await pool.settled()
    expect(await sessionKeys(store)).toHaveLength(1)
    expect(tokenRequests()).toHaveLength(1)
  })

  it('is told by a pool as well', async () => {
    const { options, store } = withoutSockets()
    const pool = createSessionPool(options)
    const save = store.save.bind(store)
    vi.spyOn(store, 'save').mockImplementation(async (key, ...record) => {
      if (key.startsWith('session-')) throw new Error('disk is full')
      return save(key, ...record)
    })
    expect(await codeOf(pool.customer('jane@example.com').accessToken())).toBe('store_failed')
    await expect(pool.settled()).rejects.toMatchObject({ code: 'store_failed' })
  })

  it('is saved by the next step', async () => {
    const { session, mend, record, customers } = await fullDisk()
    await session.settled().catch(() => {})
    mend()
    await session.restore()
    expect((await record()).tokens.accessToken).toBe(session.peekToken())
    const next = customers()
    await next.restore()
    expect(next.peekToken()).toBe(session.peekToken())
  })

  it('is dropped where somebody else has written since', async () => {
    const { session, mend, customers } = await fullDisk()
    await session.settled().catch(() => {})
    mend()
    const other = customers()
    await other.restore()
    await other.renew()
    await session.restore()
    expect(session.peekToken()).toBe(other.peekToken())
  })
})

describe('logging out where the store fails', () => {
  it.each(['load', 'exclusively'] as const)('at %s revokes and forgets here all the same', async (method) => {
    const { customers, signIn, store, sandbox } = withoutSockets()
    const session = customers()
    await signIn(session)
    vi.spyOn(store, method).mockRejectedValue(new Error('gone'))
    await codeOf(session.logout())
    expect(session.state.status).toBe('signed_out')
    expect(session.peekToken()).toBeUndefined()
    expect(sandbox.requests().at(-1)).toMatchObject({ method: 'DELETE', status: 200 })
  })
})

describe('a clock that goes back', () => {
  it('holds no renewal back that failed in its future', async () => {
    const { owner, sandbox, clock } = withoutSockets()
    const session = owner()
    await session.authorize({ expiresIn: 3600 })
    clock.advance('365d')
    sandbox.failNext({ drop: 'before' })
    expect(await codeOf(session.accessToken())).toBe('no_answer')
    clock.set(clock.now() - 365 * 24 * 60 * minute + 60 * minute)
    expect(await session.accessToken()).toMatch(/^[0-9a-f]{40}$/)
  })
})

describe('a token that was taken after a rejection', () => {
  it('stays good where nobody could write that down', async () => {
    const { owner, sandbox, store } = withoutSockets()
    const session = owner()
    await session.authorize()
    sandbox.revoke()
    await session.rejected(String(session.peekToken()))
    const token = String(session.peekToken())
    const exclusively = vi.spyOn(store, 'exclusively').mockRejectedValue(new Error('gone'))
    session.accepted(token)
    await session.settled()
    exclusively.mockRestore()
    expect(session.peekToken()).toBe(token)
  })

  it('may be rejected again later, also in a process that never used it', async () => {
    const { owner, sandbox, clock } = withoutSockets()
    const first = owner()
    await first.authorize()
    sandbox.revoke()
    await first.rejected(String(first.peekToken()))
    first.accepted(String(first.peekToken()))
    await first.settled()
    clock.advance('30d')
    const second = owner()
    const token = await second.accessToken()
    sandbox.revoke()
    await second.rejected(token)
    expect(second.peekToken()).not.toBe(token)
    expect(second.state.status).toBe('signed_in')
  })
})
