import { describe, expect, it, vi } from 'vitest'
import { tokenBody } from '../test/responses.ts'
import { revealSecrets } from '../test/secrets.ts'
import { developerClient, productClient } from './clients.ts'
import { ServerClock } from './clock.ts'
import type { TokenRequest } from './grants/catalogue.ts'
import type { Fetch } from './protocol/http.ts'
import { Secret } from './secret.ts'
import { sendTokenRequest, type TokenEndpoint } from './token-endpoint.ts'

const request = { grant_type: 'password', username: 'u', password: new Secret('p') } as const
const challenge = { error: 'mfa_required', mfa_token: 'm' }
const limits = { maxAttempts: 2, maxAgeMs: 5 }
/** When requests are sent; responses arrive a second later. */
const sentAt = 1000

/** Creates an endpoint whose every response is this one. */
function createEndpoint(respond: () => Response, options: Partial<TokenEndpoint> = {}) {
  let now = sentAt
  const fetch = vi.fn<Fetch>(async () => {
    now += 1000
    return respond()
  })
  const endpoint: TokenEndpoint = {
    baseUrl: 'https://api.particle.io',
    client: developerClient(),
    clientAuthentication: 'client_secret_basic',
    fetch,
    clock: new ServerClock({ now: () => now }),
    timeoutMs: 1000,
    challengeLimits: limits,
    ...options,
  }
  return { endpoint, fetch }
}

function send(status: number, body: unknown, headers: Record<string, string> = {}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return sendTokenRequest(createEndpoint(() => new Response(text, { status, headers })).endpoint, request)
}

/** The error of a failed request. */
async function fail(status: number, body: unknown, headers: Record<string, string> = {}) {
  const event = await send(status, body, headers)
  return event.type === 'failed' ? event.error : event
}

describe('sendTokenRequest', () => {
  it('returns tokens with the time of the request', async () => {
    const result = await send(200, tokenBody)
    expect(revealSecrets(result)).toMatchObject({
      type: 'granted',
      at: 2000,
      requestedAt: 1000,
      response: { accessToken: { secret: 'a' }, expiresInSeconds: 60 },
    })
  })

  it.each([400, 401, 403])("returns a challenge with this session's limits (%i)", async (status) => {
    expect(revealSecrets(await send(status, challenge))).toEqual({
      type: 'challenged',
      at: 2000,
      status,
      mfaToken: { secret: 'm' },
      limits,
    })
  })

  it.each([
    [400, 'invalid_grant'],
    [400, 'invalid_client'],
    [400, 'invalid_request'],
    [400, 'invalid_scope'],
    [401, 'invalid_token'],
    [401, 'expired_token'],
    [403, 'sso_user'],
    [418, 'out_of_cheese'],
  ])('returns a refusal (%i %s)', async (status, error) => {
    expect(await send(status, { error, error_description: 'No.' })).toMatchObject({
      type: 'refused',
      at: 2000,
      response: { type: 'error', status, error, description: 'No.' },
    })
  })

  it.each([
    [499, 'toString'],
    [404, 'Not Found'],
  ])('returns a refusal with a text in place of a code (%i %s)', async (status, error) => {
    expect(await send(status, { error })).toMatchObject({ type: 'refused', response: { type: 'error', status, error } })
  })

  it.each([
    [500, 'invalid_grant'],
    [500, 'server_error'],
    [502, 'server_error'],
    [503, 'server_error'],
    [599, 'invalid_client'],
    [408, 'invalid_request'],
    [400, 'server_error'],
  ])('fails as temporarily unavailable where the server has not judged the request (%i %s)', async (status, code) => {
    const error = await fail(status, { error: code }, { 'retry-after': '7' })
    expect(error).toMatchObject({
      code: 'temporarily_unavailable',
      retry: 'later',
      retryAt: 9000,
      details: { error: code, status, retryAt: 9000 },
    })
  })

  const pages = [
    ['HTML', '<html>'],
    ['an empty body', ''],
    ['other JSON', '{"message":"upstream"}'],
    ['a list', '[]'],
  ] as const
  it.each([429, 502, 503, 504].flatMap((status) => pages.map(([what, body]) => ({ status, what, body }))))(
    "fails as temporarily unavailable after a gateway's $status with $what, and believes no Retry-After of it",
    async ({ status, body }) => {
      const error = await fail(status, body, { 'retry-after': '7' })
      expect(error).toMatchObject({
        code: 'temporarily_unavailable',
        details: { status, error: undefined, retryAt: undefined },
      })
      expect(error).not.toHaveProperty('retryAt')
    },
  )

  it.each([
    ["the endpoint's own code", { error: 'rate_limit_exceeded' }],
    ['another code', { error: 'invalid_grant' }],
    ['a challenge', challenge],
  ])('fails as rate limited after 429 with JSON and %s', async (_, body) => {
    const error = await fail(429, body, { 'retry-after': '60' })
    expect(error).toMatchObject({ code: 'rate_limited', retry: 'later', retryAt: 62_000 })
  })

  it('fails as rate limited without a time where Retry-After is missing', async () => {
    const error = await fail(429, { error: 'rate_limit_exceeded' })
    expect(error).toMatchObject({ code: 'rate_limited', details: { retryAt: undefined } })
  })

  it('never waits longer than half an hour for a response', async () => {
    const error = await fail(503, { error: 'server_error' }, { 'retry-after': '86400' })
    expect(error).toMatchObject({ retryAt: 2000 + 30 * 60_000 })
  })

  it.each([
    [501, '<html>', 'html'],
    [404, '<html>', 'html'],
    [302, '', 'redirect'],
    [200, '', 'empty'],
    [200, '{"access_token":1}', 'wrong_type'],
    [404, '{"message":"Not Found"}', 'no_error_code'],
  ])(
    'fails as unexpected where something else than the token endpoint responded (%i %s)',
    async (status, body, reason) => {
      const error = await fail(status, body)
      expect(error).toMatchObject({
        code: 'unexpected_response',
        retry: 'later',
        details: { baseUrl: 'https://api.particle.io', status, reason },
        message: expect.stringContaining('Check the base URL'),
      })
    },
  )

  it.each([500, 503])('takes no challenge from a server that fails (%i)', async (status) => {
    const event = await send(status, challenge)
    expect(event.type).toBe('failed')
  })
})

