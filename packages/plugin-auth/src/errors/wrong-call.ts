import { stripVTControlCharacters } from 'node:util'
import { closest, distance } from 'fastest-levenshtein'
import { CliError } from './cli-error.ts'

/** What oclif's errors about arguments and flags have, beside their text. */
export interface WrongCall extends Error {
  readonly oclif?: { readonly exit?: number }
  /** Unknown flags, as they were typed. */
  readonly flags?: readonly string[]
  readonly parse?: { readonly input?: { readonly flags?: Readonly<Record<string, unknown>> } }
}

/**
 * Describes oclif's error about arguments and flags. It repeats no argument and no value, because people type secrets in
 * the wrong place.
 */
export function describeWrongCall(thrown: WrongCall): { readonly message: string; readonly remedy: string } {
  const message = stripVTControlCharacters(thrown.message).replace(/\n?See more help with --help$/, '')
  const known = Object.keys(thrown.parse?.input?.flags ?? {})
  if (message.startsWith('Nonexistent flag')) return describeUnknownFlags(thrown.flags ?? [], known)
  if (message.startsWith('Unexpected argument')) {
    const hasSecretFlags = known.some((name) => name.endsWith('-stdin'))
    const advice = hasSecretFlags ? 'Pass secrets on standard input, not as arguments. ' : ''
    return { message: 'Too many arguments.', remedy: `${advice}See --help.` }
  }
  return { message: toSentences(removeValues(message)), remedy: 'See --help.' }
}

function describeUnknownFlags(given: readonly string[], known: readonly string[]) {
  const names = given.map(getFlagName)
  const message = `Unknown ${names.length === 1 ? 'flag' : 'flags'}: ${names.join(', ')}.`
  const name = names[0]?.slice(2) ?? ''
  // `--password`, `--token` and the like are what `--password-stdin` and `--with-token` are for.
  const forSecret = known.filter((flag) => isSecretFlag(flag) && name.length >= 3 && flag.includes(name))
  if (forSecret.length > 0) {
    const flags = forSecret.map((flag) => `--${flag}`).join(' or ')
    return { message, remedy: `Pass secrets on standard input, with ${flags}. See --help.` }
  }
  const similar = known.find((flag) => name.length >= 3 && flag.startsWith(name)) ?? nearest(name, known)
  return { message, remedy: similar === undefined ? 'See --help.' : `Did you mean --${similar}? See --help.` }
}

function isSecretFlag(flag: string): boolean {
  return flag.endsWith('-stdin') || flag === 'with-token'
}

/** Returns a flag without its value, and nothing of what may not be a flag. */
function getFlagName(given: string): string {
  if (/^-[a-z]/i.test(given)) return given.slice(0, 2)
  return /^--[a-z][a-z-]{0,24}(?==|$)/i.exec(given)?.[0] ?? '(not repeated)'
}

function removeValues(message: string): string {
  const oneOf = /^Expected (?:(--[\w-]+)=)?.* to be one of: (.*)$/s.exec(message)
  if (oneOf !== null) return `${oneOf[1] ?? 'The argument'} must be one of: ${oneOf[2]}.`
  return message
    .replace(/(--[\w-]+)=.*? cannot also be provided when using (--[\w-]+)/gs, "$1 and $2 can't be combined.")
    .replace(/ but received: .*$/s, '.')
}

/** Removes oclif's heading and repeated lines, and ends each line as a sentence. */
function toSentences(message: string): string {
  const lines = message.split('\n').filter((line) => !/^The following errors? occurred/.test(line))
  const sentences = lines
    .map((line) => line.trim().replace(/^Missing required flag (?=\w)/, 'Missing required flag: --'))
    .filter(Boolean)
    .map((line) => (/[.:]$/.test(line) ? line : `${line}.`))
  return [...new Set(sentences)].join(' ')
}

// ─── Unknown commands ────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Returns the error for words that name none of the commands with these ids. `flag` is the first flag, if it is unknown. A
 * word is repeated only if it looks like a command: it may be a secret.
 */
export function unknownCommand(words: readonly string[], ids: readonly string[], flag?: string): CliError {
  const depth = countKnownWords(words, ids)
  const known = words.slice(0, depth)
  const [word] = words.slice(depth)
  const topic = known.join(' ')
  const meant = word === undefined ? undefined : findNearest(known, { word, ids })
  const isNamed = meant !== undefined || /^(?=.{1,16}$)[a-z]+(?:-[a-z]+)*$/.test(word ?? '')
  const name = words.slice(0, depth + 1).join(' ')
  const unknown = isNamed ? `There is no command "${name}".` : 'There is no such command.'
  if (meant !== undefined) {
    return new CliError('usage', { what: unknown, remedy: 'Did you mean this?', command: [meant] })
  }
  const command = [topic, '--help'] as const
  if (ids.includes(known.join(':'))) {
    const remedy = topic === 'auth login' ? 'Secrets are read from standard input. See:' : 'See:'
    return new CliError('usage', { what: 'Too many arguments.', remedy, command })
  }
  const missing = flag === undefined ? 'The command is incomplete.' : `Unknown flag: ${getFlagName(flag)}.`
  const what = word === undefined ? missing : unknown
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
  const found = ids.filter((id) => getLastWord(id) === last)
  return found.sort((one, other) => one.split(':').length - other.split(':').length)[0]?.replaceAll(':', ' ')
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

// ─── Similar words ───────────────────────────────────────────────────────────────────────────────────────────────────

/** Returns the known word that a mistyped one is close to, if any. A word that is close to a known one is not a secret. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  const found = closest(word, known)
  return distance(word, found) <= (found.length < 5 ? 1 : 2) ? found : undefined
}
