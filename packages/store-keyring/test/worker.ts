// Runs as a process of its own, in a session of its own: a process finds its bus once and keeps to it.
// Does what each line of its input says with one store, and answers each with a line.
import { appendFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { inspect } from 'node:util'
import { keyringStore } from '../src/index.ts'

/** What a worker can be told to do. */
export type Order =
  | { readonly do: 'load'; readonly key: string }
  | { readonly do: 'tryLock'; readonly key: string }
  | { readonly do: 'save'; readonly key: string; readonly value: string; readonly version: string | null }
  | { readonly do: 'remove'; readonly key: string; readonly version: string | null }
  | { readonly do: 'list' }
  /** Reads, thinks and writes under the lock; the journal gets a line whenever somebody enters or leaves. */
  | { readonly do: 'contend'; readonly rounds: number; readonly journal: string }

const store = keyringStore(JSON.parse(process.argv[2] ?? ''))

async function obey(order: Order): Promise<unknown> {
  if (order.do === 'load') return store.load(order.key)
  if (order.do === 'save') return store.save(order.key, order.value, order.version)
  if (order.do === 'remove') return store.remove(order.key, order.version)
  if (order.do === 'tryLock') return store.exclusively(order.key, async () => 'the task ran')
  if (order.do === 'list') return store.list()
  return contend(order)
}

async function contend({ rounds, journal }: Extract<Order, { do: 'contend' }>) {
  const counts = { conflicts: 0, lost: 0 }
  for (let round = 0; round < rounds; round += 1) {
    await store.exclusively('session-a', async ({ signal }) => {
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
  const { id, order } = JSON.parse(line)
  const answer = (rest: object) => process.stdout.write(`${JSON.stringify({ id, ...rest })}\n`)
  obey(order).then(
    (value) => answer({ value }),
    (thrown) => answer({ code: thrown?.code, details: thrown?.details, text: inspect(thrown, { depth: 9 }) }),
  )
})
