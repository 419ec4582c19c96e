import { type Fact, sources } from '@particle-grants/reference'
import { getWidth, paint, wrap } from '../output/text.ts'

/** Longer lines are hard to read. */
const maxWidth = 92

/** Formats an explanation for a terminal. Backticks mark code, as in the reference. */
export class Printer {
  readonly #lines: string[] = []
  readonly #showSources: boolean
  readonly #width: number

  constructor(showSources: boolean, width = getWidth(process.stdout) ?? 80) {
    this.#showSources = showSources
    this.#width = Math.min(width, maxWidth)
  }

  toString(): string {
    return this.#lines.join('\n')
  }

  title(text: string): this {
    return this.#heading(['bold', 'cyan'], text)
  }

  /** A heading, and a list below it; without items, neither is printed. */
  section(heading: string, items: readonly string[]): this {
    return items.length === 0 ? this : this.heading(heading).list(items)
  }

  heading(text: string): this {
    return this.#heading(['bold'], text)
  }

  text(text: string): this {
    return this.#add(text)
  }

  list(items: readonly string[]): this {
    for (const item of items) this.#add(item, '- ')
    return this
  }

  /** A name, a short note beside it, and texts below. */
  term(name: string, note: string, texts: readonly string[] = []): this {
    const fits = name.length + note.length + 2 <= this.#width
    const beside = note === '' ? '' : `  ${paint('dim', note)}`
    this.#lines.push(`${this.#wrap(paint('cyan', name), '')}${fits ? beside : ''}`)
    if (!fits) this.#add(note, '    ')
    for (const text of texts) this.#add(text, texts.length > 1 ? '    - ' : '    ')
    return this
  }

  /** Lines to copy, which are never wrapped. */
  command(lines: readonly string[]): this {
    this.#lines.push(...lines.map((line) => `  ${paint('green', line)}`))
    return this
  }

  /** Formats a fact: with its sources, or marked if it is not known. */
  fact = ({ text, from }: Fact): string => {
    if (this.#showSources) return `${text} [${from.map((id) => sources[id].title.toLowerCase()).join(', ')}]`
    return from[0] === 'unknown' ? `${text} (unknown)` : text
  }

  #heading(style: Parameters<typeof paint>[0], text: string): this {
    if (this.#lines.length > 0) this.#lines.push('')
    const wrapped = this.#wrap(text.replaceAll('`', ''), '')
    this.#lines.push(wrapped.replace(/.+/g, (line) => paint(style, line)))
    return this
  }

  #add(text: string, first = ''): this {
    this.#lines.push(paintCode(this.#wrap(text, first)))
    return this
  }

  #wrap(text: string, first: string): string {
    return wrap(text, { first, width: this.#width })
  }
}

/** Colors code in backticks. Without colors, the backticks stay. */
function paintCode(text: string): string {
  if (paint('cyan', 'x') === 'x') return text
  return text.replace(/`([^`]+)`/g, (_, code: string) => code.replace(/\S+/g, (word) => paint('cyan', word)))
}
