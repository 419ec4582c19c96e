import { fileURLToPath } from 'node:url'
import { flush, run } from '@oclif/core'
import { describeError } from '@particle-grants/plugin-auth'

/** Runs a command by oclif. Whatever a command does not explain itself is explained here, with its exit code. */
export async function runCli(argv: readonly string[]): Promise<void> {
  try {
    await run([...argv], { root: fileURLToPath(new URL('..', import.meta.url)) })
  } catch (thrown) {
    const { oclif } = thrown as { oclif?: { exit?: number } }
    if (oclif?.exit === 0) return
    const { exitCode, message, remedy } = describeError(thrown, 'pgrants')
    process.exitCode = exitCode
    process.stderr.write(`Error: ${message}\n${remedy === undefined ? '' : `${remedy}\n`}`)
  } finally {
    await flush()
  }
}
