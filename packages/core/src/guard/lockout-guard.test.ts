import { SimulatedClock } from '@particle-grants/test-kit'
import { describe, expect, it, vi } from 'vitest'
import { challenged, noResponse, refused, success, throttled } from '../../test/guard-responses.ts'
import { developerClient, productClient } from '../clients.ts'
import { GrantsError } from '../errors.ts'
import type { ResponseEvent } from '../machine/event.ts'
import { particleUrl } from '../protocol/base-url.ts'
import { Secret } from '../secret.ts'
import { memoryStore, type Store } from '../store.ts'
import { account, customer, owner } from '../subject.ts'
import type { TokenRequestInfo } from './account-request.ts'
import { LockoutGuard, type LockoutGuardOptions, type Permit, resetLockoutGuard } from './lockout-guard.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

const developer = developerClient()
const product = productClient({ id: 'my-product-1234', secret: 'product-secret' })
const base = { password: undefined, isExplicit: true, force: false, createsCustomer: false }
/** A login. By default each has another password, so that only the account's attempts count. */
const password = (name: string, change: Partial<TokenRequestInfo> = {}): TokenRequestInfo => ({
  ...base,
  client: developer,
  grantType: 'password',
  subject: account(name),
  password: new Secret(`password ${nextPassword()}`),
  ...change,
})
let passwords = 0
const nextPassword = () => {
  passwords += 1
  return passwords
}
/** A login with a password that stays the same. */
const withPassword = (name: string, text: string, change: Partial<TokenRequestInfo> = {}): TokenRequestInfo =>
  password(name, { password: new Secret(text), ...change })
const code = (name: string): TokenRequestInfo =>
  password(name, { grantType: 'urn:custom:mfa-otp', password: undefined })
const customerPassword = (name: string, text: string): TokenRequestInfo =>
  withPassword(name, text, { client: product, subject: customer(name) })
const customerToken = (name: string, change: Partial<TokenRequestInfo> = {}): TokenRequestInfo => ({
  ...base,
  client: product,
  grantType: 'client_credentials',
  subject: customer(name),
  isExplicit: false,
  ...change,
})
const ownerToken = (change: Partial<TokenRequestInfo> = {}): TokenRequestInfo =>
  customerToken('any', { subject: owner, ...change })
const refresh: TokenRequestInfo = customerToken('jane@example.com', { grantType: 'refresh_token' })

/** The same records through another object, as another process has it. */
function sharedStore(data: Store = memoryStore()): Store {
  return {
    load: (key) => data.load(key),
    save: (key, value, version) => data.save(key, value, version),
    remove: (key, version) => data.remove(key, version),
    withLock: (key, task) => data.withLock(key, task),
  }
}

interface World extends LockoutGuardOptions {
  readonly store?: Store
  readonly clock?: SimulatedClock
  readonly isEnabled?: boolean
}

/** A guard on its own clock, and so with its own registry. Its sleeps move the clock. */
function world({ store = memoryStore(), clock = sleepingClock(), isEnabled = true, maxWaitMs = 15_000 }: World = {}) {
  const guard = new LockoutGuard({ baseUrl: particleUrl, store, clock, maxWaitMs, isEnabled })
  return { guard, clock, store, ...callers(guard) }
}

function callers(guard: LockoutGuard) {
  const start = () => ({ startedAt: guard.now() })
  const permit = async (info: TokenRequestInfo, caller = start()): Promise<Permit> => {
    const acquired = await guard.acquire(info, caller)
    if (acquired === 'at_capacity') throw new Error('at capacity')
    return acquired
  }
  const send = async (info: TokenRequestInfo, response: ResponseEvent | undefined, times = 1) => {
    for (let sent = 0; sent < times; sent += 1) await (await permit(info)).settle(response)
  }
  /** What `acquire` says: the error's code and time, or what it resolves with. */
  const ask = async (info: TokenRequestInfo) => {
    const caller = start()
    try {
      const acquired = await guard.acquire(info, caller)
      if (acquired === 'at_capacity') return acquired
      await acquired.settle()
      return 'permitted'
    } catch (thrown) {
      const { code, retryAt, details } = thrown as GrantsError
      return { code, retryAt, details }
    } finally {
      guard.leave(caller)
    }
  }
  /** Joins the queue of those for whom there is no capacity, and waits in it. */
  const queue = async (
    info: TokenRequestInfo,
    { signal, startedAt = guard.now() }: { signal?: AbortSignal; startedAt?: number } = {},
  ) => {
    const caller = { startedAt }
    try {
      let acquired = await guard.acquire(info, caller)
      while (acquired === 'at_capacity') {
        await guard.waitForCapacity(caller, signal)
        acquired = await guard.acquire(info, caller)
      }
      return acquired
    } finally {
      guard.leave(caller)
    }
  }
  return { permit, send, ask, queue }
}

function sleepingClock(): SimulatedClock & { sleep(ms: number): Promise<void> } {
  const clock = new SimulatedClock()
  return Object.assign(clock, { sleep: async (ms: number) => clock.advance(ms) })
}

/** A clock whose sleeps end when the test says so. */
function manualClock() {
  const sleeps: { readonly ms: number; readonly wake: () => void }[] = []
  const sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((wake) => {
      sleeps.push({ ms, wake })
      signal?.addEventListener('abort', () => wake())
    })
  return { clock: Object.assign(new SimulatedClock(), { sleep }), sleeps }
}

const stores = [
  ['a memory store', memoryStore],
  ['a shared store', () => sharedStore()],
] as const

