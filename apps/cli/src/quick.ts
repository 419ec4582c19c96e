import { quickStatus, quickToken } from '@particle-grants/plugin-auth/quick'
import { printAnswer } from './output.ts'

/** `auth token` and `auth status`: prints what is stored before the framework is loaded, or runs the command. */
export async function main(argv: readonly string[]): Promise<void> {
  const answer = await (argv[1] === 'token' ? quickToken('pgrants') : quickStatus('pgrants'))
  if (answer !== undefined) return printAnswer(answer)
  const { runCli } = await import('./run-cli.ts')
  return runCli(argv)
}
