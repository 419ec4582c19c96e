import { quickToken } from '@particle-grants/plugin-auth/quick'
import { runCli } from '../src/run-cli.ts'

/** Does what `bin/pgrants.cjs` does, with the streams of the process only: it is an entry point of the tests' bundle. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  const isQuick = argv.length === 2 && argv[0] === 'auth' && argv[1] === 'token'
  const answer = isQuick ? await quickToken('pgrants') : undefined
  if (answer === undefined) return runCli(argv)
  process.exitCode = answer.exitCode
  process.stderr.write(answer.stderr)
  process.stdout.write(answer.stdout)
}
