import { CliError } from '../errors/cli-error.ts'
import { defaultTimeout } from './stdin-lines.ts'

/** How much of standard input is taken, and how long is waited for it. */
export interface WholeOptions {
  /** What to do where it does not end. */
  readonly remedy: string
  /** Bytes; `tooLong` says what more of them are not. */
  readonly longest?: number
  readonly tooLong?: string
}

/**
 * Everything on standard input, which is no terminal. Throws `no_input` where it does not end in time: in 30 s, or what
 * `PARTICLE_GRANTS_STDIN_TIMEOUT` says in seconds.
 */
export async function wholeStdin({ remedy, longest, tooLong }: WholeOptions): Promise<Buffer> {
  const { stdin } = process
  const limit = defaultTimeout()
  const timer = setTimeout(() => stdin.destroy(unfinished(limit, remedy)), limit)
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of stdin) {
      chunks.push(Buffer.from(chunk))
      length += chunk.length
      if (longest !== undefined && length > longest) throw new CliError('no_input', { what: tooLong ?? '' })
    }
    return Buffer.concat(chunks)
  } finally {
    clearTimeout(timer)
    stdin.destroy()
  }
}

function unfinished(limit: number, remedy: string): CliError {
  const what = `Standard input did not end within ${Math.round(limit / 1000)} s.`
  return new CliError('no_input', { what, remedy })
}
