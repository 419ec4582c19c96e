import { answerQuickly } from '../src/main.ts'
import { runCli } from '../src/run-cli.ts'

/** Does what `bin/pgrants.cjs` does, with the streams of the process only: it is an entry point of the tests' bundle. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  const answer = await answerQuickly(argv, { isTTY: process.stdout.isTTY })
  if (answer === undefined) return runCli(argv)
  const { stdout = '', stderr = '', exitCode = 0 } = answer
  process.exitCode = exitCode
  process.stderr.write(stderr)
  process.stdout.write(stdout)
}
