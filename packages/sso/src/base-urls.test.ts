import { createSession, customer, developerClient, productClient } from '@particle-grants/core'
import { createSandbox, defaultSsoClient } from '@particle-grants/sandbox'
import { finishSsoSignIn, type SsoOptions, type SsoSession, startSsoSignIn } from '@particle-grants/sso'
import { describe, expect, it } from 'vitest'
import { startResponse } from '../test/hostile-provider.ts'
import { startSandbox } from '../test/sandboxed.ts'

/** A sandbox in place of Particle, with a clock that moves when a program waits. */
function createParticle() {
  const sandbox = createSandbox()
  const { fetch } = sandbox
  const clock = { now: () => sandbox.clock.now(), sleep: async (ms: number) => void sandbox.clock.advance(ms) }
  const options = { ...defaultSsoClient, fetch, clock }
  return { sandbox, fetch, clock, options, api: () => sandbox.requests().filter(({ path }) => path.startsWith('/v1/')) }
}

describe('the default issuer', () => {
  it('signs a session for api.particle.io in', async () => {
    const { sandbox, fetch, clock, options } = createParticle()
    const session = createSession({ client: developerClient(), fetch, clock })
    const started = await startSsoSignIn(options)
    expect(started.verificationUri).toBe('https://id.particle.io/activate')
    sandbox.sso.approve(started.userCode)
    expect(await finishSsoSignIn(session, started)).toMatchObject({ status: 'signed_in' })
  })

  it.each([
    'http://127.0.0.1:8765',
    'https://api.particle.io.example',
    'https://api.particle.io/v2',
    'https://api.staging.particle.io',
  ])('sends no token to %s, and does not poll for it', async (baseUrl) => {
    const { sandbox, fetch, clock, options } = createParticle()
    const session = createSession({ client: developerClient(), baseUrl, fetch, clock })
    const started = await startSsoSignIn(options)
    sandbox.sso.approve(started.userCode)
    await expect(finishSsoSignIn(session, started)).rejects.toThrow(
      'session must have the base URL https://api.particle.io: the issuer https://id.particle.io/oauth2/default is for no other.',
    )
    expect(sandbox.requests()).toHaveLength(1)
  })
})

describe('a custom issuer', () => {
  it.each(['https://api.particle.io/v2', 'https://API.particle.io:443/', 'https://api.particle.io.'])(
    'is refused for %s, which is the same server',
    async (baseUrl) => {
      const { ssoOptions, clock, polls } = await startSandbox()
      const session = createSession({ client: developerClient(), baseUrl, clock })
      await expect(finishSsoSignIn(session, await startSsoSignIn(ssoOptions))).rejects.toThrow('set allowCustomIssuer')
      expect(polls()).toEqual([])
    },
  )

  it.each(['https://id.particle.io/oauth2/other', 'https://ID.particle.io./oauth2/default'])(
    '%s, at Particle’s identity provider, sends no token to another server',
    async (issuer) => {
      const { options } = createParticle()
      const fetch = async () => Response.json(startResponse('https://id.particle.io'))
      const started = await startSsoSignIn({ ...options, fetch, issuer, allowCustomIssuer: true })
      const session = createSession({ client: developerClient(), baseUrl: 'https://api.staging.particle.io' })
      await expect(finishSsoSignIn(session, started)).rejects.toThrow('session must have the base URL')
    },
  )

  it('signs in to api.particle.io only if the program allows it', async () => {
    const { url, ssoOptions, sandbox, clock } = await startSandbox()
    const { fetch } = sandbox
    const session = createSession({ client: developerClient(), fetch, clock })
    const refused = await startSsoSignIn(ssoOptions)
    await expect(finishSsoSignIn(session, refused)).rejects.toThrow(
      `issuer ${url}/oauth2/default is not Particle's: set allowCustomIssuer to use it with https://api.particle.io.`,
    )
    // The issuer is on loopback, and the API in the same sandbox.
    const send: typeof fetch = (input, init) =>
      String(input).startsWith(url) ? globalThis.fetch(input, init) : fetch(input as string, init)
    const started = await startSsoSignIn({ ...ssoOptions, fetch: send, allowCustomIssuer: true })
    sandbox.sso.approve(started.userCode)
    expect(await finishSsoSignIn(session, started)).toMatchObject({ status: 'signed_in' })
  })
})

describe('wrong arguments', () => {
  const valid = { clientId: 'client', audience: 'audience' }
  it.each<[string, unknown, string]>([
    ['no options', undefined, 'clientId must be a non-empty string: it has no default.'],
    ['no client id', { audience: 'x' }, 'clientId must be'],
    ['no audience', { clientId: 'x' }, 'audience must be a non-empty string: it has no default.'],
    ['an empty audience', { clientId: 'x', audience: '' }, 'audience must be'],
    ['an audience that is a list', { clientId: 'x', audience: ['y'] }, 'audience must be'],
    ['an issuer that is no URL', { ...valid, issuer: 'id.particle.io' }, 'issuer must be an absolute URL'],
    [
      'an issuer with a password',
      { ...valid, issuer: 'https://a:b@id.example.com' },
      'issuer must not contain a user name',
    ],
    [
      'an issuer without encryption',
      { ...valid, issuer: 'http://id.example.com' },
      'http://id.example.com is not HTTPS',
    ],
    ['an issuer with a query', { ...valid, issuer: 'https://id.example.com/?x' }, 'issuer must not contain a query'],
    ['a text instead of true', { ...valid, allowCustomIssuer: 'true' }, 'allowCustomIssuer must be true or false.'],
    ['a time limit of 0', { ...valid, timeoutMs: 0 }, 'timeoutMs must be'],
  ])('%s is rejected', async (_title, options, message) => {
    await expect(startSsoSignIn(options as SsoOptions)).rejects.toThrow(message)
  })

  it('a session that cannot have an account is rejected before polling', async () => {
    const { createSession: _, ...world } = await startSandbox()
    const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
    const baseUrl = world.url
    const sessions = [
      createSession({ client, baseUrl }),
      createSession({ client, baseUrl, subject: customer('jane@example.com') }),
      createSession({ accessToken: 'x', baseUrl }) as unknown as SsoSession,
      undefined as unknown as SsoSession,
    ]
    for (const session of sessions) {
      await expect(finishSsoSignIn(session, await world.start())).rejects.toThrow(
        'session must be the session of a developer client or of a user client.',
      )
    }
    expect(world.polls()).toEqual([])
  })
})
