import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { reportError, unknownCommand } from '@particle-grants/plugin-auth'

/** Reports what no command reported: that there is no such command, or what is wrong with a call of oclif's own. */
export function report(thrown: unknown, argv: readonly string[]): void {
  const commandIDs = commandIds()
  const end = argv.indexOf('--')
  const own = end === -1 ? argv : argv.slice(0, end)
  const words = own.filter((word) => word !== 'help')
  const flag = words.findIndex((word) => word.startsWith('-'))
  const error = saysUnknown(thrown)
    ? unknownCommand(words.slice(0, flag === -1 ? words.length : flag), commandIDs)
    : thrown
  reportError(error, { bin: 'pgrants', json: own.includes('--json') })
}

/** oclif says it by these words alone. */
function saysUnknown(thrown: unknown): boolean {
  return thrown instanceof Error && 'oclif' in thrown && /^command .* not found\.?$/is.test(thrown.message)
}

function commandIds(): string[] {
  const manifest = readFileSync(join(import.meta.dirname, '../oclif.manifest.json'), 'utf8')
  return Object.keys((JSON.parse(manifest) as { commands: object }).commands)
}
