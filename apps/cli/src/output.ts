import { writeSync } from 'node:fs'
import type { QuickAnswer } from '@particle-grants/plugin-auth/quick'

/** Prints an answer, and sets the exit code. */
export function printAnswer({ stdout = '', stderr = '', exitCode = 0 }: Partial<QuickAnswer>): void {
  process.exitCode = exitCode
  write('stderr', stderr)
  write('stdout', stdout)
}

/** Writes by the number of the stream: loading the streams takes a tenth of the time of the whole program. */
function write(stream: 'stdout' | 'stderr', text: string): void {
  try {
    writeSync(stream === 'stdout' ? 1 : 2, text)
  } catch (thrown) {
    // The pipe is full and does not block: the stream waits until there is room.
    if (getCode(thrown) === 'EAGAIN') process[stream].write(text)
    else reportFailedWrite(thrown)
  }
}

/** Prints one line and sets the exit code 1 if the output cannot be written, instead of ending with a stack. */
export function guardOutput(): void {
  // An error of a stream arrives here, because oclif throws it once more. The command still finishes.
  process.on('uncaughtException', (thrown: NodeJS.ErrnoException) => {
    if (thrown.syscall === 'write') return reportFailedWrite(thrown)
    writeError(`${thrown.message} This is a bug of this program: please report it.`)
    process.exit(1)
  })
}

let isReported = false

function reportFailedWrite(thrown: unknown): void {
  const code = getCode(thrown)
  // The reader has closed the pipe, as `head` does. Windows calls it EOF.
  if (code === 'EPIPE' || code === 'EOF') return
  process.exitCode = 1
  if (!isReported) writeError(`The output could not be written (${code}).`)
  isReported = true
}

function writeError(text: string): void {
  try {
    writeSync(2, `Error: ${text}\n`)
  } catch {
    // There is no place left to report to.
  }
}

function getCode(thrown: unknown): string {
  return (thrown as { code?: string }).code ?? 'unknown'
}
