import { GrantsError } from '@particle-grants/core'
import { LockTimeoutError, UnsafePathError } from '@particle-grants/process-lock'

interface Meaning {
  readonly problem: (directory: string) => string
  readonly advice: string
}

const otherFolder = 'or name another folder'

/** What the system's codes mean for somebody who wants to keep a session. */
const meanings: Readonly<Record<string, Meaning>> = {
  ENOSPC: {
    problem: (directory) => `there is no space left on the disk of ${directory}`,
    advice: `Free some space, ${otherFolder}.`,
  },
  EDQUOT: {
    problem: (directory) => `your share of the disk of ${directory} is used up`,
    advice: `Free some space, ${otherFolder}.`,
  },
  EFBIG: {
    problem: () => 'this process may not write files of that size',
    advice: 'Raise its limit (ulimit -f).',
  },
  EROFS: {
    problem: (directory) => `${directory} is on a disk that can only be read`,
    advice: 'Name another folder.',
  },
  EACCES: {
    problem: (directory) => `this user may not read or write in ${directory}`,
    advice: `Check who owns it and its mode, ${otherFolder}.`,
  },
  EPERM: {
    problem: (directory) => `the system doesn't allow this in ${directory}`,
    advice: `Check its attributes and the disk it is on, ${otherFolder}.`,
  },
  ENOTDIR: {
    problem: (directory) => `a part of the path ${directory} is not a folder`,
    advice: 'Name another folder.',
  },
  ENOENT: {
    problem: (directory) => `a part of ${directory} is not there, or was removed while it was in use`,
    advice: `Try again, ${otherFolder}.`,
  },
  EMFILE: {
    problem: () => 'this process has as many files open as it may',
    advice: 'Raise its limit (ulimit -n), or let it close what it no longer needs.',
  },
  ENFILE: {
    problem: () => 'this machine has as many files open as it may',
    advice: 'Raise its limit (sysctl fs.file-max), or end what holds so many.',
  },
  EIO: {
    problem: (directory) => `the disk of ${directory} fails`,
    advice: `Look after the disk, ${otherFolder}.`,
  },
}

/** What went wrong with a file, a folder or a lock, as the store's typed error; anything else as it is. */
export function asStoreError(
  thrown: unknown,
  { directory, key }: { directory: string; key: string },
): unknown {
  if (thrown instanceof LockTimeoutError) {
    return new GrantsError('lock_timeout', { key, waited: thrown.waited }, { cause: thrown })
  }
  if (thrown instanceof UnsafePathError) {
    const { path, problem, advice } = thrown
    return unavailable({ problem: `${path} ${problem}`, advice: `${capital(advice)}.`, cause: thrown })
  }
  if (!(thrown instanceof Error) || GrantsError.isInstance(thrown)) return thrown
  const meaning = meanings[(thrown as NodeJS.ErrnoException).code ?? '']
  if (meaning === undefined) return thrown
  return unavailable({ problem: meaning.problem(directory), advice: meaning.advice, cause: thrown })
}

/** The error of a store that can't be used now. */
export function unavailable({
  store = 'file',
  problem,
  advice,
  cause,
}: Unavailable): GrantsError<'store_unavailable'> {
  return new GrantsError(
    'store_unavailable',
    { store, problem, advice },
    cause === undefined ? {} : { cause },
  )
}

interface Unavailable {
  /** @default 'file' */
  readonly store?: string
  readonly problem: string
  readonly advice: string
  readonly cause?: Error
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}
