import { styleText } from 'node:util'

type Format = Parameters<typeof styleText>[0]

/** Prints the demo: each kind of line has its own sign and color. */
export type Printer = ReturnType<typeof createPrinter>

const indent = '   '

/** Creates a printer whose lines are at most `columns` wide. Colors are for standard output, if it shows colors. */
export function createPrinter(write: (text: string) => void, columns: number) {
  let headings = 0
  let isBelowText = false

  /** Prints lines that start below each other. */
  function print(pieces: readonly string[], first: string, format: Format = []): void {
    for (const line of wrap(pieces, first, columns)) write(`${styleText(format, line)}\n`)
    isBelowText = false
  }

  function printText(text: string, first: string, format?: Format): void {
    print(text.split(' '), first, format)
    isBelowText = true
  }

  /** Prints what a person would type, after an empty line unless it follows a text. */
  function printInput(lines: readonly string[]): void {
    if (!isBelowText) write('\n')
    for (const line of lines) write(`${indent}${styleText('cyan', line)}\n`)
    isBelowText = false
  }

  return {
    title: (text: string) => printText(text, '', 'bold'),
    /** Starts the next numbered step. */
    heading(text: string): void {
      headings += 1
      write('\n')
      printText(text, `${headings}  `, 'bold')
    },
    say: (text: string) => printText(text, indent),
    code: (...lines: readonly string[]) => printInput(lines.map((line) => `> ${line}`)),
    /** Prints a command. It may be broken before an option, with a backslash at the end of the line. */
    command(text: string): void {
      const lines = wrap(text.split(/ (?=-)/), '$ ', columns - indent.length - 2)
      printInput(lines.map((line, index) => (index < lines.length - 1 ? `${line} \\` : line)))
    },
    /** Prints what a command printed. */
    output(text: string): void {
      for (const line of text.trimEnd().split('\n')) print(line.split(' '), indent, 'dim')
    },
    /** Prints a request and the status of its response. */
    exchange(request: readonly string[], status: string): void {
      for (const line of wrap([...request, `← ${status}`], `${indent}→ `, columns)) {
        write(`${line.replace(/←.*/, (response) => styleText(chooseColor(status), response))}\n`)
      }
      isBelowText = false
    },
    /** Prints the status of a response, and its JSON object. */
    response(status: string, json: object): void {
      print([`← ${status}`], indent, chooseColor(status))
      const members = Object.entries(json).map(([name, value]) => `"${name}": ${JSON.stringify(value)}`)
      const last = members.length - 1
      const pieces = members.map((member, index) => `${member}${index < last ? ',' : ' }'}`)
      if (pieces.length > 0) print(pieces, `${indent}  { `)
    },
    state: (text: string) => print(text.split(' '), `${indent}◆ `, 'magenta'),
    passed: (claim: string) => print(claim.split(' '), `${indent}✓ `, 'green'),
    failed(text: string): void {
      for (const line of text.split('\n')) print(line.trim().split(' '), `${indent}✗ `, 'red')
    },
    /** Prints the line that follows the last step. */
    summary(text: string): void {
      write('\n')
      printText(text, '✓  ', 'green')
    },
  }
}

/** Joins pieces with spaces into lines of at most `columns`. A longer piece stays unbroken. */
export function wrap(pieces: readonly string[], first: string, columns: number): string[] {
  const lines: string[] = []
  for (const piece of pieces) {
    const longer = `${lines.at(-1)} ${piece}`
    if (lines.length > 0 && longer.length <= columns) lines[lines.length - 1] = longer
    else lines.push((lines.length === 0 ? first : ' '.repeat(first.length)) + piece)
  }
  return lines
}

function chooseColor(status: string): Format {
  return status < '400' ? 'green' : 'yellow'
}
