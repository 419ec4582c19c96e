import { readFileSync } from 'node:fs'
import { createSandbox } from '@particle-grants/sandbox'
import type { SandboxServer } from '@particle-grants/sandbox/node'
import { listen } from '@particle-grants/sandbox/node'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { basic, send } from '../../test/raw-http.ts'
import { mfa } from '../../test/token-requests.ts'

interface WireCase {
  name: string
  before?: string[]
  request: { method: string; path: string; contentType?: string; authorization?: string; body?: string }
  response: { status: number; wwwAuthenticate?: string; cacheControl: string; body: Record<string, unknown> }
}

// Recorded from Particle's open OAuth server library, node-oauth2-server 3.2.3.
const { cases } = JSON.parse(readFileSync(new URL('../../fixtures/wire-cases.json', import.meta.url), 'utf8')) as {
  cases: WireCase[]
}

const sandbox = createSandbox()
let server: SandboxServer

beforeAll(async () => {
  server = await listen(sandbox)
})
afterAll(() => server.close())
beforeEach(() => sandbox.reset())

function sendForm(authorization: string, body: string) {
  const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
  return send(server.url, { path: '/oauth/token', headers, body })
}

const steps: Record<string, () => Promise<Record<string, string>>> = {
  'password as mfa@example.com': async () => {
    const form = new URLSearchParams({ grant_type: 'password', ...mfa })
    const { json } = await sendForm(basic('particle', 'particle'), String(form))
    return { mfa_token: json.mfa_token, otp: sandbox.otp(mfa.username) }
  },
  'tokens from product': async () => {
    const { json } = await sendForm(basic('my-product-1234', 'product-secret'), 'grant_type=client_credentials')
    return { refresh_token: json.refresh_token }
  },
  'tokens from developer': async () => {
    const body = 'grant_type=password&username=dev%40example.com&password=correct+horse'
    const { json } = await sendForm(basic('particle', 'particle'), body)
    return { refresh_token: json.refresh_token }
  },
}

const placeholders: Record<string, RegExp> = {
  '<40 hex>': /^[0-9a-f]{40}$/,
  '<mfa_token>': /^[0-9a-f-]{36}$/,
}

function expected(body: Record<string, unknown>) {
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => {
      const pattern = placeholders[String(value)]
      return [name, pattern ? expect.stringMatching(pattern) : value]
    }),
  )
}

describe('the recorded response', () => {
  it.each(cases)('matches: $name', async ({ before = [], request, response }) => {
    const values: Record<string, string> = {}
    for (const step of before) Object.assign(values, await steps[step]?.())
    const body = request.body?.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(values[name] as string))

    const actual = await send(server.url, {
      method: request.method,
      path: request.path,
      headers: {
        ...(request.contentType && { 'content-type': request.contentType }),
        ...(request.authorization && { authorization: request.authorization }),
      },
      ...(body !== undefined && { body }),
    })

    expect(actual.status).toBe(response.status)
    expect(actual.json).toEqual(expected(response.body))
    expect(Object.keys(actual.json)).toEqual(Object.keys(response.body))
    expect(actual.headers['www-authenticate']).toBe(response.wwwAuthenticate)
    expect(actual.headers['cache-control']).toBe(response.cacheControl)
    expect(actual.headers.pragma).toBe('no-cache')
    expect(actual.headers['content-type']).toBe('application/json; charset=utf-8')
  })
})
