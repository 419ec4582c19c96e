/** The lock stayed taken for as long as the caller waited. */
export class LockTimeoutError extends Error {
  override readonly name = 'LockTimeoutError'
  readonly code = 'lock_timeout'
  readonly waitedMs: number

  constructor(name: string, waitedMs: number) {
    super(`The lock "${name}" stayed taken for ${waitedMs} ms.`)
    this.waitedMs = waitedMs
  }
}

/** The reason of a lock's signal: its file was removed, or another process took it over. */
export class LockLostError extends Error {
  override readonly name = 'LockLostError'
  readonly code = 'lock_lost'

  constructor(name: string) {
    super(`The lock "${name}" was lost.`)
  }
}

/** A folder or file that is not what it should be, or that other users own or can change. It must not be used. */
export class UnsafePathError extends Error {
  override readonly name = 'UnsafePathError'
  readonly code = 'unsafe_path'
  readonly path: string
  /** What is wrong, and what to do: `${path} ${problem}. ${advice}.` */
  readonly problem: string
  readonly advice: string

  constructor(path: string, problem: string, advice: string) {
    super(`${path} ${problem}. ${advice}.`)
    this.path = path
    this.problem = problem
    this.advice = advice
  }
}

/** Returns a handler that turns an error with this code into `undefined` and throws every other. */
export function ignore(code: string): (thrown: unknown) => undefined {
  return (thrown) => {
    if ((thrown as NodeJS.ErrnoException).code !== code) throw thrown
    return undefined
  }
}
