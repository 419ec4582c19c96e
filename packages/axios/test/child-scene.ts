import { createSession } from '@particle-grants/core'
import { createClock, type JournalEntry } from '@particle-grants/sandbox'
import { buildProgram, runProgram } from '@particle-grants/test-kit/programs'
import { onTestFinished } from 'vitest'
import { sessionOptions } from './scene.ts'

/**
 * Starts a sandbox in a child process, so that thousands of connections do not need two file descriptors each in the
 * same process.
 */
export async function openChildScene() {
  const program = runProgram(await buildProgram(new URL('programs/sandbox.ts', import.meta.url)))
  onTestFinished(async () => {
    program.kill()
    await program.exited
  })
  const baseUrl = await program.next()
  const clock = createClock()
  let tokenRequests = 0
  const countingFetch: typeof fetch = (...call) => {
    tokenRequests += 1
    return fetch(...call)
  }
  const session = createSession({
    ...sessionOptions({ clock, baseUrl }),
    fetch: countingFetch,
  })
  await session.getAccessToken()
  tokenRequests = 0
  return {
    baseUrl,
    session,
    tokenRequests: () => tokenRequests,
    async advance(by: string) {
      const body = JSON.stringify({ advance: by })
      const response = await fetch(`${baseUrl}/__sandbox/clock`, { method: 'POST', body })
      if (!response.ok) throw new Error(await response.text())
      clock.advance(by)
    },
    async journal(): Promise<JournalEntry[]> {
      const response = await fetch(`${baseUrl}/__sandbox/requests`)
      return (await response.json()) as JournalEntry[]
    },
  }
}
