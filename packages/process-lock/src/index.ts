export { LockLostError, LockTimeoutError, UnsafePathError } from './errors.ts'
export { preparePrivateDirectory } from './private-directory.ts'
export {
  type ExclusivelyOptions,
  type HeldLock,
  type ProcessLock,
  type ProcessLockOptions,
  processLock,
} from './process-lock.ts'
