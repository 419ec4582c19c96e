/** How lines begin: the first one, and those after it. */
export interface Indent {
  readonly first: string
  readonly rest: string
}

/** Breaks a text at blanks so that no line is wider than `columns`; a word that is wider still is cut. */
export function wrap(text: string, { first, rest }: Indent, columns: number): string[] {
  const lines: string[] = []
  let line = first
  let fresh = true
  const width = Math.max(8, columns - rest.length)
  for (const word of text.split(' ').flatMap((long) => cut(long, width))) {
    if (!fresh && line.length + 1 + word.length > columns) {
      lines.push(line)
      line = rest
      fresh = true
    }
    line += fresh ? word : ` ${word}`
    fresh = false
  }
  return [...lines, line]
}

function cut(word: string, width: number): string[] {
  return word.length <= width ? [word] : (word.match(new RegExp(`.{1,${width}}`, 'gu')) ?? [])
}
