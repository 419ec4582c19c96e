import { Secret } from '@particle-grants/core'
import { CliError } from '../errors/cli-error.ts'

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
  const toLines = (input: Buffer) =>
    input
      .toString('utf8')
      .replace(/^\uFEFF/, '')
      .split('\n')
  const isComplete = (input: Buffer) => toLines(input).length > flags.length
  const lines = toLines(await readStdin({ remedy: 'End the line, or close the input.', isComplete }))
  return flags.map((flag, index) => {
    const line = lines[index]?.replace(/\r$/, '')
    if (line) return new Secret(line)
    const order = flags.length === 1 ? '' : ` Put one value per line, in this order: ${flags.join(', ')}.`
    const what = `Standard input had no line for ${flag}.`
    throw new CliError('no_input', { what, remedy: `Pipe the value in.${order}` })
  })
}

/** How stdin is read. */
export interface ReadStdinOptions {
  /** What to do if stdin does not end. */
  readonly remedy: string
  /** Whether the rest need not be read. @default never */
  readonly isComplete?: (input: Buffer) => boolean
}

/**
 * Reads stdin to its end.
 *
 * @throws CliError `no_input` if it does not end within 30 s (`PARTICLE_GRANTS_STDIN_TIMEOUT`)
 */
export async function readStdin({ isComplete, remedy }: ReadStdinOptions): Promise<Buffer> {
  const { stdin } = process
  const seconds = Number(process.env.PARTICLE_GRANTS_STDIN_TIMEOUT)
  const timeoutMs = seconds > 0 ? Math.min(seconds, 3600) * 1000 : 30_000
  const what = `Standard input did not end within ${Math.round(timeoutMs / 1000)} s.`
  const timer = setTimeout(() => stdin.destroy(new CliError('no_input', { what, remedy })), timeoutMs)
  const chunks: Buffer[] = []
  try {
    for await (const chunk of stdin) {
      chunks.push(Buffer.from(chunk))
      if (isComplete?.(Buffer.concat(chunks))) break
    }
    return Buffer.concat(chunks)
  } finally {
    clearTimeout(timer)
    // A stdin that stays open would keep this process alive.
    stdin.destroy()
  }
}
