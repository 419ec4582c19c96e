import { CliError } from '../errors/cli-error.ts'
import { defaultTimeout } from '../terminal/stdin-lines.ts'

/** An answer has a few kB. */
const longest = 1024 * 1024

/** Everything on standard input, which is no terminal. An input that never ends is cut off with an error. */
export async function wholeInput(limit = defaultTimeout()): Promise<string> {
  const { stdin } = process
  const timer = setTimeout(() => stdin.destroy(unfinished(limit)), limit)
  let text = ''
  try {
    stdin.setEncoding('utf8')
    for await (const chunk of stdin) {
      text += chunk
      if (text.length > longest) throw tooLong()
    }
    return text
  } finally {
    clearTimeout(timer)
    stdin.destroy()
  }
}

function unfinished(limit: number): CliError {
  return new CliError('no_input', {
    what: `Standard input did not end within ${Math.round(limit / 1000)} s.`,
    remedy: 'Pipe an answer in, or give an error code: %bin% auth explain invalid_grant',
  })
}

function tooLong(): CliError {
  return new CliError('no_input', {
    what: 'Standard input has more than 1 MiB: that is no answer of the token endpoint.',
  })
}
