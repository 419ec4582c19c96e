/** A lock while the task runs. */
export interface HeldLock {
  /** Aborts when the lock was lost. Checked every second, so it can be late. */
  readonly signal: AbortSignal
  /** Whether the last holder ended without a release, or may have: its work may be half done. */
  readonly isInherited: boolean
  /** Checks now whether the lock is still held. Also shows processes that cannot see this one that it is alive. */
  isHeld(): Promise<boolean>
}

export type LockTask<T> = (lock: HeldLock) => Promise<T>

/** A lock that this process took from its system. */
export interface LockFile extends Omit<HeldLock, 'signal'> {
  release(): Promise<void>
}

/** Tries once to take the lock at `path`, without waiting. `undefined`: another process holds it. */
export type TryLock = (path: string) => Promise<LockFile | undefined>