describe.each(stores)('a refused secret on %s', (_, createStore) => {
  const wrong = withPassword('a@b.c', 'wrong')
  const explicitClient = ownerToken({ isExplicit: true })

  it.each([
    { title: 'a password', info: wrong, error: 'invalid_grant', account: 'a@b.c' },
    { title: 'a password of an account that must use SSO', info: wrong, error: 'sso_user', account: 'a@b.c' },
    {
      title: "a customer's password",
      info: customerPassword('a@b.c', 'wrong'),
      error: 'invalid_grant',
      account: 'a@b.c',
    },
    { title: "a client's secret", info: explicitClient, error: 'invalid_client', account: product.id },
    { title: 'a client without an owner', info: explicitClient, error: 'invalid_grant', account: product.id },
    { title: 'a scope of the product itself', info: explicitClient, error: 'invalid_scope', account: product.id },
    { title: 'an error code that is not known', info: explicitClient, error: 'out_of_cheese', account: product.id },
  ])('waits 30 minutes after three explicit refusals: $title', async ({ info, error, account: name }) => {
    const { send, ask, clock } = world({ store: createStore() })
    await send(info, refused(error), 2)
    expect(await ask(info)).toBe('permitted')
    await send(info, refused(error))
    const retryAt = clock.now() + 30 * minute
    const held = { code: 'backing_off', retryAt, details: { account: name, rule: 'secret', retryAt } }
    expect(await ask(info)).toEqual(held)
    clock.advance(30 * minute - 1)
    expect(await ask(info)).toEqual(held)
    clock.advance(1)
    expect(await ask(info)).toBe('permitted')
  })

  it('waits as unknown_customer if the product has no such customer', async () => {
    const { send, ask, clock } = world({ store: createStore() })
    const info = customerToken('gone@b.c', { isExplicit: true })
    await send(info, refused('invalid_scope'), 3)
    const retryAt = clock.now() + 30 * minute
    expect(await ask(info)).toEqual({ code: 'unknown_customer', retryAt, details: { customer: 'gone@b.c', retryAt } })
  })

  it('waits after one automatic refusal', async () => {
    const { send, ask } = world({ store: createStore() })
    await send(customerToken('gone@b.c'), refused('invalid_scope'))
    expect(await ask(customerToken('gone@b.c'))).toMatchObject({ code: 'unknown_customer' })
    expect(await ask(customerToken('gone@b.c', { isExplicit: true }))).toMatchObject({ code: 'unknown_customer' })
    expect(await ask(customerToken('jane@b.c'))).toBe('permitted')
    expect(await ask(ownerToken())).toBe('permitted')
  })

  it.each([
    { title: 'another password', info: withPassword('a@b.c', 'right') },
    { title: 'the same password for another account', info: withPassword('z@b.c', 'wrong') },
    { title: 'the same password at another client', info: customerPassword('a@b.c', 'wrong') },
    { title: 'a code', info: code('a@b.c') },
    { title: 'a refresh token', info: refresh },
  ])('does not hold back $title', async ({ info }) => {
    const { send, ask } = world({ store: createStore() })
    await send(wrong, refused('invalid_grant'), 3)
    expect(await ask(wrong)).toMatchObject({ code: 'backing_off' })
    expect(await ask(info)).toBe('permitted')
  })

  it("of a client holds back every request of this client's secret, and none of another secret", async () => {
    const { send, ask } = world({ store: createStore() })
    await send(ownerToken(), refused('invalid_client'))
    for (const info of [ownerToken(), customerToken('j@b.c'), refresh, customerPassword('j@b.c', 'right')]) {
      expect(await ask(info)).toMatchObject({ code: 'backing_off', details: { account: product.id, rule: 'secret' } })
    }
    const client = productClient({ id: product.id, secret: 'another-secret' })
    await send(ownerToken({ client }), success)
    expect(await ask(ownerToken())).toMatchObject({ code: 'backing_off' })
  })

  it('waits twice as long after each further refusal, at most 24 hours', async () => {
    const { send, ask, clock } = world({ store: createStore() })
    await send(wrong, refused('invalid_grant'), 3)
    const waits: number[] = []
    for (let wait = 0; wait < 9; wait += 1) {
      const { retryAt = 0 } = (await ask(wrong)) as GrantsError
      waits.push((retryAt - clock.now()) / hour)
      clock.advance(retryAt - clock.now())
      await send(wrong, refused('invalid_grant'))
    }
    expect(waits).toEqual([0.5, 1, 2, 4, 8, 16, 24, 24, 24])
  })

  it('is forgotten a day after its last wait or refusal', async () => {
    const { send, ask, clock } = world({ store: createStore() })
    const info = customerToken('gone@b.c')
    await send(info, refused('invalid_scope'))
    clock.advance(30 * minute + day - 1)
    await send(info, refused('invalid_scope'))
    expect(await ask(info)).toMatchObject({ retryAt: clock.now() + hour })
    clock.advance(hour + day)
    await send(info, refused('invalid_scope'))
    expect(await ask(info)).toMatchObject({ retryAt: clock.now() + 30 * minute })
    await send(wrong, refused('invalid_grant'), 2)
    clock.advance(day)
    await send(wrong, refused('invalid_grant'), 2)
    expect(await ask(wrong)).toBe('permitted')
  })

  it('is forgotten when it gets tokens, and the other ones of the account are not', async () => {
    const { send, ask, clock } = world({ store: createStore() })
    const oldDevice = withPassword('a@b.c', 'old')
    await send(oldDevice, refused('invalid_grant'), 3)
    await send(wrong, refused('invalid_grant'), 3)
    clock.advance(30 * minute)
    await send(wrong, success)
    await send(wrong, refused('invalid_grant'), 2)
    expect(await ask(wrong)).toBe('permitted')
    await send(oldDevice, refused('invalid_grant'))
    await send(withPassword('a@b.c', 'right'), success)
    expect(await ask(oldDevice)).toMatchObject({ code: 'backing_off', retryAt: clock.now() + hour })
  })

  it('still waits after a challenge, which is no success', async () => {
    const { send, ask, clock } = world({ store: createStore() })
    await send(wrong, refused('invalid_grant'), 3)
    clock.advance(30 * minute)
    await send(wrong, challenged)
    await send(wrong, refused('invalid_grant'))
    expect(await ask(wrong)).toMatchObject({ retryAt: clock.now() + hour })
  })

  it('passes with force, once per call, and a forced refusal starts the next wait', async () => {
    const { send, ask, clock } = world({ store: createStore() })
    const forced = withPassword('a@b.c', 'wrong', { force: true })
    await send(wrong, refused('invalid_grant'), 3)
    await send(forced, refused('invalid_grant'))
    expect(await ask(wrong)).toMatchObject({ retryAt: clock.now() + hour })
    await send(forced, noResponse)
    expect(await ask(wrong)).toMatchObject({ retryAt: clock.now() + hour })
  })

  it('has its wait extended neither by calls that are held back nor by requests in flight when it started', async () => {
    const { permit, ask, clock } = world({ store: createStore() })
    const permits = await Promise.all(Array.from({ length: 3 }, () => permit(wrong)))
    // More of them at the same time could all be refused.
    expect(await ask(wrong)).toBe('at_capacity')
    for (const { settle } of permits) await settle(refused('invalid_grant'))
    const retryAt = clock.now() + 30 * minute
    clock.advance(minute)
    for (let calls = 0; calls < 10; calls += 1) expect(await ask(wrong)).toMatchObject({ retryAt })
  })

  it('is one of at most four that wait: the shortest wait is forgotten first', async () => {
    const { send, ask, clock } = world({ store: createStore() })
    // Their fingerprints differ.
    const five = [1, 2, 3, 4, 5].map((index) => withPassword('a@b.c', `wrong ${index}`))
    for (const info of five) {
      await send(info, refused('invalid_grant'), 3)
      clock.advance(minute)
      await send(withPassword('a@b.c', 'right'), success)
    }
    expect(await ask(five[0] as TokenRequestInfo)).toBe('permitted')
    for (const info of five.slice(1)) expect(await ask(info)).toMatchObject({ code: 'backing_off' })
  })

  it.each([
    ['a refused refresh', refresh, refused('invalid_grant')],
    ['a code', code('a@b.c'), refused('invalid_token')],
    ['no response', wrong, noResponse],
    ['a challenge', wrong, challenged],
    ['a text in place of an error code', ownerToken(), refused('Not Found')],
  ] as const)('is not counted for %s', async (_title, info, response) => {
    const { send, ask } = world({ store: createStore() })
    await send(info, response, 4)
    expect(await ask(info)).toBe('permitted')
  })
})

