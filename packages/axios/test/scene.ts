import { createSession, type ProductSession, productClient } from '@particle-grants/core'
import { createClock, createSandbox, type Sandbox, type SandboxClock } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { onTestFinished } from 'vitest'

/** The product that every sandbox knows. */
export const product = { id: 'my-product-1234', secret: 'product-secret' }

/** A sandbox on loopback whose clock stands still until it is moved, and a product that is signed in. */
export interface Scene {
  readonly sandbox: Sandbox
  readonly clock: SandboxClock
  readonly baseUrl: string
  readonly session: ProductSession
  /** Requests of the token endpoint after the first sign-in. */
  tokenRequests(): number
  /** Their grant types, in order. */
  grants(): string[]
  /** Statuses of the API's answers, in order. */
  statuses(): number[]
  /** The session's own, by which its token requests are kept back. */
  readonly fetch: typeof fetch
  /** Keeps token requests back until the function is called that this gives. */
  holdTokenRequests(): () => void
}

/** The options that a scene's sessions share. */
export function sessionOptions({ clock, baseUrl }: Pick<Scene, 'clock' | 'baseUrl'>) {
  // Far above what a request takes: ten thousand calls on a busy machine keep this process from reading for half a minute.
  return { client: productClient(product), clock, baseUrl, timeoutMs: 600_000 } as const
}

export async function openScene(): Promise<Scene> {
  const clock = createClock({ start: Date.UTC(2026, 0, 1), frozen: true })
  const sandbox = createSandbox({ clock, rateLimit: false })
  const { url: baseUrl, close } = await listen(sandbox)
  onTestFinished(close)
  let held: Promise<void> | undefined
  const heldFetch: typeof fetch = async (...call) => {
    await held
    return fetch(...call)
  }
  const session = createSession({ ...sessionOptions({ clock, baseUrl }), fetch: heldFetch })
  await session.getAccessToken()
  const grants: string[] = []
  const statuses: number[] = []
  sandbox.subscribe(({ path, status, grant_type = 'none' }) => {
    if (path === '/oauth/token') grants.push(grant_type)
    else statuses.push(status)
  })
  const counts = { tokenRequests: () => grants.length, grants: () => grants, statuses: () => statuses }
  const holdTokenRequests = () => {
    let release = () => {}
    held = new Promise((resolve) => {
      release = resolve
    })
    return release
  }
  return { sandbox, clock, baseUrl, session, fetch: heldFetch, holdTokenRequests, ...counts }
}
