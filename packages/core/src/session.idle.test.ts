import { describe, expect, it } from 'vitest'
import { createWorld, getErrorCode, holdTokenRequests } from '../test/worlds.ts'
import { createSession } from './create-session.ts'
import { createSessionPool } from './session-pool.ts'

/** A session and a pool of one customer, whose requests wait until they are released. */
function createWaiting() {
  const { options, tokenRequests } = createWorld()
  const held = holdTokenRequests(options.fetch)
  const session = createSession({ ...options, fetch: held.fetch })
  const pool = createSessionPool({ ...options, fetch: held.fetch })
  return { held, session, pool, tokenRequests, customer: pool.customer('jane@example.com') }
}

describe('idle()', () => {
  it('of a session and of a pool rejects after timeoutMs, and what is pending continues', async () => {
    const { held, session, pool, customer } = createWaiting()
    const tokens = [session.getAccessToken(), customer.getAccessToken()]
    await expect.poll(held.countWaiting).toBe(2)
    for (const one of [session, pool]) {
      await expect(one.idle({ timeoutMs: 20 })).rejects.toMatchObject({
        code: 'wait_timeout',
        message: expect.stringMatching(/^The session was not idle within 0.02 s/),
        details: { waitedMs: 20 },
      })
    }
    held.release()
    await session.idle({ timeoutMs: 60_000 })
    await pool.idle({ timeoutMs: 60_000 })
    await Promise.all(tokens)
  })

  it('ends with the reason of an aborted signal', async () => {
    const { held, session, pool, customer } = createWaiting()
    const tokens = [session.getAccessToken(), customer.getAccessToken()]
    const reason = new Error('The time to shut down is over.')
    for (const one of [session, pool]) {
      await expect(one.idle({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    }
    held.release()
    await Promise.all(tokens)
  })

  it('rejects a time that no timer can keep', async () => {
    const { session, pool } = createWaiting()
    const token = createSession({ accessToken: 'a'.repeat(40) })
    for (const one of [session, pool, token]) {
      expect(await getErrorCode(one.idle({ timeoutMs: 0 }))).toBe('invalid_argument')
    }
  })
})

describe('await using', () => {
  it('waits for what is pending at the end of the block, and does not sign out', async () => {
    const { held, session, pool, customer, tokenRequests } = createWaiting()
    const tokens: Promise<string>[] = []
    const use = async () => {
      await using one = session
      await using all = pool
      await using other = createSession({ accessToken: 'a'.repeat(40) })
      tokens.push(one.getAccessToken(), all.customer('jane@example.com').getAccessToken(), other.getAccessToken())
    }
    let isOver = false
    const block = use().then(() => {
      isOver = true
    })
    await expect.poll(held.countWaiting).toBe(2)
    expect(isOver).toBe(false)
    held.release()
    await block
    expect(await Promise.all(tokens)).toEqual([session.peekAccessToken(), customer.peekAccessToken(), 'a'.repeat(40)])
    expect(tokenRequests()).toHaveLength(2)
  })
})
