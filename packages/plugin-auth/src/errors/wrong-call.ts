import { stripVTControlCharacters } from 'node:util'

/** What oclif's errors of a wrong call carry besides their text. */
export interface WrongCall extends Error {
  readonly oclif?: { readonly exit?: number }
  /** The flags that no one knows, as they were typed. */
  readonly flags?: readonly string[]
  readonly parse?: { readonly input?: { readonly flags?: Readonly<Record<string, unknown>> } }
}

/**
 * An error of oclif's for a wrong call, put so that no argument and no value of a flag is repeated: people type secrets
 * where none belong.
 */
export function describeWrongCall(thrown: WrongCall): { readonly message: string; readonly remedy: string } {
  const message = stripVTControlCharacters(thrown.message).replace(/\n?See more help with --help$/, '')
  const known = Object.keys(thrown.parse?.input?.flags ?? {})
  if (message.startsWith('Nonexistent flag')) return unknownFlags(thrown.flags ?? [], known)
  if (message.startsWith('Unexpected argument')) {
    return { message: 'There is an argument too many.', remedy: `${onStdin(known)}See --help.` }
  }
  return { message: withoutValues(message), remedy: 'See --help.' }
}

function unknownFlags(given: readonly string[], known: readonly string[]) {
  const names = given.map(nameOf)
  const [name] = names
  const instead = known.filter((one) => names.some((flag) => isMeantBy(one, flag)))
  return {
    message: `There is no ${names.length === 1 && name !== undefined ? `flag ${name}` : `such flag: ${names.join(', ')}`}.`,
    remedy:
      instead.length === 0
        ? 'See --help.'
        : `Secrets are never arguments: pipe it in, with ${instead.map((one) => `--${one}`).join(' or ')}. See --help.`,
  }
}

/** The name of a flag without its value; of what may be no name, nothing. */
function nameOf(given: string): string {
  if (/^-[a-z]/i.test(given)) return given.slice(0, 2)
  return /^--[a-z][a-z-]{0,24}(?==|$)/i.exec(given)?.[0] ?? '(not repeated)'
}

/** `--password`, `--secret` and `--token` are what `--…-stdin` are for. */
function isMeantBy(name: string, flag: string): boolean {
  return name.endsWith('-stdin') && flag.length >= 5 && name.includes(flag.slice(2))
}

function onStdin(known: readonly string[]): string {
  return known.some((name) => name.endsWith('-stdin'))
    ? 'Secrets are never arguments: they are piped in. '
    : ''
}

/** The text without the values that oclif repeats. */
function withoutValues(message: string): string {
  const oneOf = /^Expected (?:(--[\w-]+)=)?.* to be one of: (.*)$/s.exec(message)
  if (oneOf !== null) return `${oneOf[1] ?? 'The argument'} is one of: ${oneOf[2]}.`
  return message
    .replace(
      /(--[\w-]+)=.*? cannot also be provided when using (--[\w-]+)/gs,
      '$1 and $2 exclude each other.',
    )
    .replace(/ but received: .*$/s, '.')
}
