import { isatty } from 'node:tty'
import { formatPage } from './help/format.ts'
import { findPage, getWords } from './help/page.ts'
import { readManifest, readPackage } from './manifest.ts'
import { printAnswer } from './output.ts'

/** A terminal to print on. */
interface Terminal {
  readonly columns?: number | undefined
}

/** Returns the version or the help for a command line. `undefined` if there is no such command. */
export function getHelp(argv: readonly string[], terminal: Terminal | undefined): string | undefined {
  const flags = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined)
  if (argv[0] === 'version' || flags.includes('--version') || flags.includes('-v')) {
    const { platform, arch, versions } = process
    return `pgrants version ${readPackage().version} (${platform}-${arch}, Node ${versions.node})\n`
  }
  const page = findPage(getWords(argv), readManifest(), readPackage())
  const { NO_COLOR, TERM } = process.env
  const isColored = terminal !== undefined && !NO_COLOR && TERM !== 'dumb'
  return page && formatPage(page, { columns: terminal?.columns ?? 80, isColored })
}

/** `help`, `--help`, `-h`, `version`, `--version` and `-v`. */
export async function main(argv: readonly string[]): Promise<void> {
  // Only a terminal needs the stream, which takes a while to load.
  const stdout = getHelp(argv, isatty(1) ? process.stdout : undefined)
  if (stdout !== undefined) return printAnswer({ stdout })
  const { reportUnknownCommand } = await import('./report.ts')
  return reportUnknownCommand(argv)
}
