// A process that uses a file store as its arguments and its lines of input tell.
import { openSync, rmdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { GrantsError } from '@particle-grants/core'
import { processLock } from '@particle-grants/process-lock'
import { enterAlone } from '@particle-grants/test-kit/witness'
import { fileStore } from '../src/index.ts'
import { countOf, payload, planted } from './payload.ts'

const [directory = '', job = '', argument = ''] = process.argv.slice(2)
const key = 'session-a'
const store = fileStore({ directory, timeout: Number(process.env.LOCK_TIMEOUT ?? 60_000) })

const jobs: Record<string, () => Promise<void>> = {
  async 'save-large'() {
    await store.save(key, planted.repeat(5_000), argument)
  },
  /** Counts up under the lock until it is killed, and says each count once it is saved. */
  async count() {
    for (;;) {
      await store.exclusively(key, async () => {
        const leave = await enterAlone(directory)
        const record = await store.load(key)
        const next = countOf(record?.value) + 1
        await store.save(key, payload(next), record?.version ?? null)
        say(`saved ${next}`)
        await leave()
      })
    }
  },
  /** Counts up without the lock: who is late is told. */
  async race() {
    for (;;) {
      const record = await store.load(key)
      const next = countOf(record?.value) + 1
      const saved = await store.save(key, payload(next), record?.version ?? null).catch(orConflict)
      say(saved === undefined ? 'conflict' : `saved ${next}`)
    }
  },
  /** Loads under the lock, waits for a line, then saves what it made of it. */
  async 'hold-then-save'() {
    await store.exclusively(key, async ({ signal }) => {
      signal.addEventListener('abort', () => say('lost'))
      const record = await store.load(key)
      say('holding')
      for await (const _ of createInterface({ input: process.stdin })) break
      await store.save(key, payload(countOf(record?.value) + 1), record?.version ?? null)
      say('saved')
    })
  },
  /** Dies where a save would: with the lock, and with the secret in a file that nobody knows. */
  async 'die-in-save'() {
    await processLock({ directory: join(directory, 'locks', 'writes') }).exclusively(key, async () => {
      await writeFile(join(directory, `.${key}.${crypto.randomUUID()}.tmp`), payload(99))
      process.kill(process.pid, 'SIGKILL')
    })
  },
  /** Opens files until no more can be, then asks for everything. */
  async 'use-without-files'() {
    for (let open = true; open; ) {
      try {
        openSync('/dev/null', 'r')
      } catch {
        open = false
      }
    }
    const attempts = [
      () => store.load(key),
      () => store.save(key, 'new', null),
      () => store.remove(key, null),
      () => store.list(),
      () => store.exclusively(key, async () => {}),
    ]
    for (const attempt of attempts) await attempt().catch(told)
  },
  /** Saves where the folder that it works in is gone. */
  async 'save-from-nowhere'() {
    process.chdir(argument)
    rmdirSync(argument)
    await store.save(key, 'new', null)
  },
  /** Tries the lock, then saves without it. */
  async 'save-anyway'() {
    await store.exclusively(key, async () => say('got the lock')).catch(told)
    const record = await store.load(key)
    await store.save(key, payload(countOf(record?.value) + 1), record?.version ?? null)
    say('saved')
  },
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function told(thrown: unknown): void {
  if (!GrantsError.isInstance(thrown)) throw thrown
  say(`${thrown.code}: ${thrown.message}`)
}

function orConflict(thrown: unknown): undefined {
  if (GrantsError.isInstance(thrown) && thrown.code === 'store_conflict') return undefined
  throw thrown
}

await jobs[job]?.().catch(told)
process.exit()
