import { wholeStdin } from '../terminal/whole-stdin.ts'

/** The answer on standard input, as text. */
export async function wholeInput(): Promise<string> {
  const input = await wholeStdin({
    remedy: 'Pipe an answer in, or give an error code: %bin% auth explain invalid_grant',
    // An answer has a few kB.
    longest: 1024 * 1024,
    tooLong: 'Standard input has more than 1 MiB: that is no answer of the token endpoint.',
  })
  return input.toString('utf8')
}
