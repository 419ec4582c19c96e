import { fileURLToPath } from 'node:url'
import { type CommandOptions, type Run, runCommand } from '@particle-grants/test-kit/samples'

/** The folder of the examples. */
export const examples = fileURLToPath(new URL('..', import.meta.url))

/** Runs plain node in the examples' folder; with an input, that is the module it runs. */
export function runNode(args: readonly string[], options: Omit<CommandOptions, 'cwd'> = {}): Promise<Run> {
  return runCommand(process.execPath, args, { cwd: examples, ...options })
}
