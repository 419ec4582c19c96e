import { reportError, unknownCommand } from '@particle-grants/plugin-auth'
import { getWords } from './help/page.ts'
import { readManifest } from './manifest.ts'

/** Reports an error that no command reported. */
export function report(thrown: unknown, argv: readonly string[]): void {
  const end = argv.indexOf('--')
  const json = (end === -1 ? argv : argv.slice(0, end)).includes('--json')
  reportError(thrown, { bin: 'pgrants', json })
}

/** Reports that there is no such command, and suggests the nearest one. */
export function reportUnknownCommand(argv: readonly string[]): void {
  const flag = argv.find((word) => word.startsWith('-') && word !== '--' && word !== '--json')
  report(unknownCommand(getWords(argv), Object.keys(readManifest().commands), flag), argv)
}
