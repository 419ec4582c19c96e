import { describe, expect, it } from 'vitest'
import { type Answer, type Recorded, recorder } from '../../test/recorder.ts'
import { codeOf, gated, withoutSockets } from '../../test/worlds.ts'
import { developerClient } from '../clients.ts'
import { createSession } from './create-session.ts'
import type { Fetch } from './http.ts'

const dead: Answer = { status: 401, body: { error: 'invalid_token' } }
const good: Answer = { status: 200, body: {} }

/** Token requests go to the sandbox, everything else over the network. */
const split = (tokens: Fetch): Fetch =>
  ((url: unknown, init) =>
    typeof url === 'string' && url.endsWith('/oauth/token')
      ? tokens(url, init)
      : fetch(url as string, init)) as Fetch

/** A product's session, and an API that answers one after the other, the last again and again. */
async function withApi(...answers: readonly Answer[]) {
  const world = withoutSockets()
  let count = 0
  const api = await recorder(() => {
    count += 1
    return answers[Math.min(count, answers.length) - 1] as Answer
  })
  const session = world.owner({ origins: [api.url], fetch: split(world.options.fetch) })
  await session.authorize()
  return { ...world, api, session, get: () => session.fetch(`${api.url}/v1/devices`) }
}

describe('a token that the API took', () => {
  it.each([
    ['with the call that was sent again', [dead, good, dead, good]],
    ['with an answer that there is nothing here', [dead, { status: 404, body: {} }, dead, good]],
  ])('%s may be renewed once more when it is dead one day', async (_, answers) => {
    const { get, session, clock, tokenRequests } = await withApi(...answers)
    await get()
    await session.settled()
    clock.advance('1d')
    expect((await get()).status).toBe(200)
    expect(tokenRequests()).toHaveLength(3)
  })

  it('is not what a proxy’s error says: an API that only ever answers 401 behind it costs one renewal', async () => {
    const { get, tokenRequests } = await withApi(
      dead,
      { status: 502, body: {} },
      dead,
      { status: 502, body: {} },
      dead,
    )
    for (let times = 0; times < 10; times += 1) await get().catch(() => {})
    expect(tokenRequests()).toHaveLength(2)
  })
})

describe('an answer from where a redirect led', () => {
  it.each([
    ['a product’s token', true],
    ['a token that nobody can renew', false],
  ])('says nothing of %s, which did not go there', async (_, isProducts) => {
    const world = withoutSockets()
    const elsewhere = await recorder(({ headers }: Recorded) =>
      headers.authorization === undefined ? dead : good,
    )
    const api = await recorder(() => ({
      status: 302,
      headers: { location: `${elsewhere.url}/v1/devices` },
      body: {},
    }))
    const session = isProducts
      ? world.owner({ origins: [api.url], fetch: split(world.options.fetch) })
      : createSession({ ...world.options, fetch, client: developerClient(), origins: [api.url] })
    if ('authorize' in session && isProducts) await session.authorize()
    else await session.adopt({ accessToken: 'a'.repeat(40) })
    const token = session.peekToken()
    expect((await session.fetch(`${api.url}/v1/devices`)).status).toBe(401)
    expect(elsewhere.requests[0]?.headers.authorization).toBeUndefined()
    expect(session.peekToken()).toBe(token)
    expect(session.state.status).toBe('signed_in')
  })
})

describe('whoever waits for another token after a rejection', () => {
  it('goes when its signal says so', async () => {
    const { owner, options, clock } = withoutSockets()
    const api = await recorder(() => dead)
    const gate = gated(options.fetch)
    await owner().authorize()
    const session = owner({ origins: [api.url], fetch: split(gate.fetch) })
    await session.restore()
    const aborter = new AbortController()
    const call = codeOf(session.fetch(`${api.url}/v1/devices`, { signal: aborter.signal }))
    await expect.poll(gate.waiting).toBe(1)
    aborter.abort(Object.assign(new Error('gone'), { code: 'gone' }))
    expect(await call).toBe('gone')
    gate.open()
    await session.settled()
    clock.advance('1d')
    expect(session.state.status).toBe('signed_in')
  })
})
