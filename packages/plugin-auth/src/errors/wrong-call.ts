import { stripVTControlCharacters } from 'node:util'
import { nearest } from './nearest.ts'

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
  return { message: removeValues(message), remedy: 'See --help.' }
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
