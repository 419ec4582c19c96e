import { join } from 'node:path'
import { flush } from '@oclif/core/flush'
import { run } from '@oclif/core/run'
import { findCommand, getWords } from './help/page.ts'
import { readManifest } from './manifest.ts'
import { guardOutput } from './output.ts'

/** Runs a command with oclif. Errors that a command does not report are reported here, with their exit code. */
export async function runCli(argv: readonly string[]): Promise<void> {
  guardOutput()
  if (findCommand(getWords(argv), readManifest()) === undefined) {
    const { reportUnknownCommand } = await import('./report.ts')
    return reportUnknownCommand(argv)
  }
  try {
    await run([...argv], { root: join(import.meta.dirname, '..') })
  } catch (thrown) {
    const { oclif } = thrown as { oclif?: { exit?: number } }
    if (oclif?.exit === 0) return
    const { report } = await import('./report.ts')
    report(thrown, argv)
  } finally {
    await flush()
  }
}
