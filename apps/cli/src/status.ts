import { quickStatus } from '@particle-grants/plugin-auth/quick'
import { printAnswer } from './output.ts'

/** `auth status`: prints the stored status before the framework is loaded, or runs the command. */
export async function main(argv: readonly string[]): Promise<void> {
  const answer = await quickStatus('pgrants')
  if (answer !== undefined) return printAnswer(answer)
  const { runCli } = await import('./run-cli.ts')
  return runCli(argv)
}
