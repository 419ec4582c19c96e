import { createSession, developerClient } from '@particle-grants/core'
import { finishSsoSignIn, startSsoSignIn } from '@particle-grants/sso'
import { findLeaks } from '@particle-grants/test-kit'
import { describe, expect, it } from 'vitest'
import {
  createJwt,
  createWaitingClock,
  deviceCode,
  otherRsa,
  type ProviderResponse,
  particleToken,
  rsa,
  start,
  startHostileProvider,
  startResponse,
  toJwk,
} from '../test/hostile-provider.ts'

type Respond = (
  path: string,
  claims: ReturnType<Awaited<ReturnType<typeof startHostileProvider>>['goodClaims']>,
) => ProviderResponse | undefined

/** Signs in at a provider that responds as the test says. Returns the error, and what the API received. */
async function signIn(respond: Respond, options: { timeoutMs?: number } = {}) {
  const clock = createWaitingClock()
  const provider = await startHostileProvider((path) => respond(path, provider.goodClaims(start)))
  const session = createSession({ client: developerClient(), baseUrl: provider.url, clock })
  const started = await startSsoSignIn({ ...provider.options, clock, ...options })
  const error = await finishSsoSignIn(session, started).then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  const apiRequests = provider.requests.filter(({ authorization }) => authorization !== undefined)
  return { ...provider, error, session, apiRequests, waits: clock.waits, started }
}

const tokenPath = '/issuer/v1/token'
const keysPath = '/issuer/v1/keys'
const respondWithJwt = (create: (claims: Parameters<Respond>[1]) => string): Respond => {
  return (path, claims) => {
    if (path !== tokenPath) return undefined
    return { body: { token_type: 'Bearer', access_token: create(claims) } }
  }
}

describe('a good provider', () => {
  it('signs in, so that the rejections below have one reason each', async () => {
    const { error, session, apiRequests } = await signIn(() => undefined)
    expect(error).toBeUndefined()
    expect(session.peekAccessToken()).toBe(particleToken)
    expect(apiRequests).toHaveLength(1)
  })

  it('may name an account in any script', async () => {
    const { error, session } = await signIn(
      respondWithJwt((claims) => createJwt({ ...claims, sub: 'Jürgen@firma.example' })),
    )
    expect(error).toBeUndefined()
    expect(session.state.subject).toEqual({ type: 'account', name: 'jürgen@firma.example' })
  })

  it('may name several audiences', async () => {
    const { error } = await signIn(respondWithJwt((claims) => createJwt({ ...claims, aud: ['other', 'audience'] })))
    expect(error).toBeUndefined()
  })
})

