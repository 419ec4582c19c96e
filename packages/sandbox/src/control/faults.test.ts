import type { FaultOptions, Sandbox } from '@particle-grants/sandbox'
import { createSandbox } from '@particle-grants/sandbox'
import type { SandboxServer } from '@particle-grants/sandbox/node'
import { listen } from '@particle-grants/sandbox/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from '../../test/eventually.ts'
import { send } from '../../test/raw-http.ts'
import { clients, dev, requestToken } from '../../test/token-requests.ts'

const password = { grant_type: 'password', ...dev }
const owner = { grant_type: 'client_credentials' }
const url = 'http://sandbox.test/v1/devices'

let sandbox: Sandbox
beforeEach(() => {
  sandbox = createSandbox()
})

describe('a fault', () => {
  it('responds with the error’s status, and applies to one request', async () => {
    sandbox.failNext({
      error: 'rate_limit_exceeded',
      error_description: 'Slow down',
      headers: { 'retry-after': '7' },
    })
    const failed = await requestToken(sandbox, clients.developer, password)
    expect(failed).toMatchObject({
      status: 429,
      body: { error: 'rate_limit_exceeded', error_description: 'Slow down' },
    })
    expect(failed.headers.get('retry-after')).toBe('7')
    expect(failed.headers.get('access-control-allow-origin')).toBe('*')
    expect((await requestToken(sandbox, clients.developer, password)).status).toBe(200)
  })

  it.each<[string, FaultOptions, number, string, string]>([
    ['a status alone', { status: 500 }, 500, 'text/plain', ''],
    [
      'an error with another status',
      { status: 502, error: 'server_error' },
      502,
      'application/json',
      '{"error":"server_error","error_description":"server_error"}',
    ],
    [
      'an error that the service does not have',
      { error: 'teapot' },
      500,
      'application/json',
      '{"error":"teapot","error_description":"teapot"}',
    ],
    ['HTML', { status: 502, body: '<h1>Bad gateway</h1>' }, 502, 'text/html', '<h1>Bad gateway</h1>'],
    ['an object', { body: { error: 1 } }, 200, 'application/json', '{"error":1}'],
    [
      'text of another type',
      { body: '{', headers: { 'content-type': 'application/json' } },
      200,
      'application/json',
      '{',
    ],
    ['a redirect', { status: 302, headers: { location: 'https://elsewhere.test/' } }, 302, 'text/plain', ''],
    ['no content', { status: 204 }, 204, 'text/plain', ''],
  ])('can be %s', async (...[_title, fault, status, type, text]) => {
    sandbox.failNext(fault)
    const response = await sandbox.fetch(url)
    expect([response.status, await response.text()]).toEqual([status, text])
    expect(response.headers.get('content-type')).toContain(type)
    expect(response.headers.get('location')).toBe(fault.headers?.location ?? null)
  })

  it('waits in a queue for the requests that it matches, as many times as it says', async () => {
    sandbox.failNext({ status: 501, match: { grant_type: 'refresh_token' } })
    sandbox.failNext({ status: 502, times: 2, match: { method: 'post', path: '/oauth/token' } })
    sandbox.failNext({ status: 503 })
    expect(sandbox.faults.list()).toHaveLength(3)
    const seen = [
      (await sandbox.fetch(url)).status,
      (await sandbox.fetch(url)).status,
      ...(await Promise.all([502, 502, 200].map(async () => (await tokenRequest(password)).status))),
      (await tokenRequest({ grant_type: 'refresh_token' })).status,
    ]
    expect(seen).toEqual([503, 400, 502, 502, 200, 501])
    expect(sandbox.faults.list()).toEqual([])
  })

  it('changes nothing, and is not counted as a failure', async () => {
    sandbox.failNext({ error: 'invalid_grant', times: 20 })
    for (let i = 0; i < 20; i += 1) expect((await requestToken(sandbox, clients.developer, password)).status).toBe(400)
    expect((await requestToken(sandbox, clients.developer, password)).status).toBe(200)
  })

  it('with after loses the response of a request that was handled', async () => {
    const { body } = await requestToken(sandbox, clients.product, owner)
    const refresh = { grant_type: 'refresh_token', refresh_token: body.refresh_token }
    sandbox.failNext({ drop: 'before', after: true })
    await expect(requestToken(sandbox, clients.product, refresh)).rejects.toThrow(TypeError)
    expect((await requestToken(sandbox, clients.product, refresh)).body.error_description).toBe('Invalid refresh token')
  })

  it('without after does not handle the request', async () => {
    const { body } = await requestToken(sandbox, clients.product, owner)
    const refresh = { grant_type: 'refresh_token', refresh_token: body.refresh_token }
    for (const drop of [true, 'during'] as const) {
      sandbox.failNext({ drop })
      await expect(requestToken(sandbox, clients.product, refresh)).rejects.toThrow(TypeError)
    }
    expect((await requestToken(sandbox, clients.product, refresh)).status).toBe(200)
  })

  it('with a delay only handles the request normally', async () => {
    sandbox.failNext({ delay: 5 })
    expect((await requestToken(sandbox, clients.developer, password)).status).toBe(200)
    expect(sandbox.requests()).toMatchObject([{ status: 200, fault: true }])
  })

  it('with a delay ends when the client disconnects', async () => {
    const gone = new AbortController()
    sandbox.failNext({ delay: 3_600_000, after: true })
    const waiting = sandbox.fetch(url, { signal: gone.signal })
    await eventually(() => sandbox.faults.list()).toEqual([])
    gone.abort(new Error('too slow'))
    await expect(waiting).rejects.toThrow('too slow')
    expect(sandbox.requests()).toMatchObject([{ status: 0, dropped: 'by the client' }])
  })

  it('is in the journal', async () => {
    sandbox.failNext({ error: 'server_error' })
    sandbox.failNext({ drop: true })
    sandbox.failNext({ drop: 'during', after: true })
    await requestToken(sandbox, clients.developer, password)
    await expect(sandbox.fetch(url)).rejects.toThrow()
    await expect((await sandbox.fetch(url)).text()).rejects.toThrow('terminated')
    expect(sandbox.requests()).toMatchObject([
      { status: 503, error: 'server_error', fault: true },
      { status: 0, fault: true, dropped: 'before' },
      { status: 400, error: 'invalid_request', fault: true, dropped: 'during' },
    ])
  })

  it('can be removed', async () => {
    sandbox.failNext({ status: 500 })
    sandbox.faults.clear()
    expect((await sandbox.fetch(url)).status).toBe(400)
  })

  it.each([
    [{ delayMs: 5 }, 'A fault has no "delayMs". Known: status, error'],
    [{ status: '500' }, 'A fault\'s "status" is an integer from 200 to 599, not "500"'],
    [{ status: 42 }, 'A fault\'s "status" is an integer from 200 to 599'],
    [{ status: 418.5 }, 'A fault\'s "status" is an integer'],
    [{ status: 204, drop: 'during' }, "has no body, no error and no drop: 'during'"],
    [{ status: 304, body: 'x' }, 'has no body'],
    [{ headers: { 'a b': 'c' } }, 'A fault\'s "headers" is an object of names and strings'],
    [{ headers: { a: 'b\u0007' } }, 'A fault\'s "headers" is an object'],
    [{ headers: { a: 5 } }, 'A fault\'s "headers" is an object'],
    [{ headers: [] }, 'A fault\'s "headers" is an object'],
    [{ headers: new Headers({ a: 'b' }) }, 'A fault\'s "headers" is an object'],
    [{ toString: 1 }, 'A fault has no "toString"'],
    [{ body: null }, 'A fault\'s "body" is a string or an object'],
    [{ drop: 'later' }, 'A fault\'s "drop" is "before" or "during" or true or false'],
    [{ times: 0 }, 'A fault\'s "times" is an integer of at least 1'],
    [{ times: 1.5 }, 'A fault\'s "times" is an integer'],
    [{ delay: -1 }, 'A fault\'s "delay" is an integer from 0 to 2147483647'],
    [{ delay: 1e10 }, 'A fault\'s "delay" is an integer from 0'],
    [{ match: { url } }, 'A fault\'s "match" is an object of method, path and grant_type'],
    [{ match: { path: 5 } }, 'A fault\'s "match" is an object of method, path and grant_type, each a string'],
    [{ match: [] }, 'A fault\'s "match" is an object of'],
  ])('is rejected as %j with a message', (fault, message) => {
    expect(() => sandbox.failNext(fault as unknown as FaultOptions)).toThrow(message)
    expect(sandbox.faults.list()).toEqual([])
  })
})

