import { join } from 'node:path'
import { flush } from '@oclif/core/flush'
import { run } from '@oclif/core/run'
import { findCommand, getWords, moveGlobalFlags, readCommands } from './command-line.ts'
import { guardOutput } from './output.ts'

/** Runs a command with oclif. Errors that a command does not report are reported here, with their exit code. */
export async function runCli(given: readonly string[]): Promise<void> {
  guardOutput()
  const argv = moveGlobalFlags(given)
  const isCommand = findCommand(getWords(argv)) !== undefined
  try {
    if (isCommand) await run([...argv], { root: join(import.meta.dirname, '..') })
    else await reportError(argv)
  } catch (thrown) {
    if ((thrown as { oclif?: { exit?: number } }).oclif?.exit !== 0) await reportError(argv, thrown)
  } finally {
    await flush()
  }
}

/** Reports an error that no command reported or, without one, that there is no such command. */
async function reportError(argv: readonly string[], thrown?: unknown): Promise<void> {
  const errors = await import('@particle-grants/plugin-auth')
  const end = argv.indexOf('--')
  const words = end === -1 ? argv : argv.slice(0, end)
  const flag = words.find((word) => word.startsWith('-') && word !== '--json')
  const error = thrown ?? errors.unknownCommand(getWords(argv), Object.keys(readCommands()), flag)
  errors.reportError(error, {
    bin: 'pgrants',
    commandId: findCommand(getWords(argv))?.id,
    json: words.includes('--json'),
  })
}
