export { LockLostError, LockTimeoutError, UnsafePathError } from './errors.ts'
export type { HeldLock, LockTask } from './lock-file.ts'
export { assertOwner, preparePrivateDirectory } from './private-directory.ts'
export { type ProcessLock, type ProcessLockOptions, processLock } from './process-lock.ts'
