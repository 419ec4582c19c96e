import { memoryStore } from '@particle-grants/core'
import { finishSsoSignIn } from '@particle-grants/sso'
import { describe, expect, it } from 'vitest'
import { startSandbox } from '../test/sandboxed.ts'

const token = { path: '/oauth2/default/v1/token' }

/** The time from each poll to the next, in seconds. */
function getGaps(polls: readonly { readonly at: number }[]): number[] {
  return polls.slice(1).map(({ at }, index) => (at - (polls[index]?.at ?? 0)) / 1000)
}

describe('polling', () => {
  it('sends no request early in hours of polling, until the person signs in', async () => {
    const { sandbox, createSession, start, polls, whenWaited } = await startSandbox({ ssoCodeLifetime: 6 * 3600 })
    // Without sockets, and at Particle's own addresses.
    const { fetch } = sandbox
    const session = createSession({ baseUrl: undefined, fetch })
    const started = await start({ issuer: undefined, fetch })
    whenWaited((waited) => {
      if (waited === 4000) sandbox.sso.approve(started.userCode)
    })
    await finishSsoSignIn(session, started)
    expect(polls()).toHaveLength(4000)
    expect(polls().filter(({ error }) => error === 'slow_down')).toEqual([])
    expect(new Set(getGaps(polls()))).toEqual(new Set([5]))
  })

  it('sends no request early in hours of polling with faults of every kind', async () => {
    const { sandbox, session, start, polls, whenWaited } = await startSandbox({ ssoCodeLifetime: 12 * 3600 })
    const started = await start()
    const faults = [
      { status: 502, body: '<h1>Bad gateway</h1>' },
      { drop: true },
      { status: 503, headers: { 'retry-after': '90' } },
      { status: 429 },
      { drop: 'during', after: true },
      {},
      {},
    ] as const
    whenWaited((waited) => {
      const fault = faults[waited % faults.length]
      if (fault !== undefined && Object.keys(fault).length > 0) sandbox.failNext({ ...fault, match: token })
    })
    await expect(finishSsoSignIn(session, started)).rejects.toMatchObject({ code: 'sso_expired' })
    expect(polls().length).toBeGreaterThan(500)
    expect(polls().filter(({ error }) => error === 'slow_down')).toEqual([])
    expect(Math.min(...getGaps(polls()))).toBe(5)
  })

  it('waits 5 seconds where the provider names no interval, and the longer interval where it does', async () => {
    const { sandbox, session, start, waits } = await startSandbox({ ssoInterval: 11 })
    const longer = await start()
    sandbox.sso.approve(longer.userCode)
    await finishSsoSignIn(session, longer)
    expect(waits).toEqual([11_000])
  })

  it('adds 5 seconds at each slow_down, and keeps them', async () => {
    const { sandbox, session, start, waits, whenWaited } = await startSandbox()
    const started = await start()
    sandbox.failNext({ error: 'slow_down', times: 2, match: token })
    whenWaited((waited) => {
      if (waited === 5) sandbox.sso.approve(started.userCode)
    })
    await finishSsoSignIn(session, started)
    expect(waits).toEqual([5000, 10_000, 15_000, 15_000, 15_000])
  })

  it('keeps the longer interval when it is called again after an abort', async () => {
    const { sandbox, session, start, waits, whenWaited } = await startSandbox()
    const started = await start()
    sandbox.failNext({ error: 'slow_down', match: token })
    const controller = new AbortController()
    whenWaited((waited) => {
      if (waited === 2) controller.abort(new Error('enough'))
    })
    await expect(finishSsoSignIn(session, started, { signal: controller.signal })).rejects.toThrow('enough')
    sandbox.sso.approve(started.userCode)
    await finishSsoSignIn(session, started)
    expect(waits).toEqual([5000, 10_000, 10_000])
  })

  it('doubles the time after each failure up to a minute, and returns to the interval after a response', async () => {
    const { sandbox, session, start, waits, whenWaited } = await startSandbox()
    const started = await start()
    sandbox.failNext({ status: 500, times: 2, match: token })
    sandbox.failNext({ drop: true, times: 3, match: token })
    whenWaited((waited) => {
      if (waited === 7) sandbox.sso.approve(started.userCode)
    })
    await finishSsoSignIn(session, started)
    expect(waits).toEqual([5000, 10_000, 20_000, 40_000, 60_000, 60_000, 5000])
  })

  it('takes a time-out for a failure', async () => {
    const { sandbox, session, start, waits } = await startSandbox()
    let timeouts = 2
    const started = await start({
      fetch: async (input, init) => {
        if (String(input).endsWith('/token') && timeouts > 0) {
          timeouts -= 1
          throw new DOMException('The operation timed out.', 'TimeoutError')
        }
        return fetch(input, init)
      },
    })
    sandbox.sso.approve(started.userCode)
    await finishSsoSignIn(session, started)
    expect(waits).toEqual([5000, 10_000, 20_000])
  })

  it('waits as long as Retry-After says', async () => {
    const { sandbox, session, start, waits } = await startSandbox()
    const started = await start()
    sandbox.failNext({ status: 429, headers: { 'retry-after': '77' }, match: token })
    sandbox.sso.approve(started.userCode)
    await finishSsoSignIn(session, started)
    expect(waits).toEqual([5000, 77_000])
  })

  it('rejects with sso_expired when the code expires, with the last failure as the cause', async () => {
    const { sandbox, session, start, polls } = await startSandbox({ ssoCodeLifetime: 60 })
    const started = await start()
    sandbox.failNext({ status: 503, times: 100, match: token })
    await expect(finishSsoSignIn(session, started)).rejects.toMatchObject({
      code: 'sso_expired',
      retry: 'after_sign_in',
      details: { expiredAt: started.expiresAt },
      cause: { code: 'temporarily_unavailable' },
    })
    expect(polls().every(({ at }) => at < started.expiresAt)).toBe(true)
  })

  it('sends nothing once the code has expired while the machine slept', async () => {
    const { sandbox, session, start, polls, whenWaited } = await startSandbox()
    const started = await start()
    whenWaited(() => sandbox.clock.advance('1h'))
    await expect(finishSsoSignIn(session, started)).rejects.toMatchObject({ code: 'sso_expired' })
    expect(polls()).toEqual([])
  })

  it.each([
    ['expired_token', { error: 'expired_token' }, { code: 'sso_expired' }],
    ['access_denied', { error: 'access_denied' }, { code: 'sso_denied', details: { error: 'access_denied' } }],
    [
      'invalid_grant',
      { error: 'invalid_grant', error_description: 'No.' },
      { code: 'sso_denied', details: { error: 'invalid_grant', status: 400, description: 'No.' } },
    ],
    ['an unknown error', { status: 400, error: 'teapot' }, { code: 'sso_denied', details: { error: 'teapot' } }],
    ['a page', { status: 200, body: '<p>Hello</p>' }, { code: 'unexpected_response', details: { reason: 'html' } }],
    [
      'a redirect',
      { status: 302, headers: { location: '/elsewhere' } },
      { code: 'unexpected_response', details: { reason: 'redirect' } },
    ],
    ['mfa_required', { error: 'mfa_required' }, { code: 'unexpected_response' }],
    [
      'a token of another type',
      { body: { token_type: 'mac', access_token: 'x' } },
      { code: 'unexpected_response', details: { reason: 'wrong_type' } },
    ],
  ])('ends at %s', async (_title, fault, error) => {
    const { sandbox, session, start, polls } = await startSandbox()
    const started = await start()
    sandbox.failNext({ ...fault, match: token })
    await expect(finishSsoSignIn(session, started)).rejects.toMatchObject(error)
    expect(polls()).toHaveLength(1)
    await expect(finishSsoSignIn(session, started)).rejects.toThrow('started was used: call startSsoSignIn() again.')
  })

  it('rejects with sso_denied when the person refuses', async () => {
    const { sandbox, session, start } = await startSandbox()
    const started = await start()
    sandbox.sso.deny(started.userCode)
    await expect(finishSsoSignIn(session, started)).rejects.toThrow(
      'The person refused the sign-in with access_denied (status 400): "The person refused". Start again, or check the client id and the issuer.',
    )
  })

  it('ends with the signal’s reason while it waits and while a request is pending, and can go on', async () => {
    const { sandbox, ssoOptions, session, createSession, start, polls } = await startSandbox()
    const realTime = { now: () => sandbox.clock.now() }
    const waiting = new AbortController()
    const started = await start({ clock: realTime })
    const first = finishSsoSignIn(session, started, { signal: waiting.signal })
    await session.load()
    waiting.abort(new Error('enough'))
    await expect(first).rejects.toThrow('enough')
    expect(polls()).toEqual([])

    const pending = new AbortController()
    const next = await start()
    sandbox.failNext({ delay: 3_600_000, match: token })
    const second = finishSsoSignIn(session, next, { signal: pending.signal })
    await expect.poll(() => sandbox.faults.list()).toEqual([])
    pending.abort(new Error('enough'))
    await expect(second).rejects.toThrow('enough')
    sandbox.sso.approve(next.userCode)
    expect(await finishSsoSignIn(createSession(), next)).toMatchObject({ status: 'signed_in' })
    await expect(
      finishSsoSignIn(session, await start(ssoOptions), { signal: AbortSignal.abort(new Error('no')) }),
    ).rejects.toThrow('no')
  })

  it('polls with one call at a time, and not with a copy', async () => {
    const { sandbox, session, createSession, start, polls } = await startSandbox()
    const started = await start()
    sandbox.sso.approve(started.userCode)
    const first = finishSsoSignIn(session, started)
    await expect(finishSsoSignIn(createSession(), started)).rejects.toThrow('started is in use')
    await expect(finishSsoSignIn(createSession(), { ...started })).rejects.toThrow(
      'started must be the object that startSsoSignIn() resolved with.',
    )
    await first
    await expect(finishSsoSignIn(session, started)).rejects.toThrow('started was used')
    expect(polls()).toHaveLength(1)
  })

  it('rejects before it polls if the store cannot be read, and can be called again', async () => {
    const { sandbox, createSession, session, start, polls } = await startSandbox()
    const store = memoryStore()
    const load = async () => {
      throw new Error('no disk')
    }
    const broken = createSession({ profile: 'work', store: { ...store, load } as never })
    const started = await start()
    await expect(finishSsoSignIn(broken, started)).rejects.toThrow()
    expect(polls()).toEqual([])
    sandbox.sso.approve(started.userCode)
    expect(await finishSsoSignIn(session, started)).toMatchObject({ status: 'signed_in' })
  })
})
