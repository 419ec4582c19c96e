import { quickToken } from '@particle-grants/plugin-auth/quick'
import { descriptors, put } from './output.ts'

/** Scripts call `auth token` in loops: where a stored token will do, the answer is there before the framework is. */
async function main(): Promise<void> {
  const answer = await quickToken('pgrants')
  if (answer === undefined) {
    const { runCli } = await import('./run-cli.ts')
    return runCli(['auth', 'token'])
  }
  process.exitCode = answer.exitCode
  put(descriptors.stderr, answer.stderr)
  put(descriptors.stdout, answer.stdout)
}

void main()
