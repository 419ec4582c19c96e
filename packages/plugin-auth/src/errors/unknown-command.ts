import { CliError } from './cli-error.ts'
import { nearest } from './nearest.ts'

/**
 * Returns the error for words that name none of the commands with these ids. A word is repeated only if it is close to a
 * command: it may be a secret.
 */
export function unknownCommand(words: readonly string[], ids: readonly string[]): CliError {
  const depth = countKnownWords(words, ids)
  const known = words.slice(0, depth)
  const [word] = words.slice(depth)
  const topic = known.join(' ')
  const meant = word === undefined ? undefined : findNearest(known, { word, ids })
  if (meant !== undefined) {
    const what = `There is no command "${[...known, word].join(' ')}".`
    return new CliError('usage', { what, remedy: 'Did you mean this?', command: [meant] })
  }
  const command = [topic, '--help'] as const
  if (ids.includes(known.join(':'))) {
    const what = `"${topic}" does not take this argument.`
    return new CliError('usage', { what, remedy: 'Secrets are read from standard input. See:', command })
  }
  const what = word === undefined ? 'The command is incomplete.' : 'There is no such command.'
  const next = `${topic === '' ? 'Commands' : `Commands of ${topic}`}: ${listNext(known, ids).join(', ')}.`
  return new CliError('usage', { what, remedy: `${next} See:`, command })
}

/** Counts the words, from the first on, that lead to a command or topic. */
function countKnownWords(words: readonly string[], ids: readonly string[]): number {
  const end = words.findIndex((_, index) => {
    const path = words.slice(0, index + 1).join(':')
    return !ids.some((id) => id === path || id.startsWith(`${path}:`))
  })
  return end === -1 ? words.length : end
}

/** Returns the command or topic that a word is close to: on its level or, by its last word, on any. */
function findNearest(
  known: readonly string[],
  { word, ids }: { readonly word: string; readonly ids: readonly string[] },
): string | undefined {
  const here = nearest(word, listNext(known, ids))
  if (here !== undefined) return [...known, here].join(' ')
  const last = nearest(word, ids.map(getLastWord))
  return ids.find((id) => getLastWord(id) === last)?.replaceAll(':', ' ')
}

/** Lists the words that can follow. */
function listNext(known: readonly string[], ids: readonly string[]): string[] {
  const prefix = known.map((one) => `${one}:`).join('')
  const below = ids.filter((id) => id.startsWith(prefix))
  return [...new Set(below.map((id) => id.slice(prefix.length).split(':')[0] ?? ''))].sort()
}

function getLastWord(id: string): string {
  return id.slice(id.lastIndexOf(':') + 1)
}
