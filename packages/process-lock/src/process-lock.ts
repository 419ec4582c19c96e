import { join } from 'node:path'
import { LockLostError, LockTimeoutError } from './errors.ts'
import { tryExclusiveFile } from './exclusive-file.ts'
import { tryGenerations } from './generations.ts'
import type { LockFile, TryLock } from './lock-file.ts'
import { preparePrivateDirectory } from './private-directory.ts'

export interface ProcessLockOptions {
  /** A folder for locks only, on a disk of this machine. Created with mode 0700. */
  readonly directory: string
  /** How long to wait for a lock, in milliseconds. @default 60_000 */
  readonly timeoutMs?: number
}

export interface WithLockOptions {
  /** How long to wait, in milliseconds. `0`: one attempt. */
  readonly timeoutMs?: number
}

/** A lock while the task runs. */
export interface HeldLock {
  /** Aborts when the lock was lost. Checked every second, so it can be late. */
  readonly signal: AbortSignal
  /** Whether the last holder ended without a release, or may have: its work may be half done. */
  readonly isInherited: boolean
  /** Checks now whether the lock is still held. */
  isHeld(): Promise<boolean>
}

export interface ProcessLock {
  /**
   * Runs `task` while no other process of this machine holds the lock `name`: letters a to z, digits and `-`, at most
   * 120. Rejects with the error of the task.
   *
   * @throws LockTimeoutError if the lock stays taken
   */
  withLock<T>(name: string, task: (lock: HeldLock) => Promise<T>, options?: WithLockOptions): Promise<T>
}

const checkIntervalMs = 1_000
const maxPauseMs = 40
/** The longest time that `setTimeout` accepts. */
const maxTimeoutMs = 2_147_483_647

/** Creates locks in a folder: one holder among the processes of this machine. The lock of a dead holder is free at once. */
export function processLock({ directory, timeoutMs = 60_000 }: ProcessLockOptions): ProcessLock {
  const queue = new Queue()
  return {
    async withLock(name, task, options = {}) {
      if (!/^[a-z0-9-]{1,120}$/.test(name)) throw new TypeError(`"${name}" is not a valid lock name.`)
      const deadline = new Deadline(name, Math.min(options.timeoutMs ?? timeoutMs, maxTimeoutMs))
      if (!(await queue.enter(name, deadline.leftMs))) throw deadline.timeoutError()
      try {
        const lock = await acquire(directory, name, deadline)
        try {
          return await runWhileHeld(name, lock, task)
        } finally {
          await lock.release()
        }
      } finally {
        queue.leave(name)
      }
    },
  }
}

const tryLock: TryLock = ['darwin', 'freebsd', 'openbsd', 'netbsd', 'win32'].includes(process.platform)
  ? tryExclusiveFile(process.platform)
  : tryGenerations

async function acquire(directory: string, name: string, deadline: Deadline): Promise<LockFile> {
  await preparePrivateDirectory(directory)
  const path = join(directory, name)
  // At least one attempt, however late it is: the process may have been suspended past its deadline.
  for (let round = 0; ; round += 1) {
    const lock = await tryLock(path)
    if (lock !== undefined) return lock
    if (deadline.leftMs <= 0) throw deadline.timeoutError()
    const pauseMs = Math.min(deadline.leftMs, 2 ** Math.min(round, 6), maxPauseMs)
    // Random, so that many waiting processes do not try at the same moment.
    await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random() / 2)))
  }
}

/** Runs the task and aborts its signal when the lock is lost. The timer does not keep the process alive. */
async function runWhileHeld<T>(
  name: string,
  lock: LockFile,
  task: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  const controller = new AbortController()
  const isHeld = async () => {
    const held = await lock.isHeld()
    if (!held && !controller.signal.aborted) controller.abort(new LockLostError(name))
    return held
  }
  // A failed check does not mean that the lock is lost; the next one may succeed.
  const timer = setInterval(() => isHeld().catch(() => {}), checkIntervalMs)
  timer.unref()
  try {
    return await task({ signal: controller.signal, isInherited: lock.isInherited, isHeld })
  } finally {
    clearInterval(timer)
  }
}

/** Measures by a monotonic clock, which does not jump. */
class Deadline {
  readonly #name: string
  readonly #timeoutMs: number
  readonly #startedAt = performance.now()

  constructor(name: string, timeoutMs: number) {
    this.#name = name
    this.#timeoutMs = timeoutMs
  }

  get leftMs(): number {
    return Math.max(0, this.#timeoutMs - (performance.now() - this.#startedAt))
  }

  timeoutError(): LockTimeoutError {
    return new LockTimeoutError(this.#name, Math.round(performance.now() - this.#startedAt))
  }
}

/** Lets the callers of one process take turns, in the order of their calls. */
class Queue {
  readonly #waiting = new Map<string, (() => void)[]>()

  /** Resolves with `true` when it is the caller's turn, or with `false` after `timeoutMs`. */
  async enter(name: string, timeoutMs: number): Promise<boolean> {
    const waiting = this.#waiting.get(name)
    if (waiting === undefined) {
      this.#waiting.set(name, [])
      return true
    }
    return new Promise((resolve) => {
      const start = () => {
        clearTimeout(timer)
        resolve(true)
      }
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(start), 1)
        resolve(false)
      }, timeoutMs)
      waiting.push(start)
    })
  }

  /** Ends the caller's turn. */
  leave(name: string): void {
    const next = this.#waiting.get(name)?.shift()
    if (next === undefined) this.#waiting.delete(name)
    else next()
  }
}
