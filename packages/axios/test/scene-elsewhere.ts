import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createSession } from '@particle-grants/core'
import { createClock, type JournalEntry } from '@particle-grants/sandbox'
import { onTestFinished } from 'vitest'
import { sessionOptions } from './scene.ts'

const bin = fileURLToPath(new URL('../../sandbox/bin/particle-sandbox.js', import.meta.url))

/**
 * A sandbox in a process of its own, so that thousands of connections at once don't take two descriptors each of the
 * same process. It is the built one: `npm run build`.
 */
export async function openSceneElsewhere() {
  const child = spawn(process.execPath, [bin, '--port', '0', '--json', '--no-rate-limit'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill()
  })
  const { value: line } = await firstLine(child.stdout).next()
  const { url: baseUrl } = JSON.parse(String(line)) as { url: string }
  const clock = createClock()
  let tokenRequests = 0
  const session = createSession({
    ...sessionOptions({ clock, baseUrl }),
    fetch: (url, init) => {
      tokenRequests += 1
      return fetch(url, init)
    },
  })
  await session.authorize()
  tokenRequests = 0
  return {
    baseUrl,
    session,
    tokenRequests: () => tokenRequests,
    async advance(by: string) {
      await fetch(`${baseUrl}/__sandbox/clock`, {
        method: 'POST',
        body: new URLSearchParams({ advance: by }),
      })
      clock.advance(by)
    },
    async journal(): Promise<JournalEntry[]> {
      const answer: unknown = await (await fetch(`${baseUrl}/__sandbox/requests`)).json()
      return (
        Array.isArray(answer) ? answer : (answer as { requests: JournalEntry[] }).requests
      ) as JournalEntry[]
    },
  }
}

async function* firstLine(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  for await (const line of createInterface({ input: stream })) {
    yield line
    return
  }
}
