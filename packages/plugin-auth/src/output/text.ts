import { stripVTControlCharacters, styleText } from 'node:util'

type Style = Parameters<typeof styleText>[0]

/** Styles a text for a stream: plain if the stream is not a terminal, or `NO_COLOR` is set. */
export function paint(style: Style, text: string, stream: { readonly isTTY?: boolean } = process.stdout): string {
  const { NO_COLOR, TERM } = process.env
  if (!stream.isTTY || (NO_COLOR !== undefined && NO_COLOR !== '') || TERM === 'dumb') return text
  return styleText(style, text)
}

/** Whether the locale has characters beyond ASCII. A missing locale says nothing about the terminal. */
export function hasUnicode(): boolean {
  const { LC_ALL, LC_CTYPE, LANG } = process.env
  return !/^(?:C|POSIX)$/.test(LC_ALL || LC_CTYPE || LANG || '')
}

// A terminal acts on the first two groups, and prints what follows the third in another order.
// biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it finds
const controls = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/** Replaces characters that could control a terminal by `\u00XX`. Newlines and tabs remain. For data of others. */
export function escapeControls(text: string): string {
  return text.replace(controls, (one) => `\\u${one.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`)
}

/** Returns the width of a terminal in columns, 80 if it does not say; `undefined` for anything else. */
export function getWidth({ isTTY, columns }: { readonly isTTY?: boolean; readonly columns?: number | undefined }) {
  return isTTY ? columns || 80 : undefined
}

/** How a text is wrapped. */
export interface WrapOptions {
  /** Columns. @default the width of stdout; unlimited if that is not a terminal */
  readonly width?: number | undefined
  /** Printed before the first line. */
  readonly first?: string
  /** Printed before every other line. @default as many spaces as `first` has characters */
  readonly rest?: string
}

/** Wraps a text at spaces. A line that starts with two spaces is a command to copy: it is never wrapped. */
export function wrap(text: string, { width = getWidth(process.stdout), first = '', rest }: WrapOptions = {}) {
  const indent = rest ?? ' '.repeat(getLength(first))
  const limit = width === undefined ? Number.POSITIVE_INFINITY : Math.max(width, 20)
  const lines = text.split('\n').flatMap((line) => {
    return line.startsWith('  ') ? [line] : wrapLine(line, limit - getLength(indent))
  })
  const getIndent = (line: string) => (line.startsWith('  ') ? '' : indent)
  return lines.map((line, index) => `${index === 0 ? first : getIndent(line)}${line}`).join('\n')
}

function wrapLine(text: string, width: number): string[] {
  if (getLength(text) <= width) return [text]
  const lines: string[] = []
  let line: string | undefined
  for (const word of text.split(' ')) {
    if (line !== undefined && getLength(line) + 1 + getLength(word) <= width) line = `${line} ${word}`
    else {
      if (line !== undefined) lines.push(line)
      line = word
    }
  }
  return [...lines, line ?? '']
}

/** The columns that a text takes, without its colors. */
function getLength(text: string): number {
  return stripVTControlCharacters(text).length
}

/** A name and its value; rows without a value are not printed. */
export type Row = readonly [name: string, value: string | undefined]

/** Formats rows as a list: `- Name: value`. */
export function formatList(rows: readonly Row[], indent = '  '): string {
  return rows
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => wrap(`${name}: ${value}`, { first: `${indent}- ` }))
    .join('\n')
}

/** Formats a result or a warning as gh does: `✓` (in ASCII `+`), `!` or `X`, then the text. */
export function formatOutcome(
  outcome: 'success' | 'warning' | 'failure',
  text: string,
  { stream = process.stdout as NodeJS.WriteStream, indent = '' } = {},
): string {
  const [style, unicode, ascii] = outcomes[outcome]
  const symbol = hasUnicode() ? unicode : ascii
  return wrap(text, { first: `${indent}${paint(style, symbol, stream)} `, width: getWidth(stream) })
}

const outcomes = {
  success: ['green', '✓', '+'],
  warning: ['yellow', '!', '!'],
  failure: ['red', 'X', 'X'],
} as const

/** Writes a text to stderr, wrapped if that is a terminal. */
export function printNote(text: string): void {
  process.stderr.write(`${wrap(text, { width: getWidth(process.stderr) })}\n`)
}

// ─── Explanations ────────────────────────────────────────────────────────────────────────────────────────────────────

/** Longer lines are hard to read. */
const maxWidth = 92

/** Formats an explanation for a terminal, part by part. */
export class Printer {
  readonly #lines: string[] = []
  readonly #width: number

  constructor(width = getWidth(process.stdout) ?? 80) {
    this.#width = Math.min(width, maxWidth)
  }

  toString(): string {
    return this.#lines.join('\n')
  }

  heading(text: string): this {
    if (this.#lines.length > 0) this.#lines.push('')
    const wrapped = wrap(text, { width: this.#width })
    this.#lines.push(wrapped.replace(/.+/g, (line) => paint('bold', line)))
    return this
  }

  text(text: string, first = ''): this {
    this.#lines.push(wrap(removeBackticks(text), { first, width: this.#width }))
    return this
  }

  /** A name, a short note beside it, and a text below. */
  term(name: string, note: string, text: string): this {
    const line = `${paint('cyan', name)}${note && `  ${removeBackticks(note)}`}`
    this.#lines.push(wrap(line, { rest: '    ', width: this.#width }))
    return this.text(text, '    ')
  }

  /** Lines to copy, which are never wrapped. */
  command(lines: readonly string[]): this {
    this.#lines.push(...lines.map((line) => `  ${paint('green', line)}`))
    return this
  }
}

/** The reference marks code as Markdown does. */
function removeBackticks(text: string): string {
  return text.replaceAll('`', '')
}
