import { Secret } from '@particle-grants/core'
import { CliError } from '../errors/cli-error.ts'

/** Secrets are short; whoever pipes a film in should hear of it. */
const longest = 64 * 1024

/** What reads lines from standard input. */
export interface StdinOptions {
  /** The flags that ask for them, one a line, in this order. */
  readonly flags: readonly string[]
  /** Milliseconds to wait for all of them. @default 30 s, or `PARTICLE_GRANTS_STDIN_TIMEOUT` in seconds */
  readonly timeout?: number
}

/**
 * The first lines of standard input, one for each flag. Line ends of Windows and a byte order mark are dropped, and
 * whatever else comes is left unread, also when the input never ends. Throws `no_input`.
 */
export async function secretsFromStdin({
  flags,
  timeout = defaultTimeout(),
}: StdinOptions): Promise<Secret[]> {
  const { stdin } = process
  if (stdin.isTTY) {
    throw new CliError('no_input', {
      what: `${flags.join(' and ')} wants its value piped in, and standard input is a terminal.`,
      remedy: 'Pipe it in, or leave the flag out and be asked.',
    })
  }
  const text = await firstLines(stdin, flags.length, timeout)
  return flags.map((flag, index) => {
    const value = text[index]
    if (value === undefined || value === '') throw missing(flag, flags)
    return new Secret(value)
  })
}

function firstLines(stdin: NodeJS.ReadStream, count: number, timeout: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let text = ''
    const finish = (end: () => void) => {
      clearTimeout(timer)
      stdin.removeAllListeners('data').removeAllListeners('end').removeAllListeners('error')
      // Or an input that stays open would keep this process alive.
      stdin.destroy()
      end()
    }
    const timer = setTimeout(() => finish(() => reject(late(timeout))), timeout)
    stdin.setEncoding('utf8')
    stdin.on('data', (chunk: string) => {
      text += chunk
      const lines = linesOf(text)
      if (lines.length > count) finish(() => resolve(lines))
      else if (text.length > longest) finish(() => reject(tooLong()))
    })
    // A lone CR at the very end is what is left of a line end.
    stdin.once('end', () => finish(() => resolve(linesOf(text.replace(/\r$/, '')))))
    stdin.once('error', (cause) => finish(() => reject(unreadable(cause))))
  })
}

function linesOf(text: string): string[] {
  return text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r(?=[^\n])/)
}

/** How long standard input may take, in ms: 30 s, or what the environment says. */
export function defaultTimeout(): number {
  const seconds = Number(process.env.PARTICLE_GRANTS_STDIN_TIMEOUT)
  return seconds > 0 ? Math.min(seconds, 3600) * 1000 : 30_000
}

function missing(flag: string, flags: readonly string[]): CliError {
  const several = flags.length === 1 ? '' : ` Give one line each, in this order: ${flags.join(', ')}.`
  return new CliError('no_input', {
    what: `Standard input had no line for ${flag}.`,
    remedy: `Pipe it in.${several}`,
  })
}

function late(timeout: number): CliError {
  return new CliError('no_input', {
    what: `Nothing complete came on standard input within ${Math.round(timeout / 1000)} s.`,
    remedy: 'End the line, or the input.',
  })
}

function tooLong(): CliError {
  return new CliError('no_input', { what: 'The line on standard input is too long for a secret.' })
}

function unreadable(cause: Error): CliError {
  return new CliError('no_input', { what: 'Standard input could not be read.', cause })
}
