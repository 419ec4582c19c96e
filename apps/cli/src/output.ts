import { writeSync } from 'node:fs'

/** Standard output and standard error, by their numbers: the streams take a while to load. */
export const descriptors = { stdout: 1, stderr: 2 } as const

/** Prints a short text at once. Ends with 1 where it can't be printed, but for a reader who has had enough. */
export function put(descriptor: number, text: string): void {
  if (text === '') return
  try {
    writeSync(descriptor, text)
  } catch (thrown) {
    // A pipe that is full, and does not block: the stream waits.
    if (codeOf(thrown) === 'EAGAIN') (descriptor === 1 ? process.stdout : process.stderr).write(text)
    else failed(thrown)
  }
}

/** Keeps an output that can't be written from ending in a stack: one line says so, and the exit code is 1. */
export function guardOutput(): void {
  process.stdout.on('error', failed)
  process.stderr.on('error', failed)
  // oclif throws it once more, where nobody catches it. What is under way is finished all the same.
  process.on('uncaughtException', (thrown: NodeJS.ErrnoException) => {
    if (thrown.syscall === 'write') return failed(thrown)
    tell(`${thrown.message} This is a bug of this program: please report it.`)
    process.exit(1)
  })
}

let told = false

function failed(thrown: unknown): void {
  const code = codeOf(thrown)
  // Whoever reads may have had enough, as `head` has. Windows calls it EOF.
  if (code === 'EPIPE' || code === 'EOF') return
  process.exitCode = 1
  if (!told) tell(`The output could not be written (${code}).`)
  told = true
}

function tell(text: string): void {
  try {
    writeSync(descriptors.stderr, `Error: ${text}\n`)
  } catch {
    // There is nobody to tell.
  }
}

function codeOf(thrown: unknown): string {
  return (thrown as { code?: string }).code ?? 'unknown'
}
