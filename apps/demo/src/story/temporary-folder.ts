import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for child processes, which end with the signal, before the folder is gone. */
export interface Home {
  readonly folder: string
  readonly signal: AbortSignal
}

const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Gives a folder that is gone afterwards, also where a signal ends this process: there are sessions in it. */
export async function inTemporaryFolder<T>(use: (home: Home) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'particle-grants-demo-'))
  const ended = new AbortController()
  const remove = () => {
    ended.abort()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    for (const name of endings) process.off(name, end)
  }
  const end = (name: NodeJS.Signals) => {
    remove()
    process.kill(process.pid, name)
  }
  for (const name of endings) process.on(name, end)
  try {
    return await use({ folder, signal: ended.signal })
  } finally {
    remove()
  }
}