describe('a token that must not be used', () => {
  const otherKey = { key: otherRsa.privateKey }
  it.each<[string, (claims: Parameters<Respond>[1]) => string, object]>([
    ['is signed with another key', (claims) => createJwt(claims, otherKey), { reason: 'signature' }],
    [
      'is signed with a key that it brings',
      (claims) => createJwt(claims, { ...otherKey, header: { jwk: toJwk(otherRsa.publicKey) } }),
      { reason: 'signature' },
    ],
    [
      'names keys elsewhere',
      (claims) => createJwt(claims, { ...otherKey, header: { jku: 'http://127.0.0.1:1/keys' } }),
      { reason: 'signature' },
    ],
    ['names an unknown key', (claims) => createJwt(claims, { header: { kid: 'k2' } }), { reason: 'signature' }],
    ['has no signature', (claims) => createJwt(claims, { header: { alg: 'none' } }), { reason: 'format' }],
    [
      'has the alg none in other letters',
      (claims) => createJwt(claims, { header: { alg: 'nOnE' } }),
      { reason: 'format' },
    ],
    [
      'is signed with the public key as a secret',
      (claims) => createJwt(claims, { header: { alg: 'HS256' }, hmac: true }),
      { reason: 'format' },
    ],
    ['has another RSA algorithm', (claims) => createJwt(claims, { header: { alg: 'PS256' } }), { reason: 'format' }],
    [
      'has a critical header that is not known',
      (claims) => createJwt(claims, { header: { crit: ['x'], x: 1 } }),
      { reason: 'format' },
    ],
    ['is no JWT', () => 'abc', { reason: 'format' }],
    ['has five parts', () => 'a.b.c.d.e', { reason: 'format' }],
    ['has claims that are no object', () => createJwt(['x']), { reason: 'format' }],
    [
      'was changed',
      (claims) =>
        createJwt(claims).replace(
          /\.[^.]+\./,
          `.${Buffer.from(JSON.stringify({ ...claims, sub: 'joe@example.com' })).toString('base64url')}.`,
        ),
      { reason: 'signature' },
    ],
    [
      'has another issuer',
      (claims) => createJwt({ ...claims, iss: `${claims.iss}/` }),
      { reason: 'claim', claim: 'iss' },
    ],
    ['has no issuer', (claims) => createJwt({ ...claims, iss: undefined }), { reason: 'claim', claim: 'iss' }],
    ['has another audience', (claims) => createJwt({ ...claims, aud: 'other' }), { reason: 'claim', claim: 'aud' }],
    ['has no audience', (claims) => createJwt({ ...claims, aud: undefined }), { reason: 'claim', claim: 'aud' }],
    [
      'has an audience of the wrong type',
      (claims) => createJwt({ ...claims, aud: { audience: true } }),
      { reason: 'claim', claim: 'aud' },
    ],
    ['is of another client', (claims) => createJwt({ ...claims, cid: 'other' }), { reason: 'claim', claim: 'cid' }],
    ['is of no client', (claims) => createJwt({ ...claims, cid: undefined }), { reason: 'claim', claim: 'cid' }],
    [
      'has a client of the wrong type',
      (claims) => createJwt({ ...claims, cid: ['client'] }),
      { reason: 'claim', claim: 'cid' },
    ],
    ['has expired', (claims) => createJwt({ ...claims, exp: start / 1000 - 301 }), { reason: 'expired', claim: 'exp' }],
    ['never expires', (claims) => createJwt({ ...claims, exp: undefined }), { reason: 'claim', claim: 'exp' }],
    [
      'has an expiry of the wrong type',
      (claims) => createJwt({ ...claims, exp: `${claims.exp}` }),
      { reason: 'claim', claim: 'exp' },
    ],
    [
      'is not valid yet',
      (claims) => createJwt({ ...claims, nbf: start / 1000 + 400 }),
      { reason: 'claim', claim: 'nbf' },
    ],
    [
      'has an account with a space',
      (claims) => createJwt({ ...claims, sub: 'jane x' }),
      { reason: 'claim', claim: 'sub' },
    ],
    ['names no account', (claims) => createJwt({ ...claims, sub: undefined }), { reason: 'claim', claim: 'sub' }],
    [
      'has an account of the wrong type',
      (claims) => createJwt({ ...claims, sub: 5 }),
      { reason: 'claim', claim: 'sub' },
    ],
    [
      'has an account with a control character',
      (claims) => createJwt({ ...claims, sub: 'jane\u001b[2J' }),
      { reason: 'claim', claim: 'sub' },
    ],
    [
      'has no Particle token',
      (claims) => createJwt({ ...claims, particle_profile: undefined }),
      { reason: 'claim', claim: 'particle_profile' },
    ],
    [
      'has a Particle token of the wrong type',
      (claims) => createJwt({ ...claims, particle_profile: { token: 'x' } }),
      { reason: 'claim', claim: 'particle_profile' },
    ],
    [
      'has a Particle token that would end the header',
      (claims) => createJwt({ ...claims, particle_profile: 'x\r\ny: z' }),
      { reason: 'claim', claim: 'particle_profile' },
    ],
  ])('%s', async (_title, create, details) => {
    const { error, session, apiRequests } = await signIn(respondWithJwt(create))
    expect(error).toMatchObject({ code: 'sso_invalid_token', retry: 'never', details })
    expect(apiRequests).toEqual([])
    expect(session.state).toMatchObject({ status: 'signed_out', reason: 'never_signed_in' })
  })

  it('has expired for less than the tolerance of clocks, and is accepted', async () => {
    const { error } = await signIn(respondWithJwt((claims) => createJwt({ ...claims, exp: start / 1000 - 200 })))
    expect(error).toBeUndefined()
  })

  it('is named with the audience that it has, unless that is no name', async () => {
    const other = await signIn(respondWithJwt((claims) => createJwt({ ...claims, aud: 'api://default' })))
    expect((other.error as Error).message).toBe(
      "The claim aud of the identity provider's token is missing or wrong: it is api://default. Check the options of startSsoSignIn().",
    )
    const wrong = await signIn(
      respondWithJwt((claims) => createJwt({ ...claims, aud: ['\u001b[2J', 'x'.repeat(101)] })),
    )
    expect((wrong.error as Error).message).toContain('is missing or wrong. Check')
  })
})

