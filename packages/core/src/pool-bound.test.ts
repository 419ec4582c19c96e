import { describe, expect, it } from 'vitest'
import { client, gated, withoutSockets } from '../test/worlds.ts'
import { createSessionPool } from './pool.ts'
import type { Fetch } from './session/http.ts'

const names = Array.from({ length: 24 }, (_, index) => `customer-${index}`)

/** A pool with room for two, for a server that answers everyone when it is let. */
function small() {
  const { options } = withoutSockets()
  let sent = 0
  const answer: Fetch = async () => {
    sent += 1
    return Response.json({ token_type: 'bearer', access_token: `token-${sent}`, expires_in: 3600 })
  }
  const gate = gated(answer)
  const { store, clock, baseUrl } = options
  const pool = createSessionPool({ client, store, clock, baseUrl, fetch: gate.fetch, maxSessions: 2 })
  return { pool, gate, sent: () => sent }
}

describe('the bound of a pool', () => {
  it('keeps those that are busy: the same customer asked for again shares what is under way', async () => {
    const { pool, gate, sent } = small()
    const asked = names.slice(0, 6).map((name) => pool.customer(name).accessToken())
    await expect.poll(gate.waiting).toBe(6)
    expect(pool.size).toBe(6)
    const again = names.slice(0, 6).map((name) => pool.customer(name).accessToken())
    gate.open()
    expect(await Promise.all(again)).toEqual(await Promise.all(asked))
    expect(sent()).toBe(6)
  })

  it('is kept again as soon as they are done', async () => {
    const { pool, gate } = small()
    const asked = names.map((name) => pool.customer(name).accessToken())
    expect(pool.size).toBe(names.length)
    gate.open()
    await Promise.all(asked)
    pool.customer('one')
    // Sixteen at a time are looked at, so that no call takes long.
    pool.customer('two')
    expect(pool.size).toBe(2)
  })

  it('forgets the one that was used least recently, and not the one that is asked for', async () => {
    const { pool } = small()
    const [first, second] = [pool.customer('one'), pool.customer('two')]
    expect(pool.customer('one')).toBe(first)
    const third = pool.customer('three')
    expect(pool.customer('one')).toBe(first)
    expect(pool.customer('three')).toBe(third)
    expect(pool.customer('two')).not.toBe(second)
    expect(pool.size).toBe(2)
  })

  it('of one keeps whoever comes', () => {
    const { options } = withoutSockets()
    const pool = createSessionPool({ client, store: options.store, maxSessions: 1 })
    for (const name of names) expect(pool.customer(name)).toBe(pool.customer(name))
    expect(pool.size).toBe(1)
  })
})
