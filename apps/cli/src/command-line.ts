import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Interfaces } from '@oclif/core'

type Commands = Interfaces.Manifest['commands']

const folder = join(import.meta.dirname, '..')

/** Reads JSON that the build has written, or package.json. */
export function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as T
}

/** Reads oclif's manifest: all commands by their ids, such as `auth:login`. */
export function readCommands(): Commands {
  return readJson<Interfaces.Manifest>('oclif.manifest.json').commands
}

/** Returns the words before the first flag, without `help`. */
export function getWords(argv: readonly string[]): readonly string[] {
  const flag = argv.findIndex((word) => word.startsWith('-'))
  return argv.slice(0, flag === -1 ? undefined : flag).filter((word) => word !== 'help')
}

/** Returns the command that the words name. They may continue with its arguments. */
export function findCommand(words: readonly string[], commands = readCommands()): Commands[string] | undefined {
  for (let count = words.length; count > 0; count -= 1) {
    const found = commands[words.slice(0, count).join(':')]
    if (found === undefined) continue
    const hasArguments = found.strict === false || Object.keys(found.args).length > 0
    return count === words.length || hasArguments ? found : undefined
  }
  return undefined
}

/** The global flags, and whether a value follows. */
const globalFlags: Readonly<Record<string, boolean>> = {
  '--json': false,
  '--profile': true,
  '-p': true,
  '--base-url': true,
  '--store': true,
  '--timeout': true,
}

/** Moves global flags before the command behind its words, where oclif reads flags: `-p work auth status`. */
export function moveGlobalFlags(argv: readonly string[]): readonly string[] {
  let start = 0
  while (start < argv.length) {
    const [name = '', value] = argv[start]?.split('=', 2) ?? []
    const hasValue = globalFlags[name]
    if (hasValue === undefined) break
    start += hasValue && value === undefined ? 2 : 1
  }
  if (start === 0 || start >= argv.length) return argv
  const rest = argv.slice(start)
  const words = getWords(rest)
  const end = findCommand(words)?.id.split(':').length ?? words.length
  return [...rest.slice(0, end), ...argv.slice(0, start), ...rest.slice(end)]
}
