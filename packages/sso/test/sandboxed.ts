import { createSession, developerClient, type SessionOptions } from '@particle-grants/core'
import type { DeveloperClient } from '@particle-grants/core/protocol'
import { createClock, createSandbox, defaultSsoClient, type SandboxOptions } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { type SsoOptions, startSsoSignIn } from '@particle-grants/sso'
import { onTestFinished } from 'vitest'

/** A clock that moves only when a program waits on it. */
export interface WaitingClock {
  readonly now: () => number
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>
  /** How long each wait was, in milliseconds. */
  readonly waits: number[]
}

/**
 * Starts a sandbox that listens on loopback while the test runs, with a session of it. Waiting moves the sandbox's clock:
 * hours of polling take seconds. `onWait` is called after each wait.
 */
export async function startSandbox(options: SandboxOptions = {}) {
  const sandbox = createSandbox({ clock: createClock({ start: Date.UTC(2026, 0, 1), frozen: true }), ...options })
  const { url, close } = await listen(sandbox, { port: 0 })
  onTestFinished(close)
  const waits: number[] = []
  let onWait: (waited: number) => void = () => {}
  const clock: WaitingClock = {
    now: () => sandbox.clock.now(),
    async sleep(ms) {
      sandbox.clock.advance(ms)
      waits.push(ms)
      onWait(waits.length)
    },
    waits,
  }
  const createSandboxSession = (given: Partial<SessionOptions<DeveloperClient>> = {}) =>
    createSession({ client: developerClient(), baseUrl: url, clock, ...given })
  const ssoOptions = { ...defaultSsoClient, issuer: `${url}/oauth2/default`, clock }
  return {
    sandbox,
    url,
    clock,
    waits,
    ssoOptions,
    createSession: createSandboxSession,
    session: createSandboxSession(),
    start: (given: Partial<SsoOptions> & { signal?: AbortSignal } = {}) => startSsoSignIn({ ...ssoOptions, ...given }),
    /** Calls the listener after each wait, with how many there were. */
    whenWaited(listener: (waited: number) => void): void {
      onWait = listener
    },
    polls: () => sandbox.requests().filter(({ path }) => path === '/oauth2/default/v1/token'),
  }
}
