import { createSandbox } from '@particle-grants/sandbox'
import type { SandboxServer } from '@particle-grants/sandbox/node'
import { listen } from '@particle-grants/sandbox/node'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { send } from '../../test/raw-http.ts'

let server: SandboxServer
beforeAll(async () => {
  server = await listen(createSandbox())
})
afterAll(() => server.close())

const get = (path: string, headers: Record<string, string>) => send(server.url, { method: 'GET', path, headers })
const everything = [
  '/',
  '/sandbox.js',
  '/__sandbox/',
  '/__sandbox',
  '/__sandbox/requests',
  '/v1/devices',
  '/oauth/token',
  '/x',
]

describe('the Host header', () => {
  it.each(['evil.test', '127.0.0.1.evil.test', 'localhost.evil.test', 'localhost:8765@evil.test', '192.168.0.1'])(
    'is rejected on every path as "%s"',
    async (host) => {
      for (const path of everything) expect((await get(path, { host })).status).toBe(421)
    },
  )

  it.each(['localhost', 'localhost:1', '127.0.0.1:8765', '[::1]:8765', 'LOCALHOST:80'])('can be %s', async (host) => {
    expect((await get('/__sandbox/', { host })).status).toBe(200)
  })
})

describe('requests from foreign pages', () => {
  const own = ['/', '/sandbox.js', '/__sandbox/', '/__sandbox/requests', '/__sandbox/otp/mfa@example.com']

  it.each([
    ['an origin', { origin: 'https://evil.test' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['an opaque origin', { origin: 'null' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port, as the browser says', { 'sec-fetch-site': 'same-site' }],
  ])('are rejected by the sandbox’s own routes: from %s', async (_title, headers) => {
    for (const path of own) {
      const { status, json } = await get(path, headers)
      expect([path, status, json.error]).toEqual([path, 403, expect.stringContaining('address bar')])
    }
    const reset = await send(server.url, { path: '/__sandbox/reset', headers, body: '' })
    expect(reset.status).toBe(403)
  })

  it('are handled where Particle handles them', async () => {
    const { status, headers } = await get('/v1/devices', {
      origin: 'https://app.test',
      'sec-fetch-site': 'cross-site',
    })
    expect([status, headers['access-control-allow-origin']]).toEqual([400, '*'])
  })

  it('are distinguished from those of the page itself', async () => {
    const headers = { origin: server.url, 'sec-fetch-site': 'same-origin' }
    expect((await send(server.url, { path: '/__sandbox/reset', headers, body: '{}' })).status).toBe(200)
    expect((await get('/', { 'sec-fetch-site': 'none' })).status).toBe(200)
  })

  it('cannot read the sandbox’s own routes, which have no CORS headers', async () => {
    const { headers } = await get('/__sandbox/', {})
    expect(headers['access-control-allow-origin']).toBeUndefined()
  })
})
