import { isatty } from 'node:tty'
import { paint, type QuickAnswer, quickStatus, quickToken } from '@particle-grants/plugin-auth/quick'
import { findCommand, getWords, moveGlobalFlags, readJson } from './command-line.ts'
import { complete } from './complete.ts'
import { printAnswer } from './output.ts'

/** Answers a command line before the framework is loaded, which takes longer than these commands, or runs the command. */
export async function main(argv: readonly string[]): Promise<void> {
  const stdout = {
    // Loading process.stdout, or only node:tty, takes longer than printing a token.
    get isTTY() {
      return isatty(1)
    },
  }
  const answer = await answerQuickly(argv, stdout)
  if (answer !== undefined) return printAnswer(answer)
  const { runCli } = await import('./run-cli.ts')
  return runCli(argv)
}

/** Answers `auth token`, `auth status`, completion, help and the version. `undefined` if the command must run. */
export async function answerQuickly(
  given: readonly string[],
  stdout: { readonly isTTY: boolean },
): Promise<Partial<QuickAnswer> | undefined> {
  const argv = moveGlobalFlags(given)
  const line = argv.join(' ')
  const [isToken, format] = /^auth token(?: --format[ =]([a-z]+))?$/.exec(line) ?? []
  if (isToken !== undefined) return quickToken('pgrants', format)
  if (line === 'auth status') return quickStatus('pgrants')
  if (argv[0] === '__complete') return { stdout: await complete(argv.slice(1)) }
  const words = getWords(argv)
  const flags = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined)
  if (words[0] === 'version' || flags.includes('--version') || flags.includes('-v')) {
    const { version } = readJson<{ version: string }>('package.json')
    return {
      stdout: `pgrants version ${version} (${process.platform}-${process.arch}, Node ${process.versions.node})\n`,
    }
  }
  const command = findCommand(words)
  const isAsked = argv.slice(0, words.length + 1).includes('help') || flags.includes('--help') || flags.includes('-h')
  const isTopic = command === undefined && words.length === argv.length
  const page = readJson<Record<string, string>>('dist/help.json')[command?.id ?? words.join(':')]
  if (page === undefined || !(isAsked || isTopic)) return undefined
  return { stdout: page.replace(/^[A-Z][A-Z ]+$/gm, (heading) => paint('bold', heading, stdout)) }
}
