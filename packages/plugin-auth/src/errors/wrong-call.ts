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

/** Precedes the command of a help page. */
const seeHelp = 'See the help:'

/**
 * Returns the error for oclif's about arguments and flags of the command `id`. It repeats no argument and no value,
 * because people type secrets in the wrong place.
 */
export function toUsageError(thrown: WrongCall, id = ''): CliError {
  const message = stripVTControlCharacters(thrown.message).replace(/\n?See more help with --help$/, '')
  const { flags = {} } = thrown.parse?.input ?? {}
  const known = Object.keys(flags)
  const command = [id.replaceAll(':', ' '), '--help'] as const
  if (message.startsWith('Nonexistent flag')) {
    return new CliError('usage', { ...describeUnknownFlags(thrown.flags ?? [], known), command })
  }
  if (!message.startsWith('Unexpected argument')) {
    return new CliError('usage', { what: toSentences(removeValues(message)), remedy: seeHelp, command })
  }
  const hasSecretFlags = known.some((name) => name.endsWith('-stdin'))
  const advice = hasSecretFlags ? 'Pass secrets on standard input, not as arguments. ' : ''
  return new CliError('usage', { what: 'Too many arguments.', remedy: `${advice}${seeHelp}`, command })
}

function describeUnknownFlags(given: readonly string[], known: readonly string[]) {
  const names = given.map(getFlagName)
  const what = `Unknown ${names.length === 1 ? 'flag' : 'flags'}: ${names.join(', ')}.`
  const name = names[0]?.slice(2) ?? ''
  const isSimilar = (flag: string) => name.length >= 3 && flag.includes(name)
  // `--password`, `--token` and the like are what `--password-stdin` and `--with-token` are for.
  const forSecret = known.filter((flag) => (flag.endsWith('-stdin') || flag === 'with-token') && isSimilar(flag))
  const flags = forSecret.map((flag) => `--${flag}`).join(' or ')
  const similar = known.find((flag) => name.length >= 3 && flag.startsWith(name)) ?? nearest(name, known)
  const suggestion = similar === undefined ? '' : `Did you mean --${similar}? `
  const advice = flags === '' ? suggestion : `Pass secrets on standard input, with ${flags}. `
  return { what, remedy: `${advice}${seeHelp}` }
}

/** Returns a flag without its value, and nothing of what may not be a flag. */
function getFlagName(given: string): string {
  if (/^-[a-z]/i.test(given)) return given.slice(0, 2)
  return /^--[a-z][a-z-]{0,24}(?==|$)/i.exec(given)?.[0] ?? '(not repeated)'
}

function removeValues(message: string): string {
  const oneOf = /^Expected (?:(--[\w-]+)=)?.* to be one of: (.*)$/s.exec(message)
  if (oneOf !== null) {
    const values = oneOf[2]?.split(', ') ?? []
    // `api` accepts the methods in lower case, too.
    const isTwin = (value: string) => value !== value.toUpperCase() && values.includes(value.toUpperCase())
    return `${oneOf[1] ?? 'The argument'} must be one of: ${values.filter((value) => !isTwin(value)).join(', ')}.`
  }
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
  const isPath = (path: readonly string[]) => ids.some((id) => `${id}:`.startsWith(`${path.join(':')}:`))
  const end = words.findIndex((_, index) => !isPath(words.slice(0, index + 1)))
  const known = end === -1 ? words : words.slice(0, end)
  const word = words[known.length]
  const topic = known.join(' ')
  const command = [topic, '--help'] as const
  const next = listNext(known, ids)
  const remedy = `${topic === '' ? 'Commands' : `Commands of ${topic}`}: ${next.join(', ')}. ${seeHelp}`
  if (word === undefined) {
    const what = flag === undefined ? 'The command is incomplete.' : `Unknown flag: ${getFlagName(flag)}.`
    return new CliError('usage', { what, remedy, command })
  }
  const here = nearest(word, next)
  const meant = here === undefined ? findByLastWord(word, ids) : [...known, here].join(' ')
  const name = [...known, word].join(' ')
  if (meant !== undefined) {
    const what = `There is no command "${name}".`
    return new CliError('usage', { what, remedy: 'Did you mean this?', command: [meant] })
  }
  if (ids.includes(known.join(':'))) {
    const advice = topic === 'auth login' ? `Secrets are read from standard input. ${seeHelp}` : seeHelp
    return new CliError('usage', { what: 'Too many arguments.', remedy: advice, command })
  }
  return new CliError('usage', {
    what: isRepeatable(word) ? `There is no command "${name}".` : 'There is no such command.',
    remedy,
    command,
  })
}

/** Whether a word may be repeated: it looks like a command or like a path, so it is hardly a secret. */
export function isRepeatable(word: string): boolean {
  return (
    /^(?=.{1,24}$)[a-z]+(?:-[a-z]+)*(?:\.[a-z]{1,5})?$/.test(word) ||
    /^(?:\.{0,2}|~|[A-Z]:)[/\\][\w./\\ -]*$/i.test(word)
  )
}

/** Lists the words that can follow. */
function listNext(known: readonly string[], ids: readonly string[]): string[] {
  const prefix = known.map((one) => `${one}:`).join('')
  const below = ids.filter((id) => id.startsWith(prefix))
  return [...new Set(below.map((id) => id.slice(prefix.length).split(':')[0] ?? ''))].sort()
}

/** Returns the command or topic whose last word is close to a word; of several, the shortest. */
function findByLastWord(word: string, ids: readonly string[]): string | undefined {
  const getLast = (id: string) => id.slice(id.lastIndexOf(':') + 1)
  const all = ids.flatMap((id) => [id, id.replace(/:[^:]+$/, '')])
  const last = nearest(word, all.map(getLast))
  const found = all.filter((id) => getLast(id) === last)
  return found.sort((one, other) => one.length - other.length)[0]?.replaceAll(':', ' ')
}

/** Returns the known word that a mistyped one is close to, if any. A word that is close to a known one is not a secret. */
function nearest(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined
  const found = closest(word, known)
  const sort = (text: string) => [...text].sort().join('')
  // Two letters in the wrong order are one mistake.
  return distance(word, found) <= (found.length < 5 && sort(word) !== sort(found) ? 1 : 2) ? found : undefined
}

/** Suggests the known argument that a wrong one is close to, or a part of. */
export function suggest(id: string, given: string, known: readonly string[]) {
  const similar = nearest(given, known) ?? known.find((one) => given.length >= 3 && one.includes(given))
  return similar === undefined ? undefined : { remedy: 'Did you mean this?', command: [id, similar] as const }
}