describe('the keys', () => {
  const good = toJwk(rsa.publicKey)
  const respondWithKeys =
    (response: ProviderResponse): Respond =>
    (path) =>
      path === keysPath ? response : undefined

  it.each<[string, ProviderResponse, object]>([
    [
      'are a redirect',
      { status: 302, headers: { location: '/other-keys' } },
      { code: 'unexpected_response', details: { reason: 'redirect' } },
    ],
    ['are a page', { body: '<p>Hello</p>' }, { code: 'unexpected_response', details: { reason: 'html' } }],
    ['are no list', { body: { keys: good } }, { code: 'unexpected_response', details: { reason: 'wrong_type' } }],
    [
      'are longer than the limit',
      { body: `{"keys":[],"x":"${'x'.repeat(3_000_000)}"}` },
      { code: 'unexpected_response', details: { reason: 'not_json' } },
    ],
    ['do not exist', { status: 404 }, { code: 'unexpected_response' }],
    ['are empty', { body: { keys: [] } }, { code: 'sso_invalid_token', details: { reason: 'signature' } }],
    ['are no keys', { body: { keys: [null, 5, {}] } }, { code: 'sso_invalid_token', details: { reason: 'signature' } }],
    [
      'are a secret',
      { body: { keys: [{ kty: 'oct', k: 'YQ', kid: 'k1' }] } },
      { code: 'sso_invalid_token', details: { reason: 'signature' } },
    ],
    [
      'are damaged',
      { body: { keys: [{ ...good, n: 5 }] } },
      { code: 'sso_invalid_token', details: { reason: 'signature' } },
    ],
  ])('%s', async (_title, response, expected) => {
    const { error, apiRequests, requests } = await signIn(respondWithKeys(response))
    expect(error).toMatchObject(expected)
    expect(apiRequests).toEqual([])
    expect(requests.filter(({ path }) => path === '/other-keys')).toEqual([])
  })

  it('are requested three times, since the device code has been used', async () => {
    for (const [failures, code] of [
      [2, undefined],
      [3, 'temporarily_unavailable'],
    ] as const) {
      let left: number = failures
      const { error, waits, requests } = await signIn((path) => {
        if (path !== keysPath || left === 0) return undefined
        left -= 1
        return { status: 503 }
      })
      expect((error as { code?: string } | undefined)?.code).toBe(code)
      expect(waits).toEqual([5000, 2000, 2000])
      expect(requests.filter(({ path }) => path === keysPath)).toHaveLength(3)
    }
  })

  it('that do not come within the time limit end the sign-in', async () => {
    const { error } = await signIn((path) => (path === keysPath ? { hang: true } : undefined), { timeoutMs: 300 })
    expect(error).toMatchObject({ code: 'network_error', details: { reason: 'timeout', mayBeSpent: false } })
  })
})

