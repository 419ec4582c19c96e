import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Run } from '@particle-grants/test-kit/samples'
import { afterAll } from 'vitest'

type Ended = (run: Run) => void

let player: ChildProcess | undefined
const waiting = new Map<number, Ended>()
let lastId = 0
afterAll(() => void player?.disconnect())

/** Runs a module as it stands in the docs, with this environment, and with nothing of Particle's besides. */
export function playModule(text: string, env: Readonly<Record<string, string>>): Promise<Run> {
  player ??= startPlayer()
  lastId += 1
  player.send({ id: lastId, text, env })
  return new Promise((resolve) => waiting.set(lastId, resolve))
}

function startPlayer(): ChildProcess {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('PARTICLE_'))
  const child = fork(fileURLToPath(new URL('player.mjs', import.meta.url)), {
    env: Object.fromEntries(inherited),
    execArgv: [],
  })
  child.on('message', ({ id, ...run }: Run & { id: number }) => {
    waiting.get(id)?.(run)
    waiting.delete(id)
  })
  child.on('exit', (code) => {
    for (const ended of waiting.values()) ended({ code, stdout: '', stderr: 'The sample ended its process.' })
    waiting.clear()
  })
  return child
}
