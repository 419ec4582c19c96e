// A process that takes locks as it is told, one line in, one line out.
import { createInterface } from 'node:readline'
import { enterAlone } from '@particle-grants/test-kit/witness'
import { LockTimeoutError, processLock } from '../src/index.ts'

const [directory = '', witness = ''] = process.argv.slice(2)
const lock = processLock({ directory })
let release = () => {}

const orders: Record<string, (argument: string) => Promise<string>> = {
  /** Takes the lock and keeps it. */
  hold: (timeout) =>
    new Promise((resolve, reject) => {
      lock
        .exclusively(
          'shared',
          async ({ signal, stillHeld }) => {
            signal.addEventListener('abort', () => say(`lost ${signal.reason.code}`))
            const leave = await enterAlone(witness)
            const freed = new Promise<void>((free) => {
              release = free
            })
            resolve('holding')
            await freed
            say(`still held ${await stillHeld()}`)
            await leave()
          },
          { timeout: Number(timeout || 60_000) },
        )
        .then(() => say('released'), reject)
    }),
  /** Takes the lock, and then has nothing left to do. */
  idle: () =>
    new Promise((resolve) => {
      void lock.exclusively('shared', () => {
        resolve('holding')
        return new Promise(() => {})
      })
    }),
  async free() {
    release()
    return 'freeing'
  },
  /** Goes in once, at a moment that all share. */
  async enter(at) {
    // Spins at the end: timers of several processes don't fire in the same instant.
    await new Promise((resolve) => setTimeout(resolve, Number(at) - Date.now() - 3))
    while (Date.now() < Number(at));
    await enterOnce()
    return 'entered'
  },
  /** Goes in and out until it is killed. */
  async loop() {
    for (let count = 1; ; count += 1) {
      await enterOnce()
      if (count % 5 === 0) say(`looped ${count}`)
    }
  },
}

async function enterOnce(): Promise<void> {
  await lock.exclusively('shared', async () => {
    const leave = await enterAlone(witness)
    await new Promise((resolve) => setImmediate(resolve))
    await leave()
  })
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

for await (const line of createInterface({ input: process.stdin })) {
  const [order = '', argument = ''] = line.split(' ')
  const run = orders[order]
  if (run === undefined) throw new Error(`unknown order: ${line}`)
  // Not awaited: it may be told to free what it holds.
  run(argument).then(say, (thrown: Error) => {
    say(thrown instanceof LockTimeoutError ? 'timed out' : `failed ${thrown.message}`)
  })
}
