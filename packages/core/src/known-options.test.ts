import { describe, expect, it } from 'vitest'
import { developerClient, productClient } from './clients.ts'
import { createSession, sessionFromEnv } from './create-session.ts'
import { GrantsError } from './errors.ts'
import { resetLockoutGuard } from './guard/lockout-guard.ts'
import { encodeCustomerRequest } from './protocol/token-request.ts'
import { createSessionPool } from './session-pool.ts'
import { newSignInId } from './session-record.ts'
import { tokenSession } from './token-session.ts'

/** Whatever a place sends is a mistake: wrong options are rejected before. */
const fetch = async () => {
  throw new Error('A request was sent.')
}
const product = { id: 'my-product-1234', secret: 'product-secret' }
const client = productClient(product)
const developer = createSession({ client: developerClient(), fetch })
const ofProduct = createSession({ client, fetch })
const web = createSession({ client, fetch, signInId: newSignInId() })
const pool = createSessionPool({ client, fetch })
const staticSession = tokenSession({ accessToken: 'a'.repeat(40), fetch })
const credentials = { username: 'jane@example.com', password: 'janes own password' }
const customer = { product: '1234', email: 'jane@example.com' }

const connection = 'baseUrl, fetch, timeoutMs, allowedOrigins, clock, onEvent, includeSubject'
const shared = 'client, store, clientAuthentication, mfa, lockoutGuard, waitUntil'

/** `known` are the names that the message lists. */
type Row = readonly [place: string, call: (typo: object) => unknown, known: string]

const places: readonly Row[] = [
  [
    'createSession()',
    (typo) => createSession({ client, ...typo }),
    `${shared}, subject, profile, signInId, clientToken, accessToken, ${connection}`,
  ],
  [
    'createSession() without a client',
    (typo) => createSession({ ...typo } as { client: typeof client }),
    `${shared}, subject, profile, signInId, clientToken, accessToken, ${connection}`,
  ],
  ['its mfa', (typo) => createSession({ client, mfa: typo }), 'maxAttempts, maxAgeMs'],
  ['its lockoutGuard', (typo) => createSession({ client, lockoutGuard: typo }), 'maxWaitMs'],
  [
    'createSession() of a token',
    (typo) => createSession({ accessToken: 'a'.repeat(40), ...typo }),
    `accessToken, expiresAt, ${connection}`,
  ],
  ['tokenSession()', (typo) => tokenSession({ accessToken: 'a', ...typo }), `accessToken, expiresAt, ${connection}`],
  [
    'sessionFromEnv() with a token',
    (typo) => sessionFromEnv({ PARTICLE_ACCESS_TOKEN: 'a'.repeat(40) }, typo),
    `store, lockoutGuard, waitUntil, ${connection}`,
  ],
  [
    'sessionFromEnv() with a client',
    (typo) => sessionFromEnv({ PARTICLE_CLIENT_ID: product.id, PARTICLE_CLIENT_SECRET: product.secret }, typo),
    `store, lockoutGuard, waitUntil, ${connection}`,
  ],
  ['createSessionPool()', (typo) => createSessionPool({ client, ...typo }), `${shared}, maxSessions, ${connection}`],
  ['createCustomer()', (typo) => pool.createCustomer({ ...customer, ...typo }), 'product, email, password, signal'],
  ['ensureCustomer()', (typo) => pool.ensureCustomer({ ...customer, ...typo }), 'product, email, password, signal'],
  [
    'encodeCustomerRequest()',
    (typo) => encodeCustomerRequest({ ...customer, ...typo }, client),
    'product, email, password',
  ],
  ['idle() of a pool', (typo) => pool.idle(typo), 'signal, timeoutMs'],
  [
    'login()',
    (typo) => developer.login({ ...credentials, ...typo }),
    'username, password, expiresIn, scope, signal, force',
  ],
  ['submitOtp()', (typo) => web.submitOtp('123456', typo), 'signal, force'],
  ['submitRecoveryCode()', (typo) => web.submitRecoveryCode('a1b2-c3d4', typo), 'signal, force'],
  ['requestClientToken()', (typo) => ofProduct.requestClientToken(typo), 'expiresIn, scope, signal, force'],
  ['getAccessToken()', (typo) => ofProduct.getAccessToken(typo), 'signal, timeoutMs, minValidityMs, forceRefresh'],
  ['logout()', (typo) => ofProduct.logout(typo), 'signal, revoke'],
  ['idle()', (typo) => ofProduct.idle(typo), 'signal, timeoutMs'],
  [
    'getAccessToken() of a static session',
    (typo) => staticSession.getAccessToken(typo),
    'signal, timeoutMs, minValidityMs, forceRefresh',
  ],
  ['logout() of a static session', (typo) => staticSession.logout(typo), 'signal, revoke'],
  ['idle() of a static session', (typo) => staticSession.idle(typo), 'signal, timeoutMs'],
  ['resetLockoutGuard()', (typo) => resetLockoutGuard(typo), 'baseUrl, store'],
]

/** The error of a call that throws or rejects. */
async function getError(call: () => unknown): Promise<unknown> {
  try {
    await call()
  } catch (error) {
    return error
  }
  return 'no error'
}

describe('an unknown option', () => {
  it.each(places)('of %s is rejected, with the names that are known', async (_, call, known) => {
    const error = await getError(() => call({ tmieoutMs: 1000 }))
    expect(error).toBeInstanceOf(GrantsError)
    const problem = `is not an option here. Known: ${known}`
    expect(error).toMatchObject({
      code: 'invalid_argument',
      message: `tmieoutMs ${problem}.`,
      details: { parameter: 'tmieoutMs', problem },
    })
  })

  it('is rejected whatever its value is', async () => {
    for (const value of [undefined, null, false, 0]) {
      expect(() => createSession({ client, ...{ lockoutGard: value } })).toThrow(/^lockoutGard is not an option here/)
    }
  })

  it('may have the name of what every object has', () => {
    expect(() => createSession({ client, ...{ toString: 1 } })).toThrow(/^toString is not an option here/)
  })

  it('is found in an object with a prototype, too', () => {
    const options = Object.create({ client, timoutMs: 1000 })
    expect(() => createSession(options)).toThrow(/^timoutMs is not an option here/)
  })

  it('of a session is rejected by a pool with its own message', () => {
    for (const [name, value] of Object.entries({
      subject: undefined,
      profile: 'a',
      signInId: 'b',
      clientToken: false,
    })) {
      expect(() => createSessionPool({ client, ...{ [name]: value } })).toThrow(
        `${name} is not an option of a pool: use createSession().`,
      )
    }
  })
})

describe('a known option', () => {
  it('is accepted with the value undefined', () => {
    createSession({ client, mfa: undefined, lockoutGuard: undefined, store: undefined, timeoutMs: undefined })
    createSessionPool({ client, maxSessions: undefined })
    tokenSession({ accessToken: 'a'.repeat(40), expiresAt: undefined })
  })

  it('can be a symbol', async () => {
    const { allowInsecureRequests } = await import('./protocol/base-url.ts')
    createSession({ client, baseUrl: 'http://192.0.2.1', [allowInsecureRequests]: true })
  })
})

describe('setToken()', () => {
  it('takes the tokens of a state, which have a scope', async () => {
    const tokens = { accessToken: 'b'.repeat(40), expiresAt: null, scope: 'devices:list' }
    expect(await developer.setToken(tokens)).toMatchObject({ status: 'signed_in' })
  })
})
