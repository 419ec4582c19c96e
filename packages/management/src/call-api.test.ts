import { createSession, productClient } from '@particle-grants/core'
import { tokenSession } from '@particle-grants/core/token'
import { findLeaks } from '@particle-grants/test-kit'
import { describe, expect, it } from 'vitest'
import { openScene, product, rejection } from '../test/scene.ts'
import { listApiUsers, revokeAllTokens } from './index.ts'

describe('a call of the API', () => {
  it.each([
    ['429', { status: 429, error: 'rate_limit_exceeded', headers: { 'retry-after': '60' } } as const, 'rate_limited'],
    ['503', { status: 503, body: '<h1>Bad gateway</h1>' }, 'temporarily_unavailable'],
    ['an HTML page', { status: 200, body: '<h1>Sign in to the hotel</h1>' }, 'unexpected_response'],
    ['a list', { status: 200, body: '[]' }, 'unexpected_response'],
    ['an empty success', { status: 200, body: '' }, 'unexpected_response'],
    ['no response', { drop: true }, 'network_error'],
    ['half of a response', { drop: 'during' } as const, 'network_error'],
    ['a 400 without JSON', { status: 400, body: '<h1>Bad request</h1>' }, 'api_error'],
  ])('rejects with a code of core after %s', async (_title, fault, code) => {
    const { admin, sandbox } = await openScene()
    sandbox.failNext(fault)
    expect(await rejection(listApiUsers(admin, product))).toMatchObject({ code })
  })

  it('says when to repeat it, if the API does', async () => {
    const { admin, sandbox } = await openScene()
    const before = Date.now()
    sandbox.failNext({ status: 429, error: 'rate_limit_exceeded', headers: { 'retry-after': '60' } })
    const { retryAt } = (await rejection(listApiUsers(admin, product))) as { retryAt: number }
    expect(retryAt).toBeGreaterThanOrEqual(before + 60_000)
  })

  it('follows no redirect', async () => {
    const { admin, sandbox, sent } = await openScene()
    sandbox.failNext({ status: 307, headers: { location: '/v1/user' }, body: '' })
    expect(await rejection(listApiUsers(admin, product))).toMatchObject({
      code: 'unexpected_response',
      details: { reason: 'redirect' },
    })
    expect(sent()).toEqual(['GET /v1/products/1234/team 307'])
  })

  it('gets a new token and is repeated if the session can renew', async () => {
    const { baseUrl, sandbox, sent } = await openScene()
    const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
    const session = createSession({ client, baseUrl })
    await session.getAccessToken()
    sandbox.revoke()
    await revokeAllTokens(session)
    expect(sent().slice(-3)).toEqual([
      'DELETE /v1/access_tokens 401',
      'POST /oauth/token 200',
      'DELETE /v1/access_tokens 200',
    ])
  })

  it('rejects with the reason of its signal', async () => {
    const { admin } = await openScene()
    const signal = AbortSignal.abort(new Error('stopped'))
    expect(await rejection(listApiUsers(admin, { ...product, signal }))).toMatchObject({ message: 'stopped' })
  })

  it('shows no secret in its errors, whatever the API repeats and the network says', async () => {
    const { admin, sandbox, baseUrl } = await openScene()
    const token = (await admin.getAccessToken()) ?? ''
    sandbox.failNext({
      status: 400,
      body: { error: `bad ${token}`, error_description: `Your token is ${token}\u001b[2J` },
    })
    const refused = await rejection(listApiUsers(admin, product))
    expect(refused).toMatchObject({ details: { description: 'Your token is [redacted] [2J' } })
    expect(findLeaks(refused, [token])).toEqual([])

    const failing = tokenSession({
      accessToken: token,
      baseUrl,
      fetch: async (_, { headers }) => {
        throw Object.assign(new TypeError('fetch failed'), { config: new Headers(headers).get('authorization') })
      },
    })
    const lost = await rejection(listApiUsers(failing, product))
    expect(lost).toMatchObject({ code: 'network_error', details: { baseUrl } })
    expect(findLeaks(lost, [token])).toEqual([])
  })
})