describe.each(stores)('the wait for a missing customer on %s', (_, createStore) => {
  const create = customerToken('j@b.c', { createsCustomer: true, isExplicit: true })

  it('ends with createCustomer, which it does not hold back', async () => {
    const { send, ask } = world({ store: createStore() })
    await send(customerToken('j@b.c'), refused('invalid_scope'))
    await send(create, refused('invalid_scope'))
    expect(await ask(customerToken('j@b.c'))).toMatchObject({ code: 'unknown_customer' })
    await send(create, success)
    expect(await ask(customerToken('j@b.c'))).toBe('permitted')
  })

  it('is not started by a customer who was not created, unless the client was refused', async () => {
    const { send, ask } = world({ store: createStore() })
    await send(create, refused('customer_rejected'), 20)
    expect(await ask(ownerToken())).toBe('permitted')
    await send(create, refused('invalid_client'), 3)
    expect(await ask(ownerToken())).toMatchObject({ code: 'backing_off', details: { account: product.id } })
  })

  it('is not started by wrong passwords of the customer', async () => {
    const { send, ask } = world({ store: createStore() })
    await send(customerPassword('j@b.c', 'wrong'), refused('invalid_grant'), 3)
    expect(await ask(customerToken('j@b.c'))).toBe('permitted')
  })
})

describe.each(stores)('the attempts of an account on %s', (_, createStore) => {
  it.each([
    { title: 'passwords of a username', create: () => password('a@b.c') },
    { title: 'codes of a username', create: () => code('a@b.c') },
  ])('are eight, and one more every 15 minutes: $title', async ({ create }) => {
    const { send, ask, clock } = world({ store: createStore() })
    await send(create(), refused('invalid_request'), 7)
    expect(await ask(create())).toBe('permitted')
    await send(create(), refused('invalid_request'))
    const retryAt = clock.now() + 15 * minute
    expect(await ask(create())).toEqual({
      code: 'backing_off',
      retryAt,
      details: { account: 'a@b.c', rule: 'attempts', retryAt },
    })
    clock.advance(15 * minute)
    await send(create(), refused('invalid_request'))
    expect(await ask(create())).toMatchObject({ retryAt: clock.now() + 15 * minute })
    clock.advance(2 * hour)
    await send(create(), refused('invalid_request'), 8)
    expect(await ask(create())).toMatchObject({ code: 'backing_off' })
  })

  const usedUp = async (created = createStore()) => {
    const made = world({ store: created })
    for (let index = 0; index < 8; index += 1) await made.send(password('a@b.c'), refused('invalid_grant'))
    expect(await made.ask(password('a@b.c'))).toMatchObject({ details: { rule: 'attempts' } })
    return made
  }

  it.each([
    { title: 'a code of the username', info: code('a@b.c') },
    { title: 'another username', info: password('z@b.c') },
    { title: "the product's request for the customer", info: customerToken('a@b.c') },
    { title: 'a forced login', info: password('a@b.c', { force: true }) },
  ])('that are used up do not hold back $title', async ({ info }) => {
    const { ask } = await usedUp()
    expect(await ask(info)).toBe('permitted')
  })

  it('come back with tokens of a password or of a code', async () => {
    for (const info of [password('a@b.c'), code('a@b.c')]) {
      const { permit, send, ask, clock } = await usedUp()
      clock.advance(15 * minute)
      await (await permit(info)).settle(success)
      for (let index = 0; index < 7; index += 1) await send(password('a@b.c'), refused('invalid_grant'))
      expect(await ask(password('a@b.c'))).toBe('permitted')
    }
  })

  it('do not come back with tokens that were got with force, which are counted when they are refused', async () => {
    const { send, ask, clock } = await usedUp()
    await send(password('a@b.c', { force: true }), success)
    expect(await ask(password('a@b.c'))).toMatchObject({ retryAt: clock.now() + 15 * minute })
    clock.advance(15 * minute)
    expect(await ask(password('a@b.c'))).toBe('permitted')
    await send(password('a@b.c', { force: true }), refused('invalid_grant'))
    expect(await ask(password('a@b.c'))).toMatchObject({ retryAt: clock.now() + 15 * minute })
  })

  it.each([
    ['is challenged', challenged],
    ['has no response', noResponse],
    ['is not sent', undefined],
    ["is refused for the client's secret", refused('invalid_client')],
  ] as const)('are given back when a request %s', async (_title, response) => {
    const { permit, send, ask } = world({ store: createStore() })
    for (let index = 0; index < 7; index += 1) await send(password('a@b.c'), refused('invalid_grant'))
    await (await permit(password('a@b.c'))).settle(response)
    expect(await ask(password('a@b.c', { client: productClient({ id: 'another', secret: 'x' }) }))).toBe('permitted')
    if (response?.type !== 'refused') expect(await ask(password('a@b.c'))).toBe('permitted')
  })

  it('are eight for sixty parallel logins: the others wait for the first, and go on when one is accepted', async () => {
    const wrong = world({ store: createStore() })
    let sent = 0
    const login = async (made: typeof wrong, response: ResponseEvent) => {
      const { settle } = await made.queue(password('a@b.c'))
      sent += 1
      await Promise.resolve()
      await settle(response)
    }
    const { clock } = manualClock()
    const refusals = world({ store: createStore(), clock })
    const results = await Promise.allSettled(
      Array.from({ length: 60 }, () => login(refusals, refused('invalid_grant'))),
    )
    expect(sent).toBe(8)
    expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(52)
    const { clock: otherClock } = manualClock()
    const successes = world({ store: createStore(), clock: otherClock })
    await Promise.all(Array.from({ length: 60 }, () => login(successes, success)))
    expect(sent).toBe(68)
  })

  it('stay taken after a crash', async () => {
    const data = memoryStore()
    const one = world({ store: sharedStore(data) })
    for (let index = 0; index < 8; index += 1) await one.permit(password('a@b.c'))
    const { ask, clock } = world({ store: sharedStore(data), clock: copyOf(one.clock) })
    expect(await ask(password('a@b.c'))).toMatchObject({ code: 'backing_off', retryAt: clock.now() + 15 * minute })
  })

  it('of at most 100 accounts are known: those that hold nothing back are forgotten first', async () => {
    const { send, ask, clock } = world({ store: memoryStore() })
    const name = (index: number) => customerToken(`gone-${index}@b.c`)
    await send(password('typo@b.c'), refused('invalid_grant'))
    for (let index = 0; index < 101; index += 1) {
      await send(name(index), refused('invalid_scope'))
      await send(ownerToken(), success)
      clock.advance(10_000)
    }
    expect(await ask(name(0))).toBe('permitted')
    expect(await ask(name(1))).toMatchObject({ code: 'unknown_customer' })
    expect(await ask(name(100))).toMatchObject({ code: 'unknown_customer' })
  })
})