describe('sendTokenRequest of a new customer', () => {
  const newCustomer = { product: 1234, email: 'jane@example.com' }
  const client = productClient({ id: 'my-product-1234', secret: 's' })
  const create = (status: number, body: string) =>
    sendTokenRequest(createEndpoint(() => new Response(body, { status }), { client }).endpoint, newCustomer)

  it.each([200, 201])('returns the tokens of a %i response', async (status) => {
    expect(revealSecrets(await create(status, JSON.stringify(tokenBody)))).toMatchObject({
      type: 'granted',
      response: { accessToken: { secret: 'a' } },
    })
  })

  it.each([
    [400, '{"ok":false,"errors":["There is such a customer already"]}', undefined],
    [404, '{"error":"Product not found"}', 'Product not found'],
    [409, '<html>', undefined],
    [400, '', undefined],
  ])('returns a refusal with its own code (%i %s)', async (status, body, description) => {
    expect(await create(status, body)).toMatchObject({
      type: 'refused',
      response: { status, error: 'customer_rejected', description },
    })
  })

  it.each([429, 503])("does not take a gateway's %i for a refusal", async (status) => {
    expect(await create(status, '<html>')).toMatchObject({
      type: 'failed',
      error: { code: 'temporarily_unavailable' },
    })
  })
})

describe('sendTokenRequest of a request that cannot be encoded', () => {
  const neverCalled = () => new Response('')

  it('fails without sending, and names the parameter', async () => {
    const { endpoint, fetch } = createEndpoint(neverCalled)
    const event = await sendTokenRequest(endpoint, { ...request, username: '' })
    expect(event).toMatchObject({
      type: 'failed',
      error: { code: 'invalid_argument', details: { parameter: 'username' } },
    })
    expect(fetch).not.toHaveBeenCalled()
  })

  it('fails without sending a grant that the client may not use', async () => {
    const { endpoint, fetch } = createEndpoint(neverCalled)
    const refresh = { grant_type: 'refresh_token', refresh_token: new Secret('r') } as const
    expect(await sendTokenRequest(endpoint, refresh)).toMatchObject({
      type: 'failed',
      error: { code: 'grant_not_allowed' },
    })
    expect(fetch).not.toHaveBeenCalled()
  })

  it('fails without sending for a client that was not created by this library', async () => {
    const client = {} as TokenEndpoint['client']
    const { endpoint } = createEndpoint(neverCalled, { client })
    expect(await sendTokenRequest(endpoint, request as TokenRequest)).toMatchObject({
      error: { code: 'invalid_argument', details: { parameter: 'client' } },
    })
  })

  it('fails as a network error with a time-out that no timer can keep', async () => {
    const { endpoint } = createEndpoint(neverCalled, { timeoutMs: 2 ** 32 })
    expect(await sendTokenRequest(endpoint, request)).toMatchObject({
      type: 'failed',
      error: { code: 'network_error' },
    })
  })
})
