import { isatty } from 'node:tty'
import { formatPage, type Output } from './help/format.ts'
import { findPage, getWords } from './help/page.ts'
import { readManifest, readPackage } from './manifest.ts'
import { printAnswer } from './output.ts'

/** Returns the version or the help for a command line. `undefined` if there is no such command. */
export function getHelp(argv: readonly string[], output: Partial<Output>): string | undefined {
  const flags = argv.slice(0, argv.includes('--') ? argv.indexOf('--') : undefined)
  const words = getWords(argv)
  if (words[0] === 'version' || flags.includes('--version') || flags.includes('-v')) {
    const { platform, arch, versions } = process
    return `pgrants version ${readPackage().version} (${platform}-${arch}, Node ${versions.node})\n`
  }
  const page = findPage(words, readManifest(), readPackage())
  return page && formatPage(page, { isTTY: output.isTTY === true, columns: output.columns ?? 80 })
}

/** `help`, `--help`, `-h`, `version`, `--version` and `-v`. */
export async function main(argv: readonly string[]): Promise<void> {
  // Only a terminal needs the stream, which takes a while to load.
  const stdout = getHelp(argv, isatty(1) ? process.stdout : {})
  if (stdout !== undefined) return printAnswer({ stdout })
  const { reportUnknownCommand } = await import('./report.ts')
  return reportUnknownCommand(argv)
}
