import { join } from 'node:path'
import { flush } from '@oclif/core/flush'
import { run } from '@oclif/core/run'
import { guardOutput } from './output.ts'

/** Runs a command by oclif. Whatever a command does not explain itself is explained here, with its exit code. */
export async function runCli(argv: readonly string[]): Promise<void> {
  guardOutput()
  try {
    await run(asOclifHasIt(argv), { root: join(import.meta.dirname, '..') })
  } catch (thrown) {
    const { oclif } = thrown as { oclif?: { exit?: number } }
    if (oclif?.exit === 0) return
    const { report } = await import('./report.ts')
    report(thrown, argv)
  } finally {
    await flush()
  }
}

/** `help auth login` is what people type; oclif knows `auth login --help`. */
function asOclifHasIt(argv: readonly string[]): string[] {
  return argv[0] === 'help' ? [...argv.slice(1), '--help'] : [...argv]
}
