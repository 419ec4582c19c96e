import { stripVTControlCharacters } from 'node:util'
import { breakable, unbroken } from './commands.ts'
import { paint } from './paint.ts'
import { widthOf } from './width.ts'

/** A name and what is said of it; rows without a value are left out. */
export type Row = readonly [name: string, value: string | undefined]

/**
 * Rows in two columns, folded at the terminal's width, and not where it is none; in a narrow one the values stand below
 * their names.
 */
export function rows(
  given: readonly Row[],
  width = widthOf(process.stdout) ?? Number.POSITIVE_INFINITY,
): string {
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

/**
 * Breaks a text at blanks, but no command; what is too long for a line stays whole, so that it can be copied. What fits
 * stays as it is.
 */
export function fold(text: string, width = Number.POSITIVE_INFINITY): string[] {
  return unbroken(text)
    .split('\n')
    .flatMap((paragraph) => (lengthOf(paragraph) <= width ? [paragraph] : foldParagraph(paragraph, width)))
    .map(breakable)
}

function foldParagraph(paragraph: string, width: number): string[] {
  const indent = /^ */.exec(paragraph)?.[0] ?? ''
  const lines: string[] = []
  let line: string | undefined
  for (const word of paragraph.slice(indent.length).split(' ')) {
    if (line === undefined) line = `${indent}${word}`
    else if (lengthOf(line) + 1 + lengthOf(word) <= width) line = `${line} ${word}`
    else {
      lines.push(line)
      line = `${indent}${word}`
    }
  }
  return [...lines, line ?? '']
}
