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
  const lines = await readLines(process.stdin, flags.length)
  return flags.map((flag, index) => {
    const line = lines[index]
    if (line === undefined || line === '') throw missingLine(flag, flags)
    return new Secret(line)
  })
}

function readLines(stdin: NodeJS.ReadStream, count: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let text = ''
    const finish = (settle: () => void) => {
      clearTimeout(timer)
      stdin.removeAllListeners('data').removeAllListeners('end').removeAllListeners('error')
      // A stdin that stays open would keep this process alive.
      stdin.destroy()
      settle()
    }
    const fail = (what: string, options: { remedy?: string; cause?: Error } = {}) =>
      finish(() => reject(new CliError('no_input', { what, ...options })))
    const timeoutMs = getStdinTimeout()
    const timer = setTimeout(() => {
      fail(`Standard input had no complete line within ${Math.round(timeoutMs / 1000)} s.`, {
        remedy: 'End the line, or close the input.',
      })
    }, timeoutMs)
    stdin.setEncoding('utf8')
    stdin.on('data', (chunk: string) => {
      text += chunk
      const lines = splitLines(text)
      if (lines.length > count) finish(() => resolve(lines))
      else if (text.length > maxSecretBytes) fail('The line on standard input is too long for a secret.')
    })
    // A CR at the very end is the first half of a line end.
    stdin.once('end', () => finish(() => resolve(splitLines(text.replace(/\r$/, '')))))
    stdin.once('error', (cause) => fail('Standard input could not be read.', { cause }))
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

/** How stdin is read as a whole. */
export interface ReadStdinOptions {
  /** What to do if stdin does not end. */
  readonly remedy: string
  /** @default unlimited */
  readonly maxBytes?: number
  /** The error message for more than `maxBytes`. */
  readonly tooLong?: string
}

/**
 * Reads stdin to its end.
 *
 * @throws CliError `no_input` if it does not end within 30 s (`PARTICLE_GRANTS_STDIN_TIMEOUT`), or is too long
 */
export async function readStdin({ remedy, maxBytes, tooLong = '' }: ReadStdinOptions): Promise<Buffer> {
  const { stdin } = process
  const timeoutMs = getStdinTimeout()
  const what = `Standard input did not end within ${Math.round(timeoutMs / 1000)} s.`
  const timer = setTimeout(() => stdin.destroy(new CliError('no_input', { what, remedy })), timeoutMs)
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of stdin) {
      chunks.push(Buffer.from(chunk))
      length += chunk.length
      if (maxBytes !== undefined && length > maxBytes) throw new CliError('no_input', { what: tooLong })
    }
    return Buffer.concat(chunks)
  } finally {
    clearTimeout(timer)
    stdin.destroy()
  }
}

/** How long to wait for stdin, in milliseconds. */
function getStdinTimeout(): number {
  const seconds = Number(process.env.PARTICLE_GRANTS_STDIN_TIMEOUT)
  return seconds > 0 ? Math.min(seconds, 3600) * 1000 : 30_000
}