describe('a device authorization response', () => {
  async function startWith(response: ProviderResponse | ((url: string) => object), timeoutMs?: number) {
    const provider = await startHostileProvider((path) => {
      if (!path.endsWith('/authorize')) return undefined
      return typeof response === 'function' ? { body: response(provider.url) } : response
    })
    return startSsoSignIn({ ...provider.options, clock: createWaitingClock(), timeoutMs })
  }

  it('may lack the interval and the complete link, and may say so with null', async () => {
    const started = await startWith((url) => ({
      ...startResponse(url),
      interval: undefined,
      verification_uri_complete: null,
    }))
    expect(started).toMatchObject({ intervalMs: 5000, verificationUriComplete: undefined })
  })

  it('has its interval and lifetime limited', async () => {
    const started = await startWith((url) => ({ ...startResponse(url), interval: 0, expires_in: 1e12 }))
    expect(started).toMatchObject({ intervalMs: 1000, expiresAt: start + 86_400_000 })
  })

  it('may link to a page of another host over https', async () => {
    const uri = 'https://login.example.com/activate'
    expect(await startWith((url) => ({ ...startResponse(url), verification_uri: uri }))).toMatchObject({
      verificationUri: uri,
    })
  })

  it.each<[string, object]>([
    ['without a device code', { device_code: undefined }],
    ['with an empty device code', { device_code: '' }],
    ['without a user code', { user_code: undefined }],
    ['with a user code that controls the terminal', { user_code: '\u001b[2JBCDF' }],
    ['without a page', { verification_uri: undefined }],
    ['with a page on another host over http', { verification_uri: 'http://elsewhere.test/activate' }],
    ['with a page that is a script', { verification_uri_complete: 'javascript:alert(1)' }],
    ['with a complete link of the wrong type', { verification_uri_complete: 5 }],
    ['without a lifetime', { expires_in: undefined }],
    ['with a lifetime of the wrong type', { expires_in: '600' }],
    ['with a negative interval', { interval: -1 }],
    ['with an interval of the wrong type', { interval: '5' }],
  ])('%s is rejected', async (_title, fields) => {
    await expect(startWith((url) => ({ ...startResponse(url), ...fields }))).rejects.toMatchObject({
      code: 'unexpected_response',
      details: { status: 200, reason: 'wrong_type' },
    })
  })

  it.each<[string, ProviderResponse, object]>([
    [
      'an OAuth error',
      { status: 401, body: { error: 'invalid_client', error_description: 'Unknown.' } },
      { code: 'sso_denied', details: { error: 'invalid_client', status: 401, description: 'Unknown.' } },
    ],
    [
      'a redirect',
      { status: 307, headers: { location: 'https://elsewhere.test/' } },
      { code: 'unexpected_response', details: { reason: 'redirect' } },
    ],
    ['a page', { body: '<p>Hello</p>' }, { code: 'unexpected_response', details: { reason: 'html' } }],
    ['another status', { status: 201, body: {} }, { code: 'unexpected_response', details: { reason: 'wrong_status' } }],
    [
      'a failure',
      { status: 503, headers: { 'retry-after': '7' } },
      { code: 'temporarily_unavailable', retryAt: start + 7000 },
    ],
  ])('that is %s is rejected', async (_title, response, expected) => {
    await expect(startWith(response)).rejects.toMatchObject(expected)
  })

  it('that does not come is a network error, and an abort ends the request', async () => {
    await expect(startWith({ hang: true }, 30)).rejects.toMatchObject({
      code: 'network_error',
      details: { reason: 'timeout', grantType: 'urn:ietf:params:oauth:grant-type:device_code' },
    })
    const options = { issuer: 'http://127.0.0.1:9/', clientId: 'c', audience: 'a' }
    await expect(startSsoSignIn(options)).rejects.toMatchObject({
      code: 'network_error',
      details: { reason: 'network' },
    })
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(startSsoSignIn({ ...options, signal })).rejects.toThrow('enough')
  })
})

describe('secrets', () => {
  const planted = [deviceCode, particleToken]

  it('are in no error, even if the provider repeats them', async () => {
    const echoes: Respond[] = [
      (path) =>
        path === tokenPath
          ? { status: 400, body: { error: 'invalid_grant', error_description: `No ${deviceCode}` } }
          : undefined,
      (path) => (path === tokenPath ? { status: 400, body: { error: deviceCode } } : undefined),
      (path) => (path === tokenPath ? { status: 200, body: `<p>${deviceCode}</p>` } : undefined),
      respondWithJwt((claims) => createJwt({ ...claims, iss: 'x' })),
      respondWithJwt((claims) => createJwt({ ...claims, sub: 5 })),
      respondWithJwt((claims) => createJwt({ ...claims, exp: 5 })),
      (path) =>
        path.endsWith('/current') ? { status: 401, body: { error: 'invalid_token', x: particleToken } } : undefined,
    ]
    for (const respond of echoes) {
      const { error } = await signIn(respond)
      expect(error).toBeInstanceOf(Error)
      expect(findLeaks(error, planted)).toEqual([])
      expect(findLeaks(error, ['eyJ'])).toEqual([])
    }
  })

  it('are not in what startSsoSignIn resolves with, nor in an error of fetch', async () => {
    const { started } = await signIn(() => undefined)
    expect(findLeaks(started, planted)).toEqual([])
    const provider = await startHostileProvider()
    const clock = createWaitingClock()
    const failing = await startSsoSignIn({
      ...provider.options,
      clock,
      fetch: async (input, init) => {
        if (String(input).endsWith('/token')) throw new TypeError(`Cannot send ${String(init?.body)}`)
        return fetch(input, init)
      },
    })
    const session = createSession({ client: developerClient(), baseUrl: provider.url, clock })
    const error = await finishSsoSignIn(session, failing).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'sso_expired', cause: { code: 'network_error' } })
    expect(findLeaks(error, planted)).toEqual([])
  })
})
