import { listProfileNames } from '@particle-grants/plugin-auth/quick'
import { listCommands } from './help/page.ts'
import { type CommandInfo, type FlagInfo, type Manifest, readManifest, readPackage } from './manifest.ts'
import { printAnswer } from './output.ts'

/** A word that completes the command line, and what it means. */
type Candidate = readonly [word: string, description: string]

/** `__complete INDEX WORD…`, which the completion scripts call. Prints one candidate per line: the word, a tab, its meaning. */
export async function main(argv: readonly string[]): Promise<void> {
  printAnswer({ stdout: await complete(argv) })
}

/** Returns the candidates for the word at the index, where 1 is the first word after the program's name. */
export async function complete([, index, ...given]: readonly string[]): Promise<string> {
  // bash splits words at equals signs.
  const all = given
    .slice(0, Number(index))
    .flatMap((word, at) => (word === '=' && at < Number(index) - 1 ? [] : [word]))
  const current = given.length < Number(index) ? '' : (all.pop() ?? '')
  const candidates = await findCandidates(all, current === '=' ? '' : current, readManifest())
  return candidates.map(([word, text]) => `${word}\t${text}\n`).join('')
}

async function findCandidates(before: readonly string[], current: string, manifest: Manifest): Promise<Candidate[]> {
  if (before.includes('--')) return []
  const { path, command, operands } = parseWords(before, manifest)
  const startsWith = (candidates: Candidate[]) => candidates.filter(([word]) => word.startsWith(current))

  const [, name = '', separator = ''] = /^(--[\w-]+)(=)/.exec(current) ?? []
  const withValue = findFlag(command, separator === '' ? (before.at(-1) ?? '') : name)
  if (withValue?.flag.type === 'option') {
    const values = await listValues(withValue.name, withValue.flag.options)
    return startsWith(values.map(([value, text]) => [separator === '' ? value : `${name}=${value}`, text]))
  }
  if (current.startsWith('-')) return startsWith(listFlags(command))
  const operand = Object.entries(command?.args ?? {})[operands]
  const values = operand === undefined ? [] : await listValues(operand[0], operand[1].options)
  return startsWith([
    ...(operands === 0 ? listCommands(path.split(':').filter(Boolean), manifest, readPackage()) : []),
    ...values,
  ])
}

/** Reads the words so far: the command or topic that they name, and how many arguments follow it. */
function parseWords(before: readonly string[], { commands }: Manifest) {
  const ids = Object.keys(commands)
  let path = ''
  let operands = 0
  before.forEach((word, at) => {
    const flag = findFlag(commands[path], before[at - 1] ?? '')
    if (word.startsWith('-') || flag?.flag.type === 'option' || (at === 0 && word === 'help')) return
    const next = path === '' ? word : `${path}:${word}`
    if (operands === 0 && ids.some((id) => id === next || id.startsWith(`${next}:`))) path = next
    else operands += 1
  })
  return { path, command: commands[path], operands }
}

function findFlag(command: CommandInfo | undefined, word: string): { name: string; flag: FlagInfo } | undefined {
  const found = Object.entries(command?.flags ?? {}).find(
    ([name, { char }]) => word === `--${name}` || word === `-${char}`,
  )
  return found && { name: found[0], flag: found[1] }
}

function listFlags(command: CommandInfo | undefined): Candidate[] {
  const flags = Object.entries(command?.flags ?? {}).filter(([, { hidden }]) => !hidden)
  return [
    ...flags.map(([name, flag]): Candidate => [`--${name}`, flag.summary ?? flag.description ?? '']),
    ['--help', 'Show help.'],
  ]
}

/** The values of a flag or an argument: those of the manifest, or the profiles of this machine. */
async function listValues(name: string, options: readonly string[] = []): Promise<Candidate[]> {
  const isProfile = name === 'profile' || name === 'name'
  const values = isProfile ? await listProfileNames().catch(() => []) : options
  return values.map((value): Candidate => [value, ''])
}
