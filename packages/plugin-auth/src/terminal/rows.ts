import { stripVTControlCharacters } from 'node:util'
import { paint } from './paint.ts'

/** A name and what is said of it; rows without a value are left out. */
export type Row = readonly [name: string, value: string | undefined]

/** Rows in two columns, folded at the terminal's width; in a narrow one the values stand below their names. */
export function rows(given: readonly Row[], width = process.stdout.columns ?? 100): string {
  const shown = given.filter((row): row is readonly [string, string] => row[1] !== undefined)
  const indent = Math.max(...shown.map(([name]) => name.length)) + 2
  const beside = width - indent >= 30
  return shown
    .map(([name, value]) => {
      const lines = fold(value, beside ? width - indent : Math.max(width - 2, 10))
      const label = paint('dim', name)
      if (!beside) return [label, ...lines.map((line) => `  ${line}`)].join('\n')
      const padding = ' '.repeat(indent - name.length)
      return `${label}${padding}${lines.join(`\n${' '.repeat(indent)}`)}`
    })
    .join('\n')
}

/** The places that a text takes, without what only colours it. */
function lengthOf(text: string): number {
  return stripVTControlCharacters(text).length
}

/** Breaks a text at blanks; a word that is too long stays whole, so that it can be copied. What fits stays as it is. */
export function fold(text: string, width: number): string[] {
  const lines: string[] = []
  for (const paragraph of text.split('\n')) {
    if (lengthOf(paragraph) <= width) {
      lines.push(paragraph)
      continue
    }
    let line = ''
    for (const word of paragraph.split(' ')) {
      if (line !== '' && lengthOf(line) + 1 + lengthOf(word) > width) {
        lines.push(line)
        line = word
      } else line = line === '' ? word : `${line} ${word}`
    }
    lines.push(line)
  }
  return lines
}