function tokenRequest(form: Record<string, string>) {
  const headers = { authorization: clients.developer }
  return sandbox.fetch('http://sandbox.test/oauth/token', {
    method: 'POST',
    headers,
    body: new URLSearchParams(form),
  })
}

describe('a fault over a socket', () => {
  let server: SandboxServer
  beforeEach(async () => {
    server = await listen(sandbox)
  })
  afterEach(() => server.close())

  it('ends the connection without a response', async () => {
    sandbox.failNext({ drop: 'before' })
    await expect(send(server.url, { path: '/v1/user' })).rejects.toThrow('socket hang up')
  })

  it('ends the connection in the middle of the body', async () => {
    sandbox.failNext({ drop: 'during', status: 200, body: '0123456789' })
    const response = await fetch(`${server.url}/v1/user`)
    expect([response.status, response.headers.get('content-length')]).toEqual([200, '10'])
    const reader = response.body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toBe('01234')
    await expect(reader?.read()).rejects.toThrow('terminated')
  })

  it('stops waiting when the client disconnects', async () => {
    sandbox.failNext({ delay: 3_600_000 })
    const gone = new AbortController()
    const waiting = fetch(`${server.url}/v1/user`, { signal: gone.signal })
    await eventually(() => sandbox.faults.list()).toEqual([])
    gone.abort()
    await expect(waiting).rejects.toThrow()
    await eventually(() => sandbox.requests()).toMatchObject([{ dropped: 'by the client' }])
  })
})
