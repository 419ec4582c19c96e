import { listProfileNames, listReferenceNames } from '@particle-grants/plugin-auth/quick'
import { findCommand, getWords, readCommands, readJson } from './command-line.ts'

/** A word that completes the command line, and what it means. */
type Candidate = readonly [word: string, description: string]

/**
 * Returns the candidates for a word, one per line: the word, a tab, its meaning. Completion scripts call it by `__complete
 * =WORD BEFORE…`, where the equals sign keeps PowerShell from dropping an empty word.
 */
export async function complete([typed = '', ...given]: readonly string[]): Promise<string> {
  // bash splits words at equals signs. Other shells pass --flag=value as one word.
  const [, flag = '', word = ''] = /^=(?:(--[\w-]+)=|=)?(.*)$/s.exec(typed) ?? []
  const before = [...given, flag].filter((one) => !['', '=', 'help'].includes(one))
  const candidates = before.includes('--') ? [] : await findCandidates(before, word)
  const prefix = flag === '' ? '' : `${flag}=`
  return candidates
    .filter(([candidate]) => candidate.startsWith(word))
    .map(([candidate, text]) => `${prefix}${candidate}\t${text}\n`)
    .join('')
}

async function findCandidates(before: readonly string[], word: string): Promise<readonly Candidate[]> {
  const commands = readCommands()
  const words = getWords(before)
  const command = findCommand(words, commands)
  const flags = Object.values(command?.flags ?? {})
  const last = before.at(-1) ?? ''
  const option = flags.find(({ type, name, char }) => type === 'option' && [`--${name}`, `-${char}`].includes(last))
  if (option?.type === 'option') return listValues(option)
  if (word.startsWith('-')) {
    return [...flags.map(({ name, summary = '' }) => [`--${name}`, summary] as const), ['--help', 'Show help.']]
  }
  if (words.length < before.length) return []
  const [argument] = command?.id === words.join(':') ? Object.values(command.args) : []
  return [
    ...listNextWords(words, commands),
    ...(argument === undefined ? [] : await listArguments(words.join(':'), argument)),
  ]
}

/** Lists the commands and topics one level below these words. */
function listNextWords(words: readonly string[], commands: ReturnType<typeof readCommands>): readonly Candidate[] {
  const { oclif } = readJson<{ oclif: { topics: Record<string, { description: string }> } }>('package.json')
  const prefix = words.map((word) => `${word}:`).join('')
  const below = Object.keys(commands).filter((id) => id.startsWith(prefix))
  const ids = new Set(below.map((id) => id.split(':', words.length + 1).join(':')))
  return [...ids].sort().map((id) => {
    return [id.slice(prefix.length), commands[id]?.summary ?? oclif.topics[id]?.description ?? '']
  })
}

async function listArguments(id: string, argument: Parameters<typeof listValues>[0]): Promise<readonly Candidate[]> {
  const names = await listReferenceNames(id)
  return [...names.map((name): Candidate => [name, '']), ...(await listValues(argument))]
}

/** Lists the values of a flag or an argument: those of the manifest, or the profiles of this machine. */
async function listValues({ name, options = [] }: { name: string; options?: readonly string[] }): Promise<Candidate[]> {
  const isProfile = name === 'profile' || name === 'name'
  const values = isProfile ? await listProfileNames().catch(() => []) : options
  return values.map((value): Candidate => [value, ''])
}
