import { GrantsError } from '@particle-grants/core'
import { LockTimeoutError, UnsafePathError } from '@particle-grants/process-lock'

interface Explanation {
  readonly problem: (directory: string) => string
  readonly advice: string
}

/** What the system's error codes mean for a folder of sessions. */
const explanations: Readonly<Record<string, Explanation>> = {
  ENOSPC: {
    problem: (directory) => `the disk of ${directory} is full`,
    advice: 'Free some space, or use another folder.',
  },
  EDQUOT: {
    problem: (directory) => `your quota on the disk of ${directory} is used up`,
    advice: 'Free some space, or use another folder.',
  },
  EFBIG: {
    problem: () => 'this process may not write files of that size',
    advice: 'Raise its limit (ulimit -f).',
  },
  EROFS: {
    problem: (directory) => `${directory} is on a read-only disk`,
    advice: 'Use another folder.',
  },
  EACCES: {
    problem: (directory) => `this user may not read or write in ${directory}`,
    advice: 'Check its owner and mode, or use another folder.',
  },
  EPERM: {
    problem: (directory) => `the system does not allow this in ${directory}`,
    advice: 'Check its attributes and its disk, or use another folder.',
  },
  ENOTDIR: {
    problem: (directory) => `a part of the path ${directory} is not a folder`,
    advice: 'Use another folder.',
  },
  ENOENT: {
    problem: (directory) => `a part of ${directory} is missing or was removed during use`,
    advice: 'Try again, or use another folder.',
  },
  EMFILE: {
    problem: () => 'this process has too many open files',
    advice: 'Raise its limit (ulimit -n), or close files that it no longer needs.',
  },
  ENFILE: {
    problem: () => 'this machine has too many open files',
    advice: 'Raise its limit (sysctl fs.file-max), or end the programs that use so many.',
  },
  EIO: {
    problem: (directory) => `the disk of ${directory} has errors`,
    advice: 'Check the disk, or use another folder.',
  },
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
  const explanation = explanations[(thrown as NodeJS.ErrnoException).code ?? '']
  if (explanation === undefined) return thrown
  return unavailable({
    problem: explanation.problem(directory),
    advice: explanation.advice,
    cause: thrown,
  })
}

interface Unavailable {
  /** @default 'file' */
  readonly store?: 'file' | 'particle-cli'
  readonly problem: string
  readonly advice: string
  readonly cause?: Error
}

export function unavailable({
  store = 'file',
  problem,
  advice,
  cause,
}: Unavailable): GrantsError<'store_unavailable'> {
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
