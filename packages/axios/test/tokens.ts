import { createSession, developerClient, GrantsError, productClient, type Session } from '@particle-grants/core'
import { product } from './scene.ts'

/** A session whose token endpoint is a function that returns numbered tokens. Its clock stands still until it is moved. */
export async function numberedTokens(baseUrl: string, options: { readonly expiresIn?: number } = {}) {
  let count = 0
  let time = Date.UTC(2026, 0, 1)
  const session = createSession({
    client: productClient(product),
    baseUrl,
    clock: { now: () => time },
    fetch: async () => {
      count += 1
      const body = {
        access_token: tokenNumber(count),
        token_type: 'bearer',
        expires_in: options.expiresIn ?? 7_776_000,
      }
      return new Response(JSON.stringify(body))
    },
  })
  await session.getAccessToken()
  const advance = (ms: number) => {
    time += ms
  }
  return { session, requested: () => count, advance }
}

/** The tokens that such a session gets, each of the service's length. */
export function tokenNumber(number: number): string {
  return `plantedtoken${number}`.padEnd(40, 'f')
}

/** A developer session with a token from elsewhere, which cannot be renewed. */
export async function externalToken(baseUrl: string, accessToken: string) {
  const session = createSession({ client: developerClient(), baseUrl })
  await session.setToken({ accessToken })
  return session
}

/** A session that holds this token. Its next one is available when the test says so. */
export function heldSession(baseUrl: string, held: string | undefined) {
  let token = held
  let waiting = 0
  let release: { resolve(): void; reject(error: unknown): void }
  const released = new Promise<void>((resolve, reject) => {
    release = { resolve, reject }
  })
  released.catch(() => {})
  const session = {
    allowedOrigins: [new URL(baseUrl).origin],
    peekAccessToken: () => token,
    getAccessToken: async ({ signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs?: number }) => {
      waiting += 1
      const aborted = new Promise<never>((_, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
        const timeout = () => reject(new GrantsError('wait_timeout', 'No token.', { waitedMs: Number(timeoutMs) }))
        if (timeoutMs !== undefined) setTimeout(timeout, timeoutMs).unref?.()
      })
      await Promise.race([released, aborted])
      return token
    },
    invalidateToken: (rejected: string) => {
      if (rejected === token) token = undefined
    },
    subscribe: () => () => {},
  }
  return {
    session: session as unknown as Session,
    /** How many calls of `getAccessToken` wait. */
    waiting: () => waiting,
    give(next: string) {
      token = next
      release.resolve()
    },
    fail: (error: unknown) => release.reject(error),
  }
}