describe.each(stores)('what settle returns on %s', (_, createStore) => {
  const settleWith = async (made: ReturnType<typeof world>, info: TokenRequestInfo, response: ResponseEvent) =>
    (await made.permit(info)).settle(response)

  it('is undefined while the same request may be sent again', async () => {
    const made = world({ store: createStore() })
    const wrong = withPassword('a@b.c', 'wrong')
    for (const response of [success, challenged, noResponse, refused('invalid_grant'), throttled()]) {
      expect(await settleWith(made, wrong, response)).toBeUndefined()
    }
  })

  it.each([
    { title: 'a third refusal of a secret', before: 2, info: withPassword('a@b.c', 'wrong'), wait: 30 * minute },
    { title: 'a missing customer', before: 0, info: customerToken('gone@b.c'), wait: 30 * minute },
  ])('is the wait that $title starts', async ({ before, info, wait }) => {
    const made = world({ store: createStore() })
    const error = info.grantType === 'password' ? 'invalid_grant' : 'invalid_scope'
    await made.send(info, refused(error), before)
    const held = await settleWith(made, info, refused(error))
    expect(held?.retryAt).toBe(made.clock.now() + wait)
    expect(await made.ask(info)).toMatchObject({ code: held?.code, retryAt: held?.retryAt })
  })

  it('is the time of the next attempt when the last one is used up', async () => {
    const made = world({ store: createStore() })
    for (let index = 0; index < 7; index += 1) {
      expect(await settleWith(made, password('a@b.c'), refused('invalid_grant'))).toBeUndefined()
    }
    const held = await settleWith(made, password('a@b.c'), refused('invalid_grant'))
    expect(held?.retryAt).toBe(made.clock.now() + 15 * minute)
  })

  it('is locked_out for a 429 after nine refusals', async () => {
    const made = world({ store: createStore() })
    for (let index = 0; index < 9; index += 1) await made.send(password(`user-${index}`), refused('invalid_grant'))
    const held = await settleWith(made, password('another'), throttled())
    expect(held).toMatchObject({ code: 'locked_out', retryAt: made.clock.now() + 30 * minute })
  })

  it('ignores that the request was forced', async () => {
    const made = world({ store: createStore() })
    const wrong = withPassword('a@b.c', 'wrong')
    await made.send(wrong, refused('invalid_grant'), 2)
    const held = await settleWith(made, { ...wrong, force: true }, refused('invalid_grant'))
    expect(held?.retryAt).toBe(made.clock.now() + 30 * minute)
  })
})

describe.each(stores)('automatic requests on %s', (_, createStore) => {
  const refuseNine = async ({ send }: ReturnType<typeof world>, count = 9) => {
    for (let index = 0; index < count; index += 1) await send(password(`user-${index}`), refused('invalid_grant'))
  }

  it('stop at nine refusals in a row, whatever the account, while explicit ones continue', async () => {
    const made = world({ store: createStore() })
    const { ask, clock } = made
    await refuseNine(made, 8)
    expect(await ask(ownerToken())).toBe('permitted')
    await refuseNine(made, 1)
    const retryAt = clock.now() + 30 * minute
    expect(await ask(ownerToken())).toEqual({
      code: 'backing_off',
      retryAt,
      details: { account: undefined, rule: 'refusals', retryAt },
    })
    clock.advance(minute)
    await refuseNine(made, 9)
    expect(await ask(ownerToken())).toMatchObject({ retryAt })
    expect(await ask(password('another'))).toBe('permitted')
  })

  it('send one probe after the wait: a refusal starts another wait, a success ends it', async () => {
    const made = world({ store: createStore() })
    const { ask, permit, send, clock } = made
    await refuseNine(made)
    clock.advance(30 * minute)
    const probe = await permit(ownerToken())
    expect(await ask(ownerToken())).toBe('at_capacity')
    await probe.settle(refused('invalid_grant'))
    expect(await ask(ownerToken())).toMatchObject({ code: 'backing_off', retryAt: clock.now() + 30 * minute })
    clock.advance(30 * minute)
    await send(ownerToken(), success)
    expect(await ask(ownerToken())).toBe('permitted')
    await refuseNine(made, 8)
    expect(await ask(ownerToken())).toBe('permitted')
  })

  it.each([
    ['has no response', noResponse],
    ['was not sent', undefined],
  ] as const)('send another probe at once when the first one %s', async (_title, response) => {
    const made = world({ store: createStore() })
    await refuseNine(made)
    made.clock.advance(30 * minute)
    await made.send(ownerToken(), response)
    expect(await made.ask(ownerToken())).toBe('permitted')
  })

  it('continue after a success, and neither a challenge nor an outage changes the count', async () => {
    const made = world({ store: createStore() })
    await refuseNine(made, 8)
    await made.send(password('with-mfa'), challenged, 5)
    await made.send(ownerToken(), noResponse, 20)
    expect(await made.ask(ownerToken())).toBe('permitted')
    await made.send(refresh, refused('invalid_grant'))
    expect(await made.ask(ownerToken())).toMatchObject({ code: 'backing_off' })
    await made.send(password('another'), success)
    expect(await made.ask(ownerToken())).toBe('permitted')
  })

  it('wait for capacity while refusals and requests in flight together are nine', async () => {
    const made = world({ store: createStore() })
    await refuseNine(made, 3)
    const permits = await Promise.all(Array.from({ length: 6 }, () => made.permit(refresh)))
    expect(await made.ask(refresh)).toBe('at_capacity')
    expect(await made.ask(password('another'))).toBe('permitted')
    await permits[0]?.settle(success)
    expect(await made.ask(refresh)).toBe('permitted')
  })

  it('are permitted two at a time without a deadlock when there is room for one', async () => {
    const made = world({ store: createStore() })
    await refuseNine(made, 8)
    const [first, second] = await Promise.all([0, 1].map(() => made.guard.acquire(refresh, { startedAt: 0 })))
    expect([first, second].filter((acquired) => acquired === 'at_capacity')).toHaveLength(1)
  })
})

