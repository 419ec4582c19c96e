import { getWidth, paint, wrap } from './text.ts'

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
    this.#lines.push(wrap(text, { first, width: this.#width }))
    return this
  }

  /** A name, a short note beside it, and a text below. */
  term(name: string, note: string, text: string): this {
    const line = `${paint('cyan', name)}${note && `  ${note}`}`
    this.#lines.push(wrap(line, { rest: '    ', width: this.#width }))
    return this.text(text, '    ')
  }

  /** Lines to copy, which are never wrapped. */
  command(lines: readonly string[]): this {
    this.#lines.push(...lines.map((line) => `  ${paint('green', line)}`))
    return this
  }
}
