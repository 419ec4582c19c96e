// A process that takes locks on command: one line in, one line out.
import { createInterface } from 'node:readline'
import { enterAlone } from '@particle-grants/test-kit/witness'
import { LockTimeoutError, processLock } from '../src/index.ts'

const [directory = '', witness = ''] = process.argv.slice(2)
const lock = processLock({ directory })
let release = () => {}

const commands: Record<string, (argument: string) => Promise<string>> = {
  /** Takes the lock and keeps it. */
  hold: (timeout) =>
    new Promise((resolve, reject) => {
      lock
        .withLock(
          'shared',
          async ({ signal, isHeld }) => {
            signal.addEventListener('abort', () => say(`lost ${signal.reason.code}`))
            const leave = await enterAlone(witness)
            const freed = new Promise<void>((free) => {
              release = free
            })
            resolve('holding')
            await freed
            say(`held ${await isHeld()}`)
            await leave()
          },
          { timeoutMs: Number(timeout || 60_000) },
        )
        .then(() => say('released'), reject)
    }),
  /** Takes the lock and then has nothing to do. */
  idle: () =>
    new Promise((resolve) => {
      void lock.withLock('shared', () => {
        resolve('holding')
        return new Promise(() => {})
      })
    }),
  async free() {
    release()
    return 'freeing'
  },
  /** Takes the lock once, at the same time as other processes. */
  async enter(at) {
    // Spins at the end: timers of several processes do not fire in the same instant.
    await new Promise((resolve) => setTimeout(resolve, Number(at) - Date.now() - 3))
    while (Date.now() < Number(at));
    await enterOnce()
    return 'entered'
  },
  /** Takes and releases the lock until it is killed. */
  async loop() {
    for (let count = 1; ; count += 1) {
      await enterOnce()
      if (count % 5 === 0) say(`looped ${count}`)
    }
  },
}

async function enterOnce(): Promise<void> {
  await lock.withLock('shared', async () => {
    const leave = await enterAlone(witness)
    await new Promise((resolve) => setImmediate(resolve))
    await leave()
  })
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command = '', argument = ''] = line.split(' ')
  const run = commands[command]
  if (run === undefined) throw new Error(`unknown command: ${line}`)
  // Not awaited: the next command may release the lock that this one holds.
  run(argument).then(say, (thrown: Error) => {
    say(thrown instanceof LockTimeoutError ? 'timed out' : `failed ${thrown.message}`)
  })
}