describe.each(stores)('the 429 responses on %s', (_, createStore) => {
  it.each([
    { wait: 'Retry-After', refusals: 0, response: throttled(60_000), ms: minute },
    { wait: 'at most 30 minutes', refusals: 0, response: throttled(30 * minute), ms: 30 * minute },
    { wait: '30 minutes without it after nine refusals', refusals: 9, response: throttled(), ms: 30 * minute },
    { wait: 'Retry-After after nine refusals', refusals: 9, response: throttled(60_000), ms: minute },
  ])('hold every request back for $wait', async ({ refusals, response, ms }) => {
    const errorCode = refusals === 9 ? 'locked_out' : 'rate_limited'
    const { send, ask, clock } = world({ store: createStore() })
    for (let index = 0; index < refusals; index += 1) {
      await send(password(`user-${index}`), refused('invalid_grant'))
    }
    await send(password('another'), response)
    const retryAt = clock.now() + ms
    for (const info of [password('a', { force: true }), customerPassword('j@b.c', 'any')]) {
      expect(await ask(info)).toEqual({ code: errorCode, retryAt, details: { retryAt } })
    }
    clock.advance(ms)
    expect(await ask(password('a'))).toBe('permitted')
  })

  it('hold automatic requests back for 5 minutes without Retry-After, and no explicit one', async () => {
    const { send, ask, clock } = world({ store: createStore() })
    await send(refresh, throttled())
    const retryAt = clock.now() + 5 * minute
    expect(await ask(refresh)).toEqual({ code: 'rate_limited', retryAt, details: { retryAt } })
    expect(await ask(password('a'))).toBe('permitted')
    clock.advance(5 * minute)
    expect(await ask(refresh)).toBe('permitted')
  })

  it('end with a success where automatic requests wait', async () => {
    const { send, ask } = world({ store: createStore() })
    await send(refresh, throttled())
    await send(password('a'), success)
    expect(await ask(refresh)).toBe('permitted')
  })

  it('without Retry-After last 30 minutes from the last refusal, as long as Particle locks the address out', async () => {
    const { send, ask, clock } = world({ store: createStore() })
    for (let index = 0; index < 9; index += 1) await send(password(`user-${index}`), refused('invalid_grant'))
    const retryAt = clock.now() + 30 * minute
    clock.advance(10 * minute)
    await send(password('another'), throttled())
    expect(await ask(password('a'))).toEqual({ code: 'locked_out', retryAt, details: { retryAt } })
  })

  it('hold requests back for the longer of two waits', async () => {
    const { permit, ask, clock } = world({ store: createStore() })
    const [one, two] = [await permit(refresh), await permit(refresh)]
    await one.settle(throttled(600_000))
    await two.settle(throttled(0))
    expect(await ask(refresh)).toMatchObject({ retryAt: clock.now() + 600_000 })
  })
})

describe.each(stores)('the rate limit on %s', (_, createStore) => {
  it('permits 98 requests in five minutes, explicit or automatic', async () => {
    const { send, ask, clock } = world({ store: createStore() })
    await send(ownerToken(), success, 49)
    clock.advance(minute)
    await send(password('a@b.c'), success, 49)
    expect(await ask(ownerToken())).toBe('at_capacity')
    expect(await ask(password('a@b.c', { force: true }))).toBe('at_capacity')
    clock.advance(4 * minute)
    await send(password('a@b.c'), success, 49)
    expect(await ask(ownerToken())).toBe('at_capacity')
  })

  it('does not count requests that were not sent', async () => {
    const { send, ask } = world({ store: createStore() })
    await send(password('a@b.c'), undefined, 200)
    await send(password('a@b.c'), success, 97)
    expect(await ask(ownerToken())).toBe('permitted')
  })

  it('delays a call until there is room', async () => {
    const { send, queue, clock } = world({ store: createStore() })
    await send(ownerToken(), success, 98)
    clock.advance(5 * minute - 15_000)
    expect(await queue(ownerToken())).toBeDefined()
    expect(await queue(password('a@b.c'))).toBeDefined()
  })

  it('rejects a call that would wait longer than maxWaitMs, at once and with the time', async () => {
    const { send, queue, clock } = world({ store: createStore() })
    await send(ownerToken(), success, 98)
    const retryAt = clock.now() + 5 * minute
    clock.advance(5 * minute - 15_001)
    const startedAt = clock.now()
    await expect(queue(ownerToken())).rejects.toMatchObject({ code: 'rate_limited', retryAt })
    expect(clock.now()).toBe(startedAt)
    clock.advance(2)
    await expect(queue(ownerToken(), { startedAt: startedAt - 2 })).rejects.toMatchObject({
      code: 'rate_limited',
      retryAt,
    })
    await queue(ownerToken())
  })

  it('says back-off at once although there is no room', async () => {
    const { send, ask } = world({ store: createStore() })
    await send(customerToken('gone@b.c'), refused('invalid_scope'))
    await send(ownerToken(), success, 97)
    expect(await ask(ownerToken())).toBe('at_capacity')
    expect(await ask(customerToken('gone@b.c'))).toMatchObject({ code: 'unknown_customer' })
  })
})

