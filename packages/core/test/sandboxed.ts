import { createClock, createSandbox, type SandboxOptions } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { onTestFinished } from 'vitest'

/** The sandbox's own accounts. */
export const dev = { username: 'dev@example.com', password: 'correct horse' }
export const mfa = { username: 'mfa@example.com', password: 'battery staple' }
export const product = { id: 'my-product-1234', secret: 'product-secret' }

/** Starts a sandbox that listens on loopback while the test runs. Its clock stands still until the test moves it. */
export async function startSandbox(options: SandboxOptions = {}) {
  const clock = createClock({ start: Date.UTC(2026, 0, 1), frozen: true })
  const sandbox = createSandbox({ clock, ...options })
  const { url, close } = await listen(sandbox, { port: 0 })
  onTestFinished(close)
  const tokenRequests = () => sandbox.requests().filter(({ path }) => path === '/oauth/token')
  return { sandbox, clock, baseUrl: url, tokenRequests }
}

/** Returns a code that the account's authenticator does not show. */
export function toWrongCode(right: string): string {
  return right === '000000' ? '000001' : '000000'
}
