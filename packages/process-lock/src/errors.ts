/** Somebody else held the lock for longer than one waits. */
export class LockTimeoutError extends Error {
  override readonly name = 'LockTimeoutError'
  readonly code = 'lock_timeout'
  /** Milliseconds. */
  readonly waited: number

  constructor(name: string, waited: number) {
    super(`The lock "${name}" was held by somebody else for the ${waited} ms that one waits`)
    this.waited = waited
  }
}

/** The reason of a lock's signal: its file was removed, or given to another process. */
export class LockLostError extends Error {
  override readonly name = 'LockLostError'
  readonly code = 'lock_lost'

  constructor(name: string) {
    super(`The lock "${name}" is no longer this process's`)
  }
}

/** A folder or file that others own or may change, and that holds nothing private therefore. */
export class UnsafePathError extends Error {
  override readonly name = 'UnsafePathError'
  readonly code = 'unsafe_path'
  readonly path: string
  readonly problem: string
  readonly advice: string

  constructor(path: string, { problem, advice }: { problem: string; advice: string }) {
    super(`${path} ${problem}: ${advice}`)
    this.path = path
    this.problem = problem
    this.advice = advice
  }
}