describe('waiting for capacity', () => {
  /** Starts callers one after another, each once the one before sleeps. They record who was served, in order. */
  const startCalls = async (
    made: ReturnType<typeof world>,
    sleeps: readonly unknown[],
    infos: readonly TokenRequestInfo[],
  ) => {
    const served: number[] = []
    const calls: Promise<Permit>[] = []
    for (const [call, info] of infos.entries()) {
      const queued = made.queue(info).then((permit) => {
        served.push(call)
        return permit
      })
      calls.push(queued)
      await expect.poll(() => sleeps.length).toBe(call + 1)
    }
    return { served, calls }
  }

  it('serves the first caller with the first request that leaves the window', async () => {
    const { clock, sleeps } = manualClock()
    const made = world({ clock })
    const returning = await made.permit(ownerToken())
    for (let sent = 1; sent < 98; sent += 1) {
      await made.send(ownerToken(), success)
      clock.advance(1000)
    }
    clock.advance(5 * minute - 98_000)
    const { served, calls } = await startCalls(made, sleeps, [ownerToken(), ownerToken(), ownerToken()])
    expect(sleeps.map(({ ms }) => ms)).toEqual([1000, 1000, 2000])
    await returning.settle(success)
    expect(served).toEqual([])
    clock.advance(1000)
    for (const { wake } of sleeps) wake()
    await Promise.all(calls.slice(0, 2))
    expect(served.toSorted()).toEqual([0, 1])
    await expect.poll(() => sleeps.length).toBe(4)
    clock.advance(1000)
    for (const { wake } of sleeps) wake()
    await calls[2]
  })

  it('serves the first caller with the first request that returns, and a later one has to wait', async () => {
    const { clock, sleeps } = manualClock()
    const made = world({ clock })
    const permits = await Promise.all(Array.from({ length: 9 }, () => made.permit(refresh)))
    const { served, calls } = await startCalls(made, sleeps, [refresh, refresh])
    const settled = permits[0]?.settle(success)
    // It comes while the first caller is awake and has not tried again yet.
    expect(await made.ask(refresh)).toBe('at_capacity')
    await settled
    await calls[0]
    expect(served).toEqual([0])
    await permits[1]?.settle(success)
    await calls[1]
    expect(served).toEqual([0, 1])
  })

  it('lets an explicit request pass the automatic ones that wait for requests in flight', async () => {
    const { clock, sleeps } = manualClock()
    const made = world({ clock })
    await Promise.all(Array.from({ length: 9 }, () => made.permit(refresh)))
    await startCalls(made, sleeps, [refresh, refresh])
    expect(await made.ask(password('a@b.c'))).toBe('permitted')
  })

  it('ends with rate_limited when no request returns within maxWaitMs', async () => {
    const { queue, permit, clock } = world()
    await Promise.all(Array.from({ length: 9 }, () => permit(refresh)))
    const startedAt = clock.now()
    const limited = { code: 'rate_limited', retryAt: startedAt + 16_000 }
    await expect(queue(refresh)).rejects.toMatchObject(limited)
    await expect(queue(refresh, { startedAt })).rejects.toMatchObject({ code: 'rate_limited' })
    expect(clock.now()).toBe(startedAt + 15_000)
  })

  it('ends for everyone when nine refusals leave nothing to wait for', async () => {
    const { clock, sleeps } = manualClock()
    const made = world({ clock })
    const permits = await Promise.all(Array.from({ length: 9 }, () => made.permit(refresh)))
    const { calls } = await startCalls(made, sleeps, [refresh, refresh, refresh])
    const results = Promise.allSettled(calls)
    for (const { settle } of permits) await settle(refused('invalid_grant'))
    for (const result of await results) expect(result).toMatchObject({ reason: { code: 'backing_off' } })
  })

  it.each([
    ['the rate limit', 98, 5 * minute - 1000],
    ['a request in flight', 9, 0],
  ])("ends with the signal's reason while it waits for %s, and takes no place", async (_, count, ms) => {
    const { clock, sleeps } = manualClock()
    const made = world({ clock })
    const info = count === 9 ? refresh : ownerToken({ isExplicit: true, createsCustomer: true })
    const permits = await Promise.all(Array.from({ length: count }, () => made.permit(info)))
    clock.advance(ms)
    const controller = new AbortController()
    const { signal } = controller
    const waiting = made.queue(info, { signal })
    await expect.poll(() => sleeps.length).toBe(1)
    const next = made.queue(info)
    await expect.poll(() => sleeps.length).toBe(2)
    controller.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    await expect(made.queue(info, { signal })).rejects.toThrow('gone')
    if (count === 9) await permits[0]?.settle(success)
    else {
      clock.advance(1000)
      for (const { wake } of sleeps) wake()
    }
    expect(await next).toHaveProperty('settle')
  })

  it('passes the place on when the first caller is aborted at the moment of its turn', async () => {
    const controller = new AbortController()
    let sleepers = 0
    const sleep = (_ms: number, signal?: AbortSignal) => {
      sleepers += 1
      const isAborting = sleepers === 1
      return new Promise<void>((resolve) => {
        signal?.addEventListener('abort', () => {
          if (isAborting) controller.abort(new Error('gone'))
          resolve()
        })
      })
    }
    const made = world({ clock: Object.assign(new SimulatedClock(), { sleep }) })
    const permits = await Promise.all(Array.from({ length: 9 }, () => made.permit(refresh)))
    const first = made.queue(refresh, { signal: controller.signal })
    await expect.poll(() => sleepers).toBe(1)
    const second = made.queue(refresh)
    await expect.poll(() => sleepers).toBe(2)
    await Promise.all([expect(first).rejects.toThrow('gone'), permits[0]?.settle(noResponse)])
    expect(await second).toHaveProperty('settle')
  })
})

describe('the registry', () => {
  it('is shared by all sessions of a clock and base URL, each with its own memory store', async () => {
    const one = world()
    const two = world({ clock: one.clock })
    for (let tries = 0; tries < 8; tries += 1) {
      await world({ clock: one.clock }).send(password('a@b.c'), refused('invalid_grant'))
    }
    expect(await two.ask(password('a@b.c'))).toMatchObject({ code: 'backing_off' })
    expect(await world().ask(password('a@b.c'))).toBe('permitted')
  })

  it('is shared by another copy of the package', async () => {
    const { clock, send } = world()
    vi.resetModules()
    const copy = await import('./lockout-guard.ts')
    expect(copy.LockoutGuard).not.toBe(LockoutGuard)
    const { memoryStore: copiedStore } = await import('../store.ts')
    const other = new copy.LockoutGuard({
      baseUrl: particleUrl,
      store: copiedStore(),
      clock,
      maxWaitMs: 0,
      isEnabled: true,
    })
    const wrong = withPassword('a@b.c', 'wrong')
    await send(wrong, refused('invalid_grant'), 3)
    await expect(other.acquire(wrong, { startedAt: clock.now() })).rejects.toMatchObject({ code: 'backing_off' })
    expect(Object.getOwnPropertySymbols(globalThis)).toContain(Symbol.for('@particle-grants/core/guard-2'))
  })

  it('counts the refusals of every store in the process', async () => {
    const memory = world()
    const shared = world({ clock: memory.clock, store: sharedStore() })
    for (let index = 0; index < 5; index += 1) await memory.send(password(`a${index}`), refused('invalid_grant'))
    for (let index = 0; index < 4; index += 1) await shared.send(password(`b${index}`), refused('invalid_grant'))
    for (const { ask } of [memory, shared]) expect(await ask(refresh)).toMatchObject({ code: 'backing_off' })
  })

  it('counts the requests of every store in the process', async () => {
    const memory = world()
    const shared = world({ clock: memory.clock, store: sharedStore() })
    await memory.send(ownerToken(), success, 50)
    await shared.send(ownerToken(), success, 48)
    for (const { ask } of [memory, shared]) expect(await ask(ownerToken())).toBe('at_capacity')
  })
})

