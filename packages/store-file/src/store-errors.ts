import { GrantsError } from '@particle-grants/core'
import { LockTimeoutError, UnsafePathError } from '@particle-grants/process-lock'

const useAnother = 'or use another folder.'

/** The problem and the advice for the system's error codes. `DIRECTORY` is the folder of sessions. */
const explanations: Readonly<Record<string, readonly [string, string]>> = {
  ENOSPC: ['the disk of DIRECTORY is full', `Free some space, ${useAnother}`],
  EDQUOT: ['your quota on the disk of DIRECTORY is used up', `Free some space, ${useAnother}`],
  EFBIG: ['this process may not write files of that size', 'Raise its limit (ulimit -f).'],
  EROFS: ['DIRECTORY is on a read-only disk', 'Use another folder.'],
  EACCES: ['this user may not read or write in DIRECTORY', `Check its owner and mode, ${useAnother}`],
  EPERM: ['the system does not allow this in DIRECTORY', `Check its attributes and its disk, ${useAnother}`],
  ENOTDIR: ['a part of the path DIRECTORY is not a folder', 'Use another folder.'],
  ENOENT: ['a part of DIRECTORY is missing or was removed during use', `Try again, ${useAnother}`],
  EMFILE: [
    'this process has too many open files',
    'Raise its limit (ulimit -n), or close files that it no longer needs.',
  ],
  ENFILE: [
    'this machine has too many open files',
    'Raise its limit (sysctl fs.file-max), or end the programs that use so many.',
  ],
  EIO: ['the disk of DIRECTORY has errors', `Check the disk, ${useAnother}`],
}

/** Converts an error of a file, a folder or a lock to the store's own error. Returns other errors unchanged. */
export function toStoreError(
  thrown: unknown,
  { directory, key }: { readonly directory: string; readonly key: string },
): unknown {
  if (thrown instanceof LockTimeoutError) {
    const { waitedMs } = thrown
    const message = `Another process held the lock on ${key} for ${waitedMs} ms. Try again.`
    return new GrantsError('lock_timeout', message, { key, waitedMs }, { cause: thrown })
  }
  if (thrown instanceof UnsafePathError) {
    const { path, problem, advice } = thrown
    return unavailable({ problem: `${path} ${problem}`, advice: `${advice}.`, cause: thrown })
  }
  if (!(thrown instanceof Error) || GrantsError.isInstance(thrown)) return thrown
  const [problem, advice] = explanations[(thrown as NodeJS.ErrnoException).code ?? ''] ?? []
  if (problem === undefined || advice === undefined) return thrown
  return unavailable({ problem: problem.replace('DIRECTORY', () => directory), advice, cause: thrown })
}

interface Unavailable {
  /** @default 'file' */
  readonly store?: 'file' | 'particle-cli'
  readonly problem: string
  readonly advice: string
  readonly cause?: Error
}

export function unavailable(options: Unavailable): GrantsError<'store_unavailable'> {
  const { store = 'file', problem, advice, cause } = options
  const subject = store === 'file' ? 'The file store' : 'The profile of particle-cli'
  const message = `${subject} cannot be used: ${problem}. ${advice}`
  return new GrantsError('store_unavailable', message, { store, problem }, cause && { cause })
}

export function conflict(key: string): GrantsError<'store_conflict'> {
  return new GrantsError('store_conflict', `The record ${key} has changed. Load it and try again.`, { key })
}

export function invalidArgument(parameter: string, problem: string): GrantsError<'invalid_argument'> {
  return new GrantsError('invalid_argument', `${parameter} ${problem}.`, { parameter, problem })
}
