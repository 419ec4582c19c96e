import { describe, expect, it, vi } from 'vitest'
import { dev, mfa, product, sandboxed, sessionKeys } from '../../test/sandboxed.ts'
import { developerClient, productClient } from '../clients.ts'
import { GrantsError } from '../errors/grants-error.ts'
import { memoryStore } from '../store/memory-store.ts'
import { createSession } from './create-session.ts'

const subject = 'account:dev@example.com'

describe('sessions that share a store', () => {
  it('share what one of them signed in', async () => {
    const { baseUrl, clock, tokenRequests } = await sandboxed()
    const options = { client: developerClient(), baseUrl, clock, store: memoryStore(), subject } as const
    await createSession(options).login(dev)
    const other = createSession(options)
    expect(other.state.status).toBe('signed_out')
    expect(await other.restore()).toMatchObject({ status: 'signed_in', identity: { subject } })
    expect(await createSession(options).accessToken()).toBe(other.peekToken())
    expect(tokenRequests()).toHaveLength(1)
  })

  it('renew once between them', async () => {
    const { baseUrl, clock, tokenRequests } = await sandboxed()
    const options = { client: productClient(product), baseUrl, clock, store: memoryStore() }
    const sessions = Array.from({ length: 5 }, () => createSession(options))
    await sessions[0]?.authorize()
    await Promise.all(sessions.map((session) => session.restore()))
    clock.advance('90d')
    const tokens = await Promise.all(sessions.map((session) => session.accessToken()))
    expect(new Set(tokens).size).toBe(1)
    expect(tokenRequests()).toHaveLength(2)
  })

  it('are signed out together', async () => {
    const { baseUrl, clock } = await sandboxed()
    const options = { client: developerClient(), baseUrl, clock, store: memoryStore(), subject } as const
    const [first, second] = [createSession(options), createSession(options)]
    await first.login(dev)
    await second.restore()
    await first.logout()
    expect(await second.restore()).toMatchObject({ status: 'signed_out', reason: 'logged_out' })
  })

  it('keep apart what belongs to other servers, clients and accounts', async () => {
    const { baseUrl, clock, sandbox } = await sandboxed()
    const store = memoryStore()
    await createSession({ client: developerClient(), baseUrl, clock, store }).login(dev)
    const others = [
      createSession({ client: developerClient('particle-api'), baseUrl, clock, store, subject }),
      createSession({ client: developerClient(), baseUrl, clock, store, subject: 'account:mfa@example.com' }),
      createSession({ client: developerClient(), baseUrl: 'https://api.particle.io', clock, store, subject }),
    ]
    for (const other of others) expect(await other.restore()).toMatchObject({ status: 'signed_out' })
    const bound = createSession({ client: developerClient(), baseUrl, clock, store })
    await bound.login(mfa)
    await bound.submitOtp(sandbox.otp(mfa.username))
    expect(await sessionKeys(store)).toHaveLength(2)
    expect(await sessionKeys(store)).toEqual([
      expect.stringMatching(/^session-[0-9a-f]{64}$/),
      expect.stringMatching(/^session-[0-9a-f]{64}$/),
    ])
  })
})

