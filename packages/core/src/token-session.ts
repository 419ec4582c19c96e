import { notify } from './async.ts'
import { GrantsError, invalidArgument } from './errors.ts'
import { type ExternalToken, readExternalToken } from './external-token.ts'
import { fetchWithToken } from './fetch.ts'
import { assertKnownOptions } from './known-options.ts'
import { externalToken, reauthenticationRequired, tokenNotRenewable } from './machine/machine-errors.ts'
import { Secret } from './secret.ts'
import { type LogoutOptions, type LogoutResult, logoutOptionNames, type Session, type SessionState } from './session.ts'
import { type ConnectionOptions, connectionOptionNames, resolveConnection } from './session-options.ts'
import { revokeToken } from './token-endpoint.ts'
import { type AccessTokenOptions, assertAccessTokenOptions, type IdleOptions, waitForIdle } from './token-manager.ts'

/** An access token you already have. It is used and never renewed or stored; `logout()` revokes it only if you ask. */
export interface StaticTokenOptions extends ConnectionOptions, Pick<ExternalToken, 'expiresAt'> {
  readonly accessToken: string | Secret | undefined
}

/** A session for a token you already have. */
export interface StaticSession extends Session {
  readonly kind: 'static'
}

const expired: SessionState = /* @__PURE__ */ Object.freeze({ status: 'reauthentication_required', reason: 'expired' })
const rejected: SessionState = /* @__PURE__ */ Object.freeze({
  status: 'reauthentication_required',
  reason: 'rejected',
})
const signedOut: SessionState = /* @__PURE__ */ Object.freeze({ status: 'signed_out', reason: 'logged_out' })

/**
 * Creates a session for a token you already have. It has the methods of every session, but nothing to sign in, renew or
 * store: once the token has expired, was rejected by the API or is signed out, `getAccessToken()` rejects.
 *
 * @example
 * const session = tokenSession({ accessToken: tokenFromEnv(process.env) })
 * const response = await session.fetch('/v1/devices')
 *
 * @throws GrantsError `invalid_argument` or `insecure_base_url`
 */
export function tokenSession(options: StaticTokenOptions): StaticSession {
  const given: Partial<StaticTokenOptions> = options ?? {}
  assertKnownOptions(given, { accessToken: true, expiresAt: true, ...connectionOptionNames })
  if (given.accessToken === undefined) {
    throw invalidArgument('accessToken', 'is undefined: pass a token, or set its environment variable')
  }
  const { accessToken, expiresAt } = readExternalToken(given)
  const connection = resolveConnection(given)
  const { allowedOrigins, clock } = connection
  const listeners = new Set<(state: SessionState) => void>()
  let revocation: Promise<GrantsError | undefined> | undefined
  /** Time alone does not change it: `getState()` also knows whether the token has expired since. */
  let stateAtLastEvent: SessionState = Object.freeze({ status: 'signed_in', tokens: { accessToken, expiresAt } })

  function enter(state: SessionState): void {
    if (state === stateAtLastEvent) return
    stateAtLastEvent = state
    for (const listener of [...listeners]) notify(listener, state)
  }

  /** Returns the token if it is valid for long enough. */
  function findToken(minValidityMs = 0): string | undefined {
    if (stateAtLastEvent.status !== 'signed_in') return undefined
    return expiresAt === null || clock.now() + minValidityMs < expiresAt ? accessToken.reveal() : undefined
  }

  function getState(): SessionState {
    return stateAtLastEvent.status === 'signed_in' && findToken() === undefined ? expired : stateAtLastEvent
  }

  async function getAccessToken(options: AccessTokenOptions & { forceRefresh?: boolean } = {}): Promise<string> {
    assertAccessTokenOptions(options)
    const token = options.forceRefresh ? undefined : findToken(options.minValidityMs)
    if (token !== undefined) return token
    options.signal?.throwIfAborted()
    const state = getState()
    // The token may have expired: listeners hear of it.
    enter(state)
    if (state.status === 'signed_in') {
      throw tokenNotRenewable(state, { reason: 'external_token', token: externalToken })
    }
    if (state.status === 'reauthentication_required') throw reauthenticationRequired(state.reason)
    throw new GrantsError('not_signed_in', 'The session was signed out. Create another session.', {})
  }

  function invalidateToken(token: string): void {
    if (stateAtLastEvent.status !== 'signed_in' || token !== accessToken.reveal()) return
    enter(rejected)
    connection.reporter?.report({ type: 'token_rejected', at: clock.now() }, undefined)
  }

  async function logout(options: LogoutOptions = {}): Promise<LogoutResult> {
    assertKnownOptions(options, logoutOptionNames)
    const { signal, revoke = false } = options
    signal?.throwIfAborted()
    const hadToken = stateAtLastEvent.status === 'signed_in'
    enter(signedOut)
    if (!hadToken || !revoke) return { accessToken: hadToken ? 'still_valid' : 'none', refreshToken: 'none' }
    revocation = revokeToken(connection, accessToken, signal)
    const error = await revocation
    return { accessToken: error ? 'still_valid' : 'revoked', refreshToken: 'none', ...(error && { error }) }
  }

  const idle = (options?: IdleOptions) => waitForIdle(async () => revocation, options)
  const source = { getAccessToken, invalidateToken }
  return Object.freeze({
    kind: 'static',
    get state() {
      return getState()
    },
    baseUrl: connection.baseUrl,
    allowedOrigins,
    getState,
    subscribe(listener: (state: SessionState) => void) {
      if (typeof listener !== 'function') throw invalidArgument('listener', 'must be a function')
      // Wrapped, so that a listener that subscribes twice is called twice.
      const entry = (state: SessionState) => listener(state)
      listeners.add(entry)
      return () => listeners.delete(entry)
    },
    load: async () => getState(),
    logout,
    ...source,
    peekAccessToken: () => findToken(),
    fetch: (...call) => fetchWithToken(source, { context: connection, allowedOrigins }, ...call),
    idle,
    [Symbol.asyncDispose]: () => idle(),
  } satisfies StaticSession)
}

/** The variables of an environment: `process.env`, or a Worker's `env`. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Returns a variable without the spaces around it. An empty variable is a missing one. */
export function readVariable(env: Environment, name: string): string | undefined {
  return env[name]?.trim() || undefined
}

/**
 * Returns the access token that the environment has in `PARTICLE_ACCESS_TOKEN` or `PARTICLE_AUTH`, or `undefined`. An
 * empty variable is a missing one. {@link tokenSession} rejects `undefined`, and checks the token.
 *
 * @param env - `process.env`, or a Worker's `env`
 * @throws GrantsError `invalid_argument` if both variables are set and differ: it is not known whose token was meant
 */
export function tokenFromEnv(env: Environment): Secret | undefined {
  const [token, other] = [readVariable(env, 'PARTICLE_ACCESS_TOKEN'), readVariable(env, 'PARTICLE_AUTH')]
  if (token !== undefined && other !== undefined && token !== other) {
    throw invalidArgument('env', 'has two different tokens: unset PARTICLE_ACCESS_TOKEN or PARTICLE_AUTH')
  }
  const found = token ?? other
  return found === undefined ? undefined : new Secret(found)
}
