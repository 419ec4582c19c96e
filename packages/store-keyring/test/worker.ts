// Runs as its own process, because a process looks up its bus only once.
// Each line of its input is a command to one store, and each result is a line of its output.
import { appendFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { inspect } from 'node:util'
import { keyringStore } from '../src/index.ts'

export type Command =
  | { readonly do: 'load'; readonly key: string }
  | { readonly do: 'tryLock'; readonly key: string }
  | { readonly do: 'save'; readonly key: string; readonly value: string; readonly version: string | null }
  | { readonly do: 'remove'; readonly key: string; readonly version: string | null }
  /** Reads and writes under the lock. Each entry and exit adds a line to the journal. */
  | { readonly do: 'contend'; readonly rounds: number; readonly journal: string }

const store = keyringStore(JSON.parse(process.argv[2] ?? ''))

async function run(command: Command): Promise<unknown> {
  if (command.do === 'load') return store.load(command.key)
  if (command.do === 'save') return store.save(command.key, command.value, command.version)
  if (command.do === 'remove') return store.remove(command.key, command.version)
  if (command.do === 'tryLock') return store.withLock(command.key, async () => 'the task ran')
  return contend(command)
}

async function contend({ rounds, journal }: Extract<Command, { do: 'contend' }>) {
  const counts = { conflicts: 0, lost: 0 }
  for (let round = 0; round < rounds; round += 1) {
    await store.withLock('session-a', async (signal) => {
      appendFileSync(journal, 'in\n')
      const record = await store.load('session-a')
      const next = String(Number(record?.value ?? 0) + 1)
      await store.save('session-a', next, record?.version ?? null).catch(() => {
        counts.conflicts += 1
      })
      counts.lost += signal.aborted ? 1 : 0
      appendFileSync(journal, 'out\n')
    })
  }
  return counts
}

createInterface(process.stdin).on('line', (line) => {
  const { id, command } = JSON.parse(line)
  const respond = (rest: object) => process.stdout.write(`${JSON.stringify({ id, ...rest })}\n`)
  run(command).then(
    (value) => respond({ value }),
    (thrown) => respond({ code: thrown?.code, details: thrown?.details, text: inspect(thrown, { depth: 9 }) }),
  )
})