describe('a store that fails', () => {
  /** A store that fails at one thing, for sessions; what it keeps for the failure budget is well. */
  const broken = (operation: 'load' | 'save' | 'remove' | 'exclusively', store = memoryStore()) => {
    const works = store[operation].bind(store) as (...call: unknown[]) => Promise<never>
    vi.spyOn(store, operation).mockImplementation(async (key: string, ...rest: unknown[]) => {
      if (key.startsWith('session-')) throw new Error('disk is full')
      return works(key, ...rest)
    })
    return store
  }

  it.each([
    ['load', 'load', 'its message is left out: it may quote what is stored'],
    ['save', 'save', 'disk is full'],
    ['exclusively', 'lock', 'its message is left out: it may quote what is stored'],
  ] as const)(
    'at %s is told as such, with its own words where they are safe',
    async (...[method, operation, message]) => {
      const { baseUrl } = await sandboxed()
      const session = createSession({ client: developerClient(), baseUrl, store: broken(method) })
      await expect(session.login(dev)).rejects.toMatchObject({
        code: 'store_failed',
        details: { operation },
        cause: { message },
      })
    },
  )

  it('for a reason of the system’s says which', async () => {
    const { baseUrl } = await sandboxed()
    const store = memoryStore()
    const cause = Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' })
    vi.spyOn(store, 'load').mockRejectedValue(cause)
    const session = createSession({ client: developerClient(), baseUrl, store, subject })
    await expect(session.restore()).rejects.toMatchObject({
      code: 'store_failed',
      cause: { message: cause.message },
    })
  })

  it('loses no token: the session goes on in memory', async () => {
    const { baseUrl } = await sandboxed()
    const session = createSession({ client: developerClient(), baseUrl, store: broken('save') })
    await expect(session.login(dev)).rejects.toMatchObject({ code: 'store_failed' })
    expect(session.peekToken()).toMatch(/^[0-9a-f]{40}$/)
  })

  it('sends no code whose try could not be counted', async () => {
    const { baseUrl, sandbox, tokenRequests } = await sandboxed()
    const store = memoryStore()
    const session = createSession({ client: developerClient(), baseUrl, store })
    await session.login(mfa)
    broken('save', store)
    await expect(session.submitOtp(sandbox.otp(mfa.username))).rejects.toMatchObject({ code: 'store_failed' })
    expect(session.state).toMatchObject({ status: 'mfa_required', challenge: { triesLeft: 3 } })
    expect(tokenRequests()).toHaveLength(1)
  })

  it('takes no place of the failure budget, nor one that there was none of', async () => {
    const { baseUrl, sandbox, tokenRequests } = await sandboxed()
    const store = memoryStore()
    const developer = () => createSession({ client: developerClient(), baseUrl, store })
    const session = developer()
    await session.login(mfa)
    sandbox.failNext({ status: 429, error: 'rate_limit_exceeded' })
    await developer()
      .login(dev)
      .catch(() => {})
    broken('save', store)
    await expect(session.submitOtp(sandbox.otp(mfa.username))).rejects.toMatchObject({ code: 'store_failed' })
    expect(session.state).toMatchObject({ status: 'mfa_required', challenge: { triesLeft: 3 } })
    expect(tokenRequests()).toHaveLength(2)
  })

  it('at remove does not keep a session from being forgotten here', async () => {
    const { baseUrl } = await sandboxed()
    const session = createSession({ client: developerClient(), baseUrl, store: broken('remove') })
    await session.login(dev)
    await expect(session.logout()).rejects.toMatchObject({
      code: 'store_failed',
      details: { operation: 'remove' },
    })
    expect(session.state.status).toBe('signed_out')
  })

  it('to unlock after the work was done changes nothing about the work', async () => {
    const { baseUrl } = await sandboxed()
    const store = memoryStore()
    const works = store.exclusively.bind(store)
    vi.spyOn(store, 'exclusively').mockImplementation(async (key, task) => {
      const result = await works(key, task)
      if (key.startsWith('session-')) throw new Error('lock is lost')
      return result
    })
    const session = createSession({ client: developerClient(), baseUrl, store })
    expect(await session.login(dev)).toMatchObject({ status: 'signed_in' })
  })

  it('to write down what became of a request loses no answer', async () => {
    const { baseUrl, tokenRequests } = await sandboxed()
    const store = memoryStore()
    const works = store.save.bind(store)
    let reserved = false
    vi.spyOn(store, 'save').mockImplementation(async (key, ...rest) => {
      if (key.startsWith('budget-') && reserved) throw new Error('disk is full')
      reserved ||= key.startsWith('budget-')
      return works(key, ...rest)
    })
    const session = createSession({ client: developerClient(), baseUrl, store })
    expect(await session.login(dev)).toMatchObject({ status: 'signed_in' })
    expect(tokenRequests()).toHaveLength(1)
  })

  it('to keep its lock sends nothing: somebody else may be sending the same', async () => {
    const { baseUrl, tokenRequests } = await sandboxed()
    const store = memoryStore()
    const works = store.exclusively.bind(store)
    vi.spyOn(store, 'exclusively').mockImplementation((key, task) =>
      works(key, () =>
        task({ signal: key.startsWith('session-') ? AbortSignal.abort() : new AbortController().signal }),
      ),
    )
    const session = createSession({ client: developerClient(), baseUrl, store })
    await expect(session.login(dev)).rejects.toMatchObject({
      code: 'store_failed',
      details: { operation: 'lock' },
    })
    expect(tokenRequests()).toEqual([])
  })

  it('at the failure budget sends nothing', async () => {
    const { baseUrl, tokenRequests } = await sandboxed()
    const store = memoryStore()
    vi.spyOn(store, 'save').mockRejectedValue(new Error('disk is full'))
    const session = createSession({ client: developerClient(), baseUrl, store })
    await expect(session.login(dev)).rejects.toMatchObject({
      code: 'store_failed',
      cause: { message: 'disk is full' },
    })
    expect(tokenRequests()).toEqual([])
  })

  it('with an error of its own is passed on as it is: somebody else saved first', async () => {
    const { baseUrl } = await sandboxed()
    const store = memoryStore()
    vi.spyOn(store, 'save').mockRejectedValue(new GrantsError('store_conflict', { key: 'k' }))
    const session = createSession({ client: developerClient(), baseUrl, store })
    await expect(session.login(dev)).rejects.toMatchObject({ code: 'store_conflict' })
  })
})

describe('a record that is not this session’s', () => {
  it.each([
    ['damaged', (value: string) => value.slice(0, -1)],
    ['of another account', (value: string) => value.replace(subject, 'account:other@example.com')],
    ['of another version', (value: string) => value.replace('"version":1', '"version":2')],
  ])('is refused when it is %s, and stays where it is', async (_, change) => {
    const { baseUrl, clock } = await sandboxed()
    const store = memoryStore()
    const options = { client: developerClient(), baseUrl, clock, store, subject } as const
    await createSession(options).login(dev)
    const [key] = await sessionKeys(store)
    const record = await store.load(String(key))
    await store.save(String(key), change(String(record?.value)), String(record?.version))
    await expect(createSession(options).restore()).rejects.toMatchObject({ code: 'invalid_state' })
    expect(await sessionKeys(store)).toEqual([key])
  })
})
