import { paint, wrap } from '@particle-grants/plugin-auth/quick'
import type { HelpPage, Section } from './page.ts'

/** Where a page is printed. */
export interface Output {
  readonly isTTY: boolean
  readonly columns: number
}

/** Formats a page for a terminal of any width, with lines of 100 columns at most. */
export function formatPage({ summary, sections }: HelpPage, output: Output): string {
  const width = Math.min(output.columns, 100)
  const description = sections.find(({ heading }) => heading === 'DESCRIPTION')
  const intro = [summary, ...(description?.paragraphs ?? [])].flatMap((text) => [wrap(text, { width }), ''])
  const rest = sections.filter((section) => section !== description)
  return [
    ...intro,
    ...rest.flatMap((one) => [paint('bold', one.heading, output), ...formatSection(one, width), '']),
  ].join('\n')
}

function formatSection({ lines = [], rows = [] }: Section, width: number): string[] {
  const isText = (line: string) => line === '' || line.startsWith('#')
  const longest = Math.max(0, ...rows.map(([name]) => name.length))
  return [
    ...lines.map((line) => (isText(line) ? `  ${line}`.trimEnd() : `  $ ${line}`)),
    ...rows.map(([name, text]) => wrap(text, { width, first: `  ${name.padEnd(longest)}  ` })),
  ]
}
