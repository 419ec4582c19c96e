import { Secret } from '@particle-grants/core'
import { CliError } from '../errors/cli-error.ts'

/** Secrets are short: more bytes than this are something else. */
const maxSecretBytes = 64 * 1024

/**
 * Reads the first lines of stdin as secrets, one for each flag, in this order. The rest stays unread, so that stdin
 * need not end. Windows line ends and a byte order mark are removed.
 *
 * @throws CliError `no_input` if a line is missing, or does not arrive within 30 s (`PARTICLE_GRANTS_STDIN_TIMEOUT`)
 */
export async function readSecrets(flags: readonly string[]): Promise<Secret[]> {
  if (process.stdin.isTTY) {
    throw new CliError('no_input', {
      what: `${flags.join(' and ')} reads from standard input, which is a terminal.`,
      remedy: 'Pipe the value in, or leave the flag out to be prompted.',
    })
  }
  const text = await readStdin({
    isComplete: (input) => splitLines(input.toString('utf8')).length > flags.length,
    remedy: 'End the line, or close the input.',
    maxBytes: maxSecretBytes,
    tooLong: 'The line on standard input is too long for a secret.',
  })
  // A CR at the very end is the first half of a line end.
  const lines = splitLines(text.toString('utf8').replace(/\r$/, ''))
  return flags.map((flag, index) => {
    const line = lines[index]
    if (line === undefined || line === '') throw missingLine(flag, flags)
    return new Secret(line)
  })
}

function splitLines(text: string): string[] {
  return text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r(?=[^\n])/)
}

function missingLine(flag: string, flags: readonly string[]): CliError {
  const order = flags.length === 1 ? '' : ` Put one value per line, in this order: ${flags.join(', ')}.`
  return new CliError('no_input', {
    what: `Standard input had no line for ${flag}.`,
    remedy: `Pipe the value in.${order}`,
  })
}

/** How stdin is read. */
export interface ReadStdinOptions {
  /** What to do if stdin does not end. */
  readonly remedy: string
  /** @default unlimited */
  readonly maxBytes?: number
  /** The error message for more than `maxBytes`. */
  readonly tooLong?: string
  /** Whether the rest need not be read. @default never */
  readonly isComplete?: (input: Buffer) => boolean
}

/**
 * Reads stdin to its end.
 *
 * @throws CliError `no_input` if it does not end within 30 s (`PARTICLE_GRANTS_STDIN_TIMEOUT`), or is too long
 */
export async function readStdin({ isComplete, remedy, maxBytes, tooLong = '' }: ReadStdinOptions): Promise<Buffer> {
  const { stdin } = process
  const timeoutMs = getStdinTimeout()
  const what = `Standard input did not end within ${Math.round(timeoutMs / 1000)} s.`
  const error = new CliError('no_input', { what, remedy })
  const timer = setTimeout(() => stdin.destroy(error), timeoutMs)
  const chunks: Buffer[] = []
  try {
    for await (const chunk of stdin) {
      chunks.push(Buffer.from(chunk))
      const input = Buffer.concat(chunks)
      if (isComplete?.(input)) return input
      if (maxBytes !== undefined && input.length > maxBytes) throw new CliError('no_input', { what: tooLong })
    }
    return Buffer.concat(chunks)
  } finally {
    clearTimeout(timer)
    // A stdin that stays open would keep this process alive.
    stdin.destroy()
  }
}

/** How long to wait for stdin, in milliseconds. */
function getStdinTimeout(): number {
  const seconds = Number(process.env.PARTICLE_GRANTS_STDIN_TIMEOUT)
  return seconds > 0 ? Math.min(seconds, 3600) * 1000 : 30_000
}