describe('a store that processes share', () => {
  it('holds the back-off of its sessions, the count and the rate limit for all of them', async () => {
    const data = memoryStore()
    const one = world({ store: sharedStore(data) })
    const two = world({ store: sharedStore(data), clock: copyOf(one.clock) })
    await one.send(customerToken('gone@b.c'), refused('invalid_scope'))
    expect(await two.ask(customerToken('gone@b.c'))).toMatchObject({ code: 'unknown_customer' })
    await one.send(refresh, refused('invalid_grant'), 4)
    await two.send(refresh, refused('invalid_grant'), 4)
    for (const { ask } of [one, two]) expect(await ask(refresh)).toMatchObject({ code: 'backing_off' })
    await two.send(password('a@b.c'), success, 40)
    await one.send(password('a@b.c'), success, 49)
    for (const { ask } of [one, two]) expect(await ask(refresh)).toBe('at_capacity')
  })

  it('holds one record per base URL, with names and secrets as hashes only', async () => {
    const saved = new Map<string, string>()
    const store = sharedStore()
    const save = store.save.bind(store)
    const recording = {
      ...store,
      save: (key: string, value: string, version: string | null) => {
        saved.set(key, value)
        return save(key, value, version)
      },
    }
    const { send } = world({ store: recording })
    await send(customerToken('jane@example.com'), refused('invalid_scope'))
    await send(ownerToken(), refused('invalid_client'))
    await send(password('me@example.com'), refused('invalid_grant'))
    expect([...saved.keys()]).toEqual([expect.stringMatching(/^guard-2-[0-9a-f]{64}$/)])
    const [text = ''] = saved.values()
    expect(text).not.toMatch(/jane|me@|secret|my-product/)
  })

  it('is written once per permitted request, and when an response changes something', async () => {
    const store = sharedStore()
    const save = vi.spyOn(store, 'save')
    const withLock = vi.spyOn(store, 'withLock')
    const { permit, ask, send, clock } = world({ store })
    for (const response of [success, challenged, noResponse] as const) {
      await send(refresh, response)
      clock.advance(1)
    }
    expect(save).toHaveBeenCalledTimes(3)
    expect(withLock).toHaveBeenCalledTimes(3)
    await send(refresh, undefined)
    expect(save).toHaveBeenCalledTimes(5)
    await send(refresh, refused('invalid_grant'))
    await send(refresh, success)
    expect(save).toHaveBeenCalledTimes(9)
    await (await permit(customerToken('gone@b.c'))).settle(refused('invalid_scope'))
    save.mockClear()
    await ask(customerToken('gone@b.c'))
    expect(save).not.toHaveBeenCalled()
  })

  it('that fails stops nothing: back-off continues in memory, and is recorded later', async () => {
    const data = memoryStore()
    const store = sharedStore(data)
    const { send, ask, clock } = world({ store })
    const failing = vi.spyOn(store, 'withLock').mockRejectedValue(new Error('down'))
    await send(customerToken('gone@b.c'), refused('invalid_scope'))
    expect(await ask(customerToken('gone@b.c'))).toMatchObject({ code: 'unknown_customer' })
    const other = world({ store: sharedStore(data), clock: copyOf(clock) })
    expect(await other.ask(customerToken('gone@b.c'))).toBe('permitted')
    failing.mockRestore()
    await send(ownerToken(), noResponse)
    expect(await other.ask(customerToken('gone@b.c'))).toMatchObject({ code: 'unknown_customer' })
  })

  it('that cannot save a response records it with the next request, and once', async () => {
    const data = memoryStore()
    const store = sharedStore(data)
    const { send, permit, clock } = world({ store })
    const other = world({ store: sharedStore(data), clock: copyOf(clock) })
    const wrong = withPassword('a@b.c', 'wrong')
    await send(wrong, refused('invalid_grant'))
    const late = await permit(wrong)
    const save = vi.spyOn(store, 'save').mockRejectedValue(new Error('disk full'))
    await late.settle(refused('invalid_grant'))
    save.mockRestore()
    await send(password('b@b.c'), noResponse, 3)
    expect(await other.ask(wrong)).toBe('permitted')
    await other.send(wrong, refused('invalid_grant'))
    expect(await other.ask(wrong)).toMatchObject({ code: 'backing_off' })
  })

  it.each(['load', 'save'] as const)(
    'that fails once to %s is asked again, and the decision is made once',
    async (method) => {
      const data = memoryStore()
      const store = sharedStore(data)
      const { send, permit, clock } = world({ store })
      vi.spyOn(store, method).mockRejectedValueOnce(new Error('busy'))
      const { settle } = await permit(customerToken('gone@b.c'))
      vi.spyOn(store, method).mockRejectedValueOnce(new Error('busy'))
      await settle(refused('invalid_scope'))
      const other = world({ store: sharedStore(data), clock: copyOf(clock) })
      expect(await other.ask(customerToken('gone@b.c'))).toMatchObject({ code: 'unknown_customer' })
      // A success is not lost to what the store had before.
      await send(customerToken('gone@b.c', { force: true }), noResponse)
      const forced = await permit(customerToken('gone@b.c', { force: true }))
      vi.spyOn(store, method).mockRejectedValueOnce(new Error('busy'))
      await forced.settle(success)
      expect(await other.ask(customerToken('gone@b.c'))).toBe('permitted')
    },
  )

  it('whose lock stays taken is not asked again', async () => {
    const store = sharedStore()
    const { send } = world({ store })
    const error = new GrantsError('lock_timeout', 'taken', { key: 'guard', waitedMs: 30_000 })
    const withLock = vi.spyOn(store, 'withLock').mockRejectedValue(error)
    await send(refresh, success)
    expect(withLock).toHaveBeenCalledTimes(1)
  })

  it('with an emptier bucket of another process counts it', async () => {
    const data = memoryStore()
    const one = world({ store: sharedStore(data) })
    const two = world({ store: sharedStore(data), clock: copyOf(one.clock) })
    for (let index = 0; index < 4; index += 1) {
      await one.send(password('a@b.c'), refused('invalid_grant'))
      await two.send(password('a@b.c'), refused('invalid_grant'))
    }
    for (const { ask } of [one, two]) expect(await ask(password('a@b.c'))).toMatchObject({ code: 'backing_off' })
  })

  it.each([
    ['cut off', '{"refusals":1,'],
    ['not an object', 'null'],
    ['without lists', '{"refusals":1,"refusedAt":0}'],
    ['with a count that is not a number', createText({ refusals: '9' })],
    ['with times that are not numbers', createText({ sentAt: ['1'] })],
    ['with infinite times', createText({}).replace('"refusedAt":0', '"refusedAt":1e999')],
  ])('that holds a record %s has it replaced by what the process knows', async (_, text) => {
    const data = memoryStore()
    const { send, ask, clock } = world({ store: sharedStore(data) })
    await send(customerToken('gone@b.c'), refused('invalid_scope'))
    await replaceRecord(data, text)
    expect(await ask(customerToken('gone@b.c'))).toMatchObject({ code: 'unknown_customer' })
    await send(ownerToken(), noResponse)
    const other = world({ store: sharedStore(data), clock: copyOf(clock) })
    expect(await other.ask(customerToken('gone@b.c'))).toMatchObject({ code: 'unknown_customer' })
  })

  it('that lost its record lets requests be sent, while the process still protects the address', async () => {
    const data = memoryStore()
    const { send, ask } = world({ store: sharedStore(data) })
    await send(customerToken('gone@b.c'), refused('invalid_scope'))
    await send(refresh, refused('invalid_grant'), 7)
    const key = await guardKey()
    await data.remove(key, String((await data.load(key))?.version))
    await send(ownerToken(), noResponse)
    expect(await ask(customerToken('gone@b.c'))).toBe('permitted')
    await send(refresh, refused('invalid_grant'))
    expect(await ask(refresh)).toMatchObject({ code: 'backing_off', details: { account: undefined } })
  })
})

