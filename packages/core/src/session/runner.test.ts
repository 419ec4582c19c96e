import { describe, expect, it, vi } from 'vitest'
import { dev, mfa, sessionKeys } from '../../test/sandboxed.ts'
import { codeOf, gated, withoutSockets } from '../../test/worlds.ts'
import { developerClient } from '../clients.ts'
import { GrantsError } from '../errors/grants-error.ts'
import { parseState } from '../machine/parse-state.ts'
import { serializeState } from '../machine/serialize-state.ts'
import type { SettledState } from '../machine/state.ts'
import { account } from '../subject.ts'
import { createSession } from './create-session.ts'

const subject = account(dev.username)

/** Sessions of a developer's account that share a store. */
function developers() {
  const world = withoutSockets()
  const options = { ...world.options, client: developerClient() }
  return { ...world, options, developer: () => createSession({ ...options, subject }) }
}

/** A store whose records of sessions can't be read. */
function damage({ store }: Pick<ReturnType<typeof withoutSockets>, 'store'>, error: GrantsError) {
  const load = store.load.bind(store)
  store.load = async (key) => {
    if (key.startsWith('session-')) throw error
    return load(key)
  }
  return () => {
    store.load = load
  }
}

describe('a record that can’t be read', () => {
  const damaged = new GrantsError('store_damaged', {
    place: '/somewhere',
    problem: 'it is cut off',
    keptAt: undefined,
  })

  it('does not stop whoever signs in anew, and is written anew', async () => {
    const world = developers()
    const repaired = damage(world, damaged)
    expect(await world.developer().login(dev)).toMatchObject({ status: 'signed_in' })
    repaired()
    expect(await world.developer().accessToken()).toMatch(/^[0-9a-f]{40}$/)
  })

  it.each([
    ['store_damaged', damaged],
    ['invalid_state', new GrantsError('invalid_state', { problem: 'it is of another version' })],
  ])('(%s) stops no logout, and stops whoever wants what is in it', async (code, error) => {
    const world = developers()
    const session = world.developer()
    await session.login(dev)
    damage(world, error)
    expect(await codeOf(world.developer().accessToken())).toBe(code)
    expect(await codeOf(world.developer().restore())).toBe(code)
    expect(await session.logout()).toMatchObject({ accessToken: 'revoked' })
    expect(await sessionKeys(world.store)).toEqual([])
  })
})

describe('a step that does not begin', () => {
  it('because somebody else has the lock says so in the store’s own words', async () => {
    const { developer, store, tokenRequests } = developers()
    const timeout = new GrantsError('lock_timeout', { key: 'session-…', waited: 5000 })
    store.exclusively = () => Promise.reject(timeout)
    expect(
      await developer()
        .login(dev)
        .catch((error: unknown) => error),
    ).toBe(timeout)
    expect(tokenRequests()).toEqual([])
  })

  it('because its caller gave up while it waited for its turn sends nothing', async () => {
    const { options, tokenRequests } = developers()
    const gate = gated(options.fetch)
    const session = createSession({ ...options, fetch: gate.fetch })
    const first = session.login(dev)
    await expect.poll(gate.waiting).toBe(1)
    const aborter = new AbortController()
    const second = session.login({ ...dev, signal: aborter.signal })
    aborter.abort(new Error('gone'))
    // At once: the first is still under way.
    await expect(second).rejects.toThrow('gone')
    gate.open()
    expect(await first).toMatchObject({ status: 'signed_in' })
    await session.settled()
    expect(tokenRequests()).toHaveLength(1)
  })

  it('because its caller gave up while it waited for the failure budget sends nothing', async () => {
    const { options, store, sandbox, tokenRequests } = developers()
    const gate = gated(options.fetch)
    const exclusively = vi.spyOn(store, 'exclusively')
    const logins = Array.from({ length: 5 }, (_, index) =>
      createSession({ ...options, fetch: gate.fetch }).login({
        username: `user-${index}@example.com`,
        password: 'x',
      }),
    )
    await expect.poll(gate.waiting).toBe(5)
    const aborter = new AbortController()
    const session = createSession({ ...options, fetch: gate.fetch })
    const sixth = session.login({ ...dev, signal: aborter.signal })
    // It looks again and again whether there is a place.
    const looks = () => exclusively.mock.calls.filter(([key]) => key.startsWith('budget-')).length
    await expect.poll(looks).toBeGreaterThan(7)
    aborter.abort(new Error('gone'))
    await expect(sixth).rejects.toThrow('gone')
    expect(session.state.status).toBe('signed_out')
    gate.open()
    await Promise.allSettled(logins)
    expect(tokenRequests()).toHaveLength(5)
    expect(sandbox.requests()).toHaveLength(5)
  })

  it('because what is in the state can’t be sent gives the try back, and sends nothing', async () => {
    const { developer, options, sandbox, tokenRequests } = developers()
    const session = createSession({ ...options, subject: account(mfa.username) })
    await session.login(mfa)
    const text = serializeState(session.state as SettledState)
    const state = parseState(text.replace('"asked":{}', '"asked":{"expiresIn":-1}'))
    const elsewhere = createSession({ ...options, state })
    await session.logout()
    await expect(elsewhere.submitOtp(sandbox.otp(mfa.username))).rejects.toMatchObject({
      code: 'invalid_argument',
      details: { parameter: 'expires_in' },
    })
    expect(elsewhere.state).toMatchObject({ status: 'mfa_required', challenge: { triesLeft: 3 } })
    expect(tokenRequests()).toHaveLength(1)
    expect(developer().peekToken()).toBeUndefined()
  })
})

describe('an answer', () => {
  it('counts although the failure budget can’t be told of it', async () => {
    const { developer, store } = developers()
    const save = store.save.bind(store)
    let saves = 0
    store.save = async (key, ...rest) => {
      if (key.startsWith('budget-')) saves += 1
      if (saves === 2 && key.startsWith('budget-')) throw new Error('disk is full')
      return save(key, ...rest)
    }
    expect(await developer().login(dev)).toMatchObject({ status: 'signed_in' })
    expect(saves).toBe(2)
  })
})

describe('a listener', () => {
  it('that is ended twice takes nobody with it', async () => {
    const { developer } = developers()
    const session = developer()
    const seen: string[] = []
    const end = session.subscribe(() => seen.push('first'))
    session.subscribe(() => seen.push('second'))
    end()
    end()
    await session.login(dev)
    expect(new Set(seen)).toEqual(new Set(['second']))
  })
})
