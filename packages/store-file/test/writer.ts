// A process that uses a file store, controlled by its arguments and its input.
import { openSync, rmdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { GrantsError } from '@particle-grants/core'
import { processLock } from '@particle-grants/process-lock'
import { enterAlone } from '@particle-grants/test-kit/witness'
import { fileStore } from '../src/index.ts'
import { createValue, planted, readCount } from './counted-value.ts'

const [directory = '', job = '', argument = ''] = process.argv.slice(2)
const key = process.env.KEY ?? 'session-a'
const store = fileStore({ directory, lockTimeoutMs: Number(process.env.LOCK_TIMEOUT ?? 60_000) })

const jobs: Record<string, () => Promise<void>> = {
  async 'save-large'() {
    await store.save(key, planted.repeat(5_000), argument)
  },
  /** Increments the count under the lock until it is killed, and reports each saved count. */
  async count() {
    for (;;) {
      await store.withLock(key, async () => {
        const leave = await enterAlone(directory)
        const record = await store.load(key)
        const next = readCount(record?.value) + 1
        await store.save(key, createValue(next), record?.version ?? null)
        say(`saved ${next}`)
        await leave()
      })
    }
  },
  /** Increments the count without the lock: some saves conflict. */
  async race() {
    for (;;) {
      const record = await store.load(key)
      const next = readCount(record?.value) + 1
      const saved = await store.save(key, createValue(next), record?.version ?? null).catch(ignoreConflict)
      say(saved === undefined ? 'conflict' : `saved ${next}`)
    }
  },
  /** Loads under the lock, waits for a line of input, then saves. */
  async 'hold-then-save'() {
    await store.withLock(key, async (signal) => {
      signal.addEventListener('abort', () => say('lost'))
      const record = await store.load(key)
      say('holding')
      for await (const _ of createInterface({ input: process.stdin })) break
      await store.save(key, createValue(readCount(record?.value) + 1), record?.version ?? null)
      say('saved')
    })
  },
  /** Dies in the middle of a save: with the lock, and with the secret in a temporary file. */
  async 'die-in-save'() {
    await processLock({ directory: join(directory, 'locks', 'writes') }).withLock(key, async () => {
      await writeFile(join(directory, `.${key}.json.${crypto.randomUUID()}.tmp`), createValue(99))
      process.kill(process.pid, 'SIGKILL')
    })
  },
  /** Opens as many files as possible, then calls every method. */
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
      () => store.withLock(key, async () => {}),
    ]
    for (const attempt of attempts) await attempt().catch(report)
  },
  /** Saves after its working folder was removed. */
  async 'save-from-nowhere'() {
    process.chdir(argument)
    rmdirSync(argument)
    await store.save(key, 'new', null)
  },
  /** Tries to take the lock, then saves without it. */
  async 'save-anyway'() {
    await store.withLock(key, async () => say('got the lock')).catch(report)
    const record = await store.load(key)
    await store.save(key, createValue(readCount(record?.value) + 1), record?.version ?? null)
    say('saved')
  },
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function report(thrown: unknown): void {
  if (!GrantsError.isInstance(thrown)) throw thrown
  say(`${thrown.code}: ${thrown.message}`)
}

function ignoreConflict(thrown: unknown): undefined {
  if (GrantsError.isInstance(thrown) && thrown.code === 'store_conflict') return undefined
  throw thrown
}

await jobs[job]?.().catch(report)
process.exit()
