import type { JournalEntry } from '@particle-grants/sandbox'
import { createClock, createSandbox } from '@particle-grants/sandbox'
import { describe, expect, it } from 'vitest'
import {
  answerChallenge,
  ask,
  call,
  clients,
  dev,
  mfa,
  openChallenge,
  signIn,
} from '../../test/token-requests.ts'
import { readCall } from '../call.ts'
import { Journal } from './journal.ts'

describe('the journal', () => {
  it('tells of each request who asked for what, and what came of it', async () => {
    const sandbox = createSandbox({ clock: createClock({ start: 42, frozen: true }) })
    await ask(sandbox, clients.developer, {
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
        hint: expect.stringContaining('the password is not'),
        address: 'library',
      },
    ])
  })

  it('calls those who listen, until they have enough', async () => {
    const sandbox = createSandbox()
    const heard: JournalEntry[] = []
    const stop = sandbox.subscribe((entry) => heard.push(entry))
    await signIn(sandbox)
    stop()
    await signIn(sandbox)
    expect(heard).toEqual(sandbox.requests().slice(0, 1))
  })

  it('leaves out the page and the sandbox’s own routes', async () => {
    const sandbox = createSandbox()
    for (const path of ['/', '/sandbox.js', '/favicon.ico', '/__sandbox/', '/__sandbox/requests']) {
      await sandbox.fetch(`http://sandbox.test${path}`)
    }
    expect(sandbox.requests()).toEqual([])
  })

  it('keeps the last 10,000 requests', async () => {
    const journal = new Journal()
    const call = await readCall(new Request('http://sandbox.test/'), { address: 'library' }, () => 0)
    for (let at = 0; at < 10_001; at += 1) journal.record({ ...call, at }, { status: 200 })
    const entries = journal.entries()
    expect([entries.length, entries[0]?.at]).toEqual([10_000, 1])
  })

  it('keeps no secret, wherever it is put', async () => {
    const sandbox = createSandbox()
    const planted = new Set<string>([
      'planted-password',
      'planted-secret',
      'planted-token',
      'planted recovery',
    ])
    const everywhere = { password: 'planted-password', client_secret: 'planted-secret', otp: '918273' }
    planted.add('918273')

    const token = await signIn(sandbox)
    const mfaToken = await openChallenge(sandbox)
    const otp = sandbox.otp(mfa.username)
    const { body } = await answerChallenge(sandbox, mfaToken)
    for (const secret of [token, mfaToken, otp, body.access_token, body.refresh_token]) planted.add(secret)
    planted.add(dev.password).add(mfa.password)

    await ask(sandbox, clients.developer, { grant_type: token, ...everywhere, username: body.refresh_token })
    await ask(sandbox, clients.developer, {
      ...everywhere,
      recovery_code: 'planted recovery',
      'planted-secret': '',
    })
    await ask(sandbox, '', { client_id: token, scope: `customer=${token}`, refresh_token: 'planted-token' })
    await call(sandbox, { token, path: `/v1/access_tokens/planted-token`, method: 'DELETE' })
    await call(sandbox, { token, path: `/v1/devices/${token}?access_token=planted-token&x=planted-secret` })
    const json = { current_password: 'planted-password', 'planted-secret': 1, deep: { a: 'planted-token' } }
    await call(sandbox, { token, path: '/v1/user/mfa-disable', method: 'PUT', json })
    for (const raw of ['planted-password', '"planted-secret"', '["planted-token"]', '{"planted-password"']) {
      const headers = {
        'content-type': raw.startsWith('p') ? 'application/x-www-form-urlencoded' : 'application/json',
      }
      await sandbox.fetch('http://sandbox.test/oauth/token', { method: 'POST', headers, body: raw })
    }

    const journal = JSON.stringify(sandbox.requests())
    expect(
      [...planted].filter((secret) => journal.includes(secret) || journal.includes(encodeURI(secret))),
    ).toEqual([])
  })

  it('keeps no control characters, which a terminal would obey, and no endless text', async () => {
    const sandbox = createSandbox()
    const username = `\u001b[31mred\u0007${'x'.repeat(500)}`
    await ask(sandbox, clients.developer, { grant_type: 'password', username, password: 'x' })
    const shown = sandbox.requests()[0]?.form.username ?? ''
    expect(shown).toMatch(/^\ufffd\[31mred\ufffdx+…$/)
    expect(shown.length).toBeLessThan(130)
  })
})
