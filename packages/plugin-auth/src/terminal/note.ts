import { fold } from './rows.ts'
import { widthOf } from './width.ts'

/** Writes a text on stderr, folded where that is a terminal. */
export function note(text: string): void {
  process.stderr.write(`${fold(text, widthOf(process.stderr)).join('\n')}\n`)
}
