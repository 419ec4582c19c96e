import type { Fact } from '@particle-grants/reference'
import { getWidth, paint, wrap } from '../output/text.ts'

/** Longer lines are hard to read. */
const maxWidth = 92

/** Formats an explanation for a terminal. Backticks mark code, as in the reference. */
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
    const wrapped = wrap(text.replaceAll('`', ''), { width: this.#width })
    this.#lines.push(wrapped.replace(/.+/g, (line) => paint('bold', line)))
    return this
  }

  text(text: string, first = ''): this {
    this.#lines.push(wrap(text, { first, width: this.#width }))
    return this
  }

  /** A heading, and a list below it; without items, neither is printed. */
  section(heading: string, items: readonly string[]): this {
    if (items.length > 0) this.heading(heading)
    for (const item of items) this.text(item, '- ')
    return this
  }

  /** A name, a short note beside it, and texts below. */
  term(name: string, note: string, texts: readonly string[]): this {
    const line = `${paint('cyan', name)}${note && `  ${note}`}`
    this.#lines.push(wrap(line, { rest: '    ', width: this.#width }))
    for (const text of texts) this.text(text, texts.length > 1 ? '    - ' : '    ')
    return this
  }

  /** Lines to copy, which are never wrapped. */
  command(lines: readonly string[]): this {
    this.#lines.push(...lines.map((line) => `  ${paint('green', line)}`))
    return this
  }
}

/** Formats a fact; it is marked if it is not known. */
export function formatFact({ text, from }: Pick<Fact, 'text' | 'from'>): string {
  return from[0] === 'unknown' ? `${text} (unknown)` : text
}