describe('a clock that jumps', () => {
  it('back makes no wait longer than it was', async () => {
    for (const store of [memoryStore(), sharedStore()]) {
      const { send, ask, clock } = world({ store })
      const wrong = withPassword('a@b.c', 'wrong')
      await send(wrong, refused('invalid_grant'), 3)
      await send(refresh, refused('invalid_grant'), 6)
      await send(password('b@b.c'), throttled())
      clock.advance(-365 * day)
      const retryAt = clock.now() + 30 * minute
      for (const info of [wrong, refresh, password('b@b.c')]) expect(await ask(info)).toMatchObject({ retryAt })
      clock.advance(30 * minute)
      for (const info of [wrong, refresh, password('b@b.c')]) expect(await ask(info)).toBe('permitted')
    }
  })

  it('back leaves the rate limit full for five minutes at most', async () => {
    const { send, ask, clock } = world({ store: sharedStore() })
    await send(ownerToken(), success, 98)
    clock.advance(-day)
    expect(await ask(ownerToken())).toBe('at_capacity')
    clock.advance(5 * minute)
    expect(await ask(ownerToken())).toBe('permitted')
  })

  it('forward ends waits', async () => {
    const { send, ask, clock } = world()
    await send(password('a@b.c'), refused('invalid_grant'), 9)
      .catch(() => {})
      .finally(() => clock.advance(365 * day))
    expect(await ask(password('a@b.c'))).toBe('permitted')
  })
})

describe('a guard that is switched off', () => {
  it('permits every request and records nothing', async () => {
    const store = sharedStore()
    const withLock = vi.spyOn(store, 'withLock')
    const off = world({ store, isEnabled: false })
    await off.send(password('a@b.c'), refused('invalid_grant'), 200)
    expect(withLock).not.toHaveBeenCalled()
    expect(await world({ store, clock: off.clock }).ask(password('a@b.c'))).toBe('permitted')
  })
})

describe('resetLockoutGuard', () => {
  it('ends all back-off of a base URL, in the process and in the store', async () => {
    const store = sharedStore()
    const { send, ask } = world({ store })
    await send(customerToken('gone@b.c'), refused('invalid_scope'))
    await send(refresh, refused('invalid_grant'), 8)
    await resetLockoutGuard({ baseUrl: 'https://other.example', store })
    expect(await ask(refresh)).toMatchObject({ code: 'backing_off' })
    await resetLockoutGuard({ store })
    await resetLockoutGuard({ store })
    expect(await ask(refresh)).toBe('permitted')
    expect(await ask(customerToken('gone@b.c'))).toBe('permitted')
  })
})

describe('a poisoned record in a store', () => {
  const now = new SimulatedClock().now()
  const id = 'f'.repeat(16)
  it.each([
    {
      title: 'a lockout of a thousand years',
      fields: { waits: [{ rule: 'lockout', startedAt: now, waitMs: 1e15 }] },
      longestMs: 30 * minute,
    },
    {
      title: 'a lockout that starts later',
      fields: { waits: [{ rule: 'lockout', startedAt: now + hour, waitMs: 1e6 }] },
      longestMs: 0,
    },
    { title: 'a full window in the future', fields: { sentAt: [now + hour, ...Array(97).fill(0)] }, longestMs: 0 },
    {
      title: 'a full window just ahead',
      fields: { sentAt: [now + 4 * minute, ...Array(97).fill(0)] },
      longestMs: 5 * minute,
    },
    {
      title: 'too many accounts and requests',
      fields: { sentAt: [now, ...Array(9999).fill(0)], accounts: Array(9999).fill([id, 99, now]) },
      longestMs: 5 * minute,
    },
  ])('stops requests for no longer than the rules: $title', async ({ fields, longestMs }) => {
    for (const canSave of [true, false]) {
      const data = memoryStore()
      const store = sharedStore(data)
      await data.save(await guardKey(), createText({ accounts: [], ...fields }), null)
      if (!canSave) vi.spyOn(store, 'save').mockRejectedValue(new Error('read-only'))
      const { ask, clock } = world({ store })
      if (longestMs > 0) expect(await ask(password('a@b.c'))).not.toBe('permitted')
      clock.advance(longestMs)
      expect(await ask(password('a@b.c'))).toBe('permitted')
    }
  })

  it('caps the bucket and the waits of an account', async () => {
    const data = memoryStore()
    const { send, ask, clock } = world({ store: sharedStore(data) })
    const wrong = withPassword('a@b.c', 'wrong')
    await send(wrong, refused('invalid_grant'), 3)
    const stored = JSON.parse(String((await data.load(await guardKey()))?.value))
    const [account] = stored.accounts
    const poison = async (used: number, time: number, waitMs: number) => {
      const accounts = [[account[0], used, time, account[3], 3, time, waitMs]]
      await replaceRecord(data, JSON.stringify({ ...stored, accounts }))
    }
    await poison(1e9, clock.now(), 1e15)
    expect(await ask(wrong)).toMatchObject({ retryAt: clock.now() + day })
    expect(await ask(password('a@b.c'))).toMatchObject({ retryAt: clock.now() + 15 * minute })
    await poison(8, clock.now() + hour, 1e15)
    expect(await ask(wrong)).toBe('permitted')
  })
})

/** Another process's clock, at the same time. */
function copyOf(clock: SimulatedClock): SimulatedClock {
  return { now: () => clock.now(), advance: (ms: number) => clock.advance(ms) } as SimulatedClock
}

async function guardKey(): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(JSON.stringify([particleUrl])))
  return `guard-2-${Buffer.from(digest).toString('hex')}`
}

/** A stored record with other fields. */
function createText(fields: Readonly<Record<string, unknown>>): string {
  const empty = { refusals: 0, refusedAt: 0, sentAt: [0], waits: [], accounts: [] }
  return JSON.stringify({ ...empty, ...fields })
}

async function replaceRecord(data: Store, text: string): Promise<void> {
  const key = await guardKey()
  await data.save(key, text, String((await data.load(key))?.version))
}
