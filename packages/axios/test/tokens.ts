import type { BaseSession } from '@particle-grants/core'
import { createSession, developerClient, productClient } from '@particle-grants/core'
import { product } from './scene.ts'

/** A session whose token endpoint is a function: it gives `token-1`, `token-2`, … and counts. */
export async function numberedTokens(baseUrl: string, options: { readonly expiresIn?: number } = {}) {
  let count = 0
  const session = createSession({
    client: productClient(product),
    baseUrl,
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
  await session.authorize()
  return { session, requested: () => count }
}

/** The tokens that such a session gets, each of the service's length. */
export function tokenNumber(number: number): string {
  return `plantedtoken${number}`.padEnd(40, 'f')
}

/** A developer's session with a token that nobody can renew. */
export async function adoptedToken(baseUrl: string, accessToken: string): Promise<BaseSession> {
  const session = createSession({ client: developerClient(), baseUrl })
  await session.adopt({ accessToken })
  return session
}

/** A session that holds this token, and whose next one comes, or does not, when the test says so. */
export function heldSession(baseUrl: string, held: string | undefined) {
  let token = held
  let waiting = 0
  let release: { resolve(): void; reject(error: unknown): void }
  const released = new Promise<void>((resolve, reject) => {
    release = { resolve, reject }
  })
  released.catch(() => {})
  const wait = async () => {
    waiting += 1
    await released
    return token
  }
  const session = {
    state: { identity: { baseUrl } },
    peekToken: () => token,
    // As the session's own: however many ask, each of them waits.
    accessToken: wait,
    rejected: async (refused: string) => {
      if (refused === token) await wait()
    },
    accepted: () => {},
    settled: async () => {},
    subscribe: () => () => {},
  }
  return {
    session: session as unknown as BaseSession,
    waiting: () => waiting,
    give(next: string) {
      token = next
      release.resolve()
    },
    fail: (error: unknown) => release.reject(error),
  }
}
