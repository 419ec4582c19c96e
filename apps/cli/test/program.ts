import { quickStatus, quickToken } from '@particle-grants/plugin-auth/quick'
import { choosePart, type Part } from '../bin/part.cjs'
import { complete } from '../src/complete.ts'
import { getHelp } from '../src/help.ts'
import type { Answer } from '../src/output.ts'
import { reportUnknownCommand } from '../src/report.ts'
import { runCli } from '../src/run-cli.ts'

/** Does what `bin/pgrants.cjs` does, with the streams of the process only: it is an entry point of the tests' bundle. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  const part = choosePart(argv)
  if (part === 'main') return runCli(argv)
  const answer = await answers[part](argv)
  if (answer === undefined) return part === 'help' ? reportUnknownCommand(argv) : runCli(argv)
  const { stdout, stderr = '', exitCode = 0 } = answer
  process.exitCode = exitCode
  process.stderr.write(stderr)
  process.stdout.write(stdout)
}

const answers: Readonly<Record<Exclude<Part, 'main'>, (argv: readonly string[]) => Promise<Answer | undefined>>> = {
  quick: ([, name]) => (name === 'token' ? quickToken('pgrants') : quickStatus('pgrants')),
  help: async (argv) => {
    const stdout = getHelp(argv, process.stdout.isTTY ? process.stdout : {})
    return stdout === undefined ? undefined : { stdout }
  },
  complete: async (argv) => ({ stdout: await complete(argv) }),
}
