import type { JournalEntry } from '@particle-grants/sandbox'
import { createClock, createSandbox } from '@particle-grants/sandbox'
import { describe, expect, it } from 'vitest'
import { call, clients, dev, getMfaToken, mfa, requestToken, signIn, submitCode } from '../../test/token-requests.ts'
import { parseRequest } from '../http/request.ts'
import { Journal } from './journal.ts'

describe('the journal', () => {
  it('records the client, the fields and the outcome of each request', async () => {
    const sandbox = createSandbox({ clock: createClock({ start: 42, frozen: true }) })
    await requestToken(sandbox, clients.developer, {
      grant_type: 'password',
      ...dev,
      password: 'wrong',
      scope: 'devices:list',
    })
    expect(sandbox.requests()).toEqual([
      {
        id: expect.any(String),
        at: 42,
        method: 'POST',
        path: '/oauth/token',
        query: {},
        grant_type: 'password',
        client_id: 'particle',
        form: {
          grant_type: 'password',
          username: dev.username,
          password: '[redacted]',
          scope: 'devices:list',
        },
        status: 400,
        error: 'invalid_grant',
        hint: expect.stringContaining('the password is wrong'),
        address: 'library',
      },
    ])
  })

  it('calls its subscribers until they unsubscribe', async () => {
    const sandbox = createSandbox()
    const received: JournalEntry[] = []
    const unsubscribe = sandbox.subscribe((entry) => received.push(entry))
    await signIn(sandbox)
    unsubscribe()
    await signIn(sandbox)
    expect(received).toEqual(sandbox.requests().slice(0, 1))
  })

  it('does not record the page and the sandbox’s own routes', async () => {
    const sandbox = createSandbox()
    for (const path of ['/', '/sandbox.js', '/favicon.ico', '/__sandbox/', '/__sandbox/requests']) {
      await sandbox.fetch(`http://sandbox.test${path}`)
    }
    expect(sandbox.requests()).toEqual([])
  })

  it('keeps the last 10,000 requests', async () => {
    const journal = new Journal()
    const request = parseRequest({ method: 'GET', url: '/', headers: {}, body: '', address: 'library' }, 0)
    for (let at = 0; at < 10_001; at += 1) journal.record({ ...request, at }, { status: 200 })
    const entries = journal.entries()
    expect([entries.length, entries[0]?.at]).toEqual([10_000, 1])
  })

  it('keeps no secret, in whatever field', async () => {
    const sandbox = createSandbox()
    const planted = new Set<string>(['planted-password', 'planted-secret', 'planted-token', 'planted recovery'])
    const everywhere = { password: 'planted-password', client_secret: 'planted-secret', otp: '918273' }
    planted.add('918273')

    const token = await signIn(sandbox)
    const mfaToken = await getMfaToken(sandbox)
    const otp = sandbox.otp(mfa.username)
    const { body } = await submitCode(sandbox, mfaToken)
    for (const secret of [token, mfaToken, otp, body.access_token, body.refresh_token]) planted.add(secret)
    planted.add(dev.password).add(mfa.password)

    await requestToken(sandbox, clients.developer, {
      grant_type: token,
      ...everywhere,
      username: body.refresh_token,
    })
    await requestToken(sandbox, clients.developer, {
      ...everywhere,
      recovery_code: 'planted recovery',
      'planted-secret': '',
    })
    await requestToken(sandbox, '', {
      client_id: token,
      scope: `customer=${token}`,
      refresh_token: 'planted-token',
    })
    await call(sandbox, { token, path: `/v1/access_tokens/planted-token`, method: 'DELETE' })
    await call(sandbox, { token, path: `/v1/devices/${token}?access_token=planted-token&x=planted-secret` })
    const basicHeader = { authorization: `Basic ${btoa('dev@example.com:planted-password')}` }
    await sandbox.fetch('http://sandbox.test/v1/access_tokens?otp=918273', { headers: basicHeader })
    const json = { current_password: 'planted-password', 'planted-secret': 1, deep: { a: 'planted-token' } }
    await call(sandbox, { token, path: '/v1/user/mfa-disable', method: 'PUT', json })
    for (const raw of ['planted-password', '"planted-secret"', '["planted-token"]', '{"planted-password"']) {
      const headers = {
        'content-type': raw.startsWith('p') ? 'application/x-www-form-urlencoded' : 'application/json',
      }
      await sandbox.fetch('http://sandbox.test/oauth/token', { method: 'POST', headers, body: raw })
    }

    const journal = JSON.stringify(sandbox.requests())
    expect([...planted].filter((secret) => journal.includes(secret) || journal.includes(encodeURI(secret)))).toEqual([])
  })

  it('keeps no control characters, which a terminal would execute, and no long text', async () => {
    const sandbox = createSandbox()
    const username = `\u001b[31mred\u0007${'x'.repeat(500)}`
    await requestToken(sandbox, clients.developer, { grant_type: 'password', username, password: 'x' })
    const shown = sandbox.requests()[0]?.form.username ?? ''
    expect(shown).toMatch(/^\ufffd\[31mred\ufffdx+…$/)
    expect(shown.length).toBeLessThan(130)
  })
})
