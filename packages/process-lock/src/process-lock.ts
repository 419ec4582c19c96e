import { join } from 'node:path'
import { LockLostError, LockTimeoutError } from './errors.ts'
import { tryExclusiveFile } from './exclusive-file.ts'
import { tryGenerations } from './generations.ts'
import type { Held, TryAcquire } from './held.ts'
import { preparePrivateDirectory } from './private-directory.ts'
import { Turns } from './turns.ts'

/** Where locks are kept, and how long one waits for one. */
export interface ProcessLockOptions {
  /** A folder for locks alone, on a disk of this machine. It is made with mode 0700. */
  readonly directory: string
  /** How long to wait for a lock, in milliseconds; 2^31 - 1 at most. @default 60_000 */
  readonly timeout?: number
}

/** What differs for one call. */
export interface ExclusivelyOptions {
  /** How long to wait, in milliseconds. With `0` there is one try. */
  readonly timeout?: number
}

/** A lock while it is held. */
export interface HeldLock {
  /** Aborted once it shows that the lock was lost. Looked at every second, so that it may come late. */
  readonly signal: AbortSignal
  /** The last holder died with the lock, or that can't be told: what it was doing may be half done. */
  readonly inherited: boolean
  /** Looks now. */
  stillHeld(): Promise<boolean>
}

/** Locks by name. */
export interface ProcessLock {
  /**
   * Runs the task while no other one, in any process of this machine, runs under this name (letters a to z, digits
   * and `-`, 120 at most). Rejects with what the task rejects with, or with `LockTimeoutError`.
   */
  exclusively<T>(name: string, task: (lock: HeldLock) => Promise<T>, options?: ExclusivelyOptions): Promise<T>
}

const lookEvery = 1_000
const longestPause = 40
const longestTimer = 2_147_483_647

/** Locks in a folder: one holder among the processes of one machine, and a dead holder's lock is free at once. */
export function processLock({ directory, timeout = 60_000 }: ProcessLockOptions): ProcessLock {
  return new FolderLock(directory, timeout)
}

class FolderLock implements ProcessLock {
  readonly #directory: string
  readonly #timeout: number
  readonly #turns = new Turns()

  constructor(directory: string, timeout: number) {
    this.#directory = directory
    this.#timeout = timeout
  }

  async exclusively<T>(
    name: string,
    task: (lock: HeldLock) => Promise<T>,
    { timeout = this.#timeout }: ExclusivelyOptions = {},
  ): Promise<T> {
    if (!/^[a-z0-9-]{1,120}$/.test(name)) throw new TypeError(`"${name}" is no name of a lock`)
    const wait = new Wait(name, Math.min(timeout, longestTimer))
    if (!(await this.#turns.take(name, wait.left))) throw wait.over()
    try {
      const held = await this.#acquire(name, wait)
      try {
        return await watched({ name, held, task })
      } finally {
        await held.release()
      }
    } finally {
      this.#turns.give(name)
    }
  }

  async #acquire(name: string, wait: Wait): Promise<Held> {
    await preparePrivateDirectory(this.#directory)
    const path = join(this.#directory, name)
    // Always one try, however late it is: a process may have slept past its limit.
    for (let round = 0; ; round += 1) {
      const held = await tryAcquire(path)
      if (held !== undefined) return held
      if (wait.left <= 0) throw wait.over()
      await pause(Math.min(wait.left, 2 ** Math.min(round, 6), longestPause))
    }
  }
}

const tryAcquire: TryAcquire = ['darwin', 'freebsd', 'openbsd', 'netbsd', 'win32'].includes(process.platform)
  ? tryExclusiveFile(process.platform)
  : tryGenerations

/** How long one has waited, by a clock that nobody sets. */
class Wait {
  readonly #name: string
  readonly #timeout: number
  readonly #since = performance.now()

  constructor(name: string, timeout: number) {
    this.#name = name
    this.#timeout = timeout
  }

  get left(): number {
    return Math.max(0, this.#timeout - (performance.now() - this.#since))
  }

  over(): LockTimeoutError {
    return new LockTimeoutError(this.#name, Math.round(performance.now() - this.#since))
  }
}

/** Between half of it and all of it, so that many who wait don't come at once. */
async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds * (0.5 + Math.random() / 2)))
}

/** Runs the task, and tells it when the lock is gone. The timer keeps no process alive. */
async function watched<T>({ name, held, task }: Watched<T>): Promise<T> {
  const controller = new AbortController()
  const stillHeld = async () => {
    const ours = await held.stillOurs()
    if (!ours && !controller.signal.aborted) controller.abort(new LockLostError(name))
    return ours
  }
  // What can't be seen now is no reason to give up; the next look may tell.
  const timer = setInterval(() => stillHeld().catch(() => {}), lookEvery)
  timer.unref()
  try {
    return await task({ signal: controller.signal, inherited: held.inherited, stillHeld })
  } finally {
    clearInterval(timer)
  }
}

interface Watched<T> {
  readonly name: string
  readonly held: Held
  readonly task: (lock: HeldLock) => Promise<T>
}
