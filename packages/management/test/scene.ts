import { createSession, developerClient, type Session } from '@particle-grants/core'
import { tokenSession } from '@particle-grants/core/token'
import { createSandbox, type Sandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { onTestFinished } from 'vitest'

/** A sandbox on a socket of this machine, and sessions on it. */
export interface Scene {
  readonly sandbox: Sandbox
  readonly baseUrl: string
  /** Signed in as the administrator of product 1234 and organization my-company. */
  readonly admin: Session
  /** Returns a session of a token. */
  readonly useToken: (accessToken: Parameters<typeof tokenSession>[0]['accessToken']) => Session
  /** Returns a session that is signed in. */
  readonly signIn: (username: string, password: string) => Promise<Session>
  /** The requests since the last call, such as `GET /v1/devices 200`. */
  readonly sent: () => string[]
}

export const product = { product: 1234 } as const
export const scopes = ['devices:list'] as const

export async function openScene(options: Parameters<typeof createSandbox>[0] = {}): Promise<Scene> {
  const sandbox = createSandbox(options)
  const server = await listen(sandbox)
  onTestFinished(() => server.close())
  const baseUrl = server.url
  const signIn = async (username: string, password: string) => {
    const session = createSession({ client: developerClient(), baseUrl, clock: sandbox.clock })
    await session.login({ username, password })
    return session
  }
  let seen = 0
  const sent = () => {
    const lines = sandbox.requests().map(({ method, path, status }) => `${method} ${path} ${status}`)
    const rest = lines.slice(seen)
    seen = lines.length
    return rest
  }
  const admin = await signIn('owner@example.com', 'owner of products')
  sent()
  return { sandbox, baseUrl, admin, signIn, sent, useToken: (accessToken) => tokenSession({ accessToken, baseUrl }) }
}

/** Returns what a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (thrown) => thrown,
  )
}
