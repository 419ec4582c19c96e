/** A lock that this process holds. */
export interface LockFile {
  /** Whether the last holder ended without a release, or may have: its work may be half done. */
  readonly isInherited: boolean
  /** Returns whether the lock is still in its place and ours. Also shows other processes that we are alive. */
  isHeld(): Promise<boolean>
  release(): Promise<void>
}

/** Tries once to take the lock at `path`, without waiting. `undefined`: another process holds it. */
export type TryLock = (path: string) => Promise<LockFile | undefined>
