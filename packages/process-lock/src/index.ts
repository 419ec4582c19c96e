export { LockLostError, LockTimeoutError, UnsafePathError } from './errors.ts'
export { preparePrivateDirectory } from './private-directory.ts'
export {
  type HeldLock,
  type ProcessLock,
  type ProcessLockOptions,
  processLock,
  type WithLockOptions,
} from './process-lock.ts'
