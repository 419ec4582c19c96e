import { CliError } from './cli-error.ts'
import { nearest } from './nearest.ts'

/**
 * The error for words that are no command, of those with these ids. The words are repeated only where they nearly are
 * one: they may be a secret.
 */
export function unknownCommand(words: readonly string[], ids: readonly string[]): CliError {
  const depth = knownDepth(words, ids)
  const before = words.slice(0, depth)
  const word = words[depth] ?? ''
  const meant = meantBy(before, { word, ids })
  if (meant !== undefined) {
    return new CliError('usage', {
      what: `There is no command "${[...before, word].join(' ')}".`,
      remedy: 'Did you mean this?',
      command: [meant],
    })
  }
  if (ids.includes(before.join(':'))) {
    return new CliError('usage', {
      what: `"${before.join(' ')}" takes no such argument.`,
      remedy: 'Secrets are never arguments: they are read from standard input. See:',
      command: [before.join(' '), '--help'],
    })
  }
  return new CliError('usage', {
    what: depth === 0 ? 'There is no such command.' : `"${before.join(' ')}" has no such command.`,
    remedy: 'See:',
    command: [before.join(' '), '--help'],
  })
}

/** How many of the words, from the first on, lead to a command or topic. */
function knownDepth(words: readonly string[], ids: readonly string[]): number {
  const end = words.findIndex((_, index) => {
    const path = words.slice(0, index + 1).join(':')
    return !ids.some((id) => id === path || id.startsWith(`${path}:`))
  })
  return end === -1 ? words.length : end
}

/** The command or topic that a word nearly is, there or, of its last word, anywhere. */
function meantBy(
  before: readonly string[],
  { word, ids }: { readonly word: string; readonly ids: readonly string[] },
): string | undefined {
  const topic = before.map((one) => `${one}:`).join('')
  const next = ids.flatMap((id) => (id.startsWith(topic) ? [id.slice(topic.length).split(':')[0] ?? ''] : []))
  const here = nearest(word, next)
  if (here !== undefined) return [...before, here].join(' ')
  const last = nearest(word, ids.map(lastWord))
  return ids.find((id) => lastWord(id) === last)?.replaceAll(':', ' ')
}

function lastWord(id: string): string {
  return id.slice(id.lastIndexOf(':') + 1)
}
