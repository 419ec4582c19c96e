import { styleText } from 'node:util'
import type { HelpPage, Section } from './page.ts'
import type { Row } from './topics.ts'

/** How a page is printed. */
export interface FormatOptions {
  /** Columns of the terminal. Lines are wrapped at 80 columns at most. */
  readonly columns: number
  readonly isColored: boolean
}

/** Formats a page for a terminal. */
export function formatPage({ summary, sections }: HelpPage, { columns, isColored }: FormatOptions): string {
  const width = Math.min(Math.max(columns, 40), 100)
  const bold = (text: string) => (isColored ? styleText('bold', text) : text)
  const description = sections.find(({ heading }) => heading === 'DESCRIPTION')
  const intro = [summary, ...(description?.paragraphs ?? [])].flatMap((text) => [
    wrap(text, width).join('\n'),
    '',
  ])
  const rest = sections.filter((section) => section !== description)
  return [...intro, ...rest.flatMap((one) => [bold(one.heading), ...formatSection(one, width), ''])].join(
    '\n',
  )
}

function formatSection({ lines = [], rows = [] }: Section, width: number): string[] {
  const indented = lines.map((line) => (line === '' || line.startsWith('#') ? line : `$ ${line}`))
  return [...indented, ...formatRows(rows, width - 2)].map((line) => (line === '' ? '' : `  ${line}`))
}

/** Two columns; a name that is too long for the first has a line of its own. */
function formatRows(rows: readonly Row[], width: number): string[] {
  const longest = Math.min(Math.max(0, ...rows.map(([name]) => name.length)), Math.floor(width / 2.5))
  const indent = longest + 2
  return rows.flatMap(([name, text]) => {
    const texts = wrap(text, width - indent)
    const rest = texts.map((line) => `${' '.repeat(indent)}${line}`)
    if (name.length > longest) return [name, ...rest]
    return [`${name.padEnd(indent)}${texts[0]}`, ...rest.slice(1)]
  })
}

/** Breaks a text at spaces. A word that is too long has a line of its own. */
function wrap(text: string, width: number): string[] {
  const lines = ['']
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1) ?? ''
    if (last === '') lines[lines.length - 1] = word
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`
    else lines.push(word)
  }
  return lines
}
