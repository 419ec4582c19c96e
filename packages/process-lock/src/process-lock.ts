import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { LockLostError, LockTimeoutError } from './errors.ts'
import { tryExclusiveFile } from './exclusive-file.ts'
import { tryGenerations } from './generations.ts'
import type { LockFile, LockTask, TryLock } from './lock-file.ts'
import { preparePrivateDirectory } from './private-directory.ts'

export interface ProcessLockOptions {
  /** A folder for locks only, on a disk of this machine. Created with mode 0700. */
  readonly directory: string
  /** How long to wait for a lock, in milliseconds. @default 60_000 */
  readonly timeoutMs?: number
}

export interface ProcessLock {
  /**
   * Runs `task` while no other process of this machine holds the lock `name`: letters a to z, digits and `-`, at most
   * 120. Rejects with the error of the task, or with LockTimeoutError if the lock stays taken. `timeoutMs` 0: tries once.
   */
  withLock<T>(name: string, task: LockTask<T>, options?: { readonly timeoutMs?: number }): Promise<T>
}

const checkIntervalMs = 1_000
const maxPauseMs = 40
/** The longest time that `setTimeout` accepts. */
const maxTimeoutMs = 2_147_483_647

const tryLock: TryLock = ['darwin', 'freebsd', 'openbsd', 'netbsd', 'win32'].includes(process.platform)
  ? tryExclusiveFile(process.platform)
  : tryGenerations

/** Creates locks in a folder: one holder among the processes of this machine. The lock of a dead holder is free at once. */
export function processLock(options: ProcessLockOptions): ProcessLock {
  assertKnownOptions(options, { directory: true, timeoutMs: true })
  const { directory, timeoutMs = 60_000 } = options
  /** For each name, when the last caller of this process is done: callers take turns, in the order of their calls. */
  const turns = new Map<string, Promise<void>>()

  async function takeTurn(name: string, limitMs: number): Promise<(() => void) | undefined> {
    const previous = turns.get(name) ?? Promise.resolve()
    let endTurn = () => {}
    const done = new Promise<void>((resolve) => {
      endTurn = resolve
    })
    const turn = previous.then(() => done)
    turns.set(name, turn)
    void turn.then(() => turns.get(name) === turn && turns.delete(name))
    if (await resolvesWithin(previous, limitMs)) return endTurn
    endTurn()
    return undefined
  }

  return {
    async withLock(name, task, options = {}) {
      assertKnownOptions(options, { timeoutMs: true })
      if (!/^[a-z0-9-]{1,120}$/.test(name)) throw new TypeError(`"${name}" is not a valid lock name.`)
      const limitMs = Math.min(options.timeoutMs ?? timeoutMs, maxTimeoutMs)
      // A monotonic clock, which does not jump.
      const startedAt = performance.now()
      const timeoutError = () => new LockTimeoutError(name, Math.round(performance.now() - startedAt))
      const endTurn = await takeTurn(name, limitMs)
      if (endTurn === undefined) throw timeoutError()
      try {
        await preparePrivateDirectory(directory)
        const lock = await acquire(join(directory, name), startedAt + limitMs)
        if (lock === undefined) throw timeoutError()
        return await runWhileHeld(name, lock, task).finally(() => lock.release())
      } finally {
        endTurn()
      }
    },
  }
}

/** Throws a TypeError for a name that is not an option. Without this, a misspelt time-out would be the default. */
function assertKnownOptions<T extends object>(options: T, known: Readonly<Record<keyof T, true>>): void {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name))
  if (unknown === undefined) return
  throw new TypeError(`${unknown} is not an option here. Known: ${Object.keys(known).join(', ')}.`)
}

async function resolvesWithin(promise: Promise<void>, limitMs: number): Promise<boolean> {
  const timer = new AbortController()
  const timeout = sleep(limitMs, false, { signal: timer.signal }).catch(() => false)
  return Promise.race([promise.then(() => true), timeout]).finally(() => timer.abort())
}

/** Tries until the deadline, and at least once: the process may have been suspended past its deadline. */
async function acquire(path: string, deadline: number): Promise<LockFile | undefined> {
  for (let round = 0; ; round += 1) {
    const lock = await tryLock(path)
    const leftMs = deadline - performance.now()
    if (lock !== undefined || leftMs <= 0) return lock
    // Random, so that many waiting processes do not try at the same moment.
    await sleep(Math.min(leftMs, 2 ** Math.min(round, 6), maxPauseMs) * (0.5 + Math.random() / 2))
  }
}

/** Runs the task and aborts its signal when the lock is lost. The timer does not keep the process alive. */
async function runWhileHeld<T>(name: string, lock: LockFile, task: LockTask<T>): Promise<T> {
  const controller = new AbortController()
  const isHeld = async () => {
    const held = await lock.isHeld()
    if (!held && !controller.signal.aborted) controller.abort(new LockLostError(name))
    return held
  }
  // A failed check does not mean that the lock is lost; the next one may succeed.
  const timer = setInterval(() => isHeld().catch(() => {}), checkIntervalMs).unref()
  try {
    return await task({ signal: controller.signal, isInherited: lock.isInherited, isHeld })
  } finally {
    clearInterval(timer)
  }
}
