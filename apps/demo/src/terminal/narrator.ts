import type { ShownExchange } from '../wire/shorten.ts'
import { formatJson } from './format-json.ts'
import type { Paint, Style } from './paint.ts'
import type { Indent } from './wrap.ts'
import { wrap } from './wrap.ts'

/** Where the story goes. */
export interface NarratorOptions {
  readonly write: (text: string) => void
  readonly columns: number
  readonly paint: Paint
}

/** What stands together, without a blank line between. */
type Block = 'text' | 'wire' | 'output' | 'claims'

const widest = 96
const narrowest = 30
const margin: Indent = { first: '   ', rest: '   ' }

/** Tells the story: every kind of thing that can be said has its own look. */
export class Narrator {
  readonly #write: (text: string) => void
  readonly #columns: number
  readonly #paint: Paint
  #last: Block | undefined

  constructor({ write, columns, paint }: NarratorOptions) {
    this.#write = write
    this.#columns = Math.max(narrowest, Math.min(widest, columns))
    this.#paint = paint
  }

  /** The headline of the whole story. */
  title(text: string): void {
    this.#lines(text, { first: '', rest: '' }, 'title')
  }

  heading(number: number, text: string): void {
    const label = `${number}`.padStart(2)
    this.#line('')
    this.#line(this.#paint('quiet', '─'.repeat(this.#columns)))
    this.#lines(text, { first: `${label}  `, rest: '    ' }, 'title')
  }

  /** The last line, under a rule as a heading has. */
  closing(text: string): void {
    this.#line('')
    this.#line(this.#paint('quiet', '─'.repeat(this.#columns)))
    this.#lines(text, { first: ' ✓ ', rest: '   ' }, 'kept')
  }

  /** A paragraph. */
  say(text: string): void {
    this.#begin('text')
    this.#lines(text, margin)
  }

  /** A command to paste, broken between its words where it is too wide. */
  command(words: readonly string[]): void {
    this.#begin('text')
    let line = '   $'
    for (const word of words) {
      if (line.length + word.length + 3 > this.#columns && line.trim() !== '$') {
        this.#line(this.#paint('title', `${line} \\`))
        line = '      '
      }
      line += ` ${word}`
    }
    this.#line(this.#paint('title', line))
  }

  /** What a command printed. */
  output(text: string): void {
    this.#begin('output')
    for (const line of text.trimEnd().split('\n')) {
      // What is too wide goes on below its own column.
      const label = /^\S+(?: \S+)* {2,}/.exec(line)?.[0] ?? ''
      this.#lines(line, { ...margin, rest: margin.rest + ' '.repeat(label.length) }, 'quiet')
    }
  }

  /** A request and its answer. */
  exchange({ request, headers, fields, status, answer, json }: ShownExchange): void {
    this.#begin('wire')
    this.#lines(request, { first: '   → ', rest: '     ' }, 'request')
    for (const [name, value] of headers) this.#inset(`${name}: ${value}`, 'quiet')
    const widestName = Math.max(0, ...fields.map(([name]) => name.length))
    for (const [name, value] of fields) this.#inset(`${name.padEnd(widestName)} = ${value}`)
    this.#lines(answer, { first: '   ← ', rest: '     ' }, status < 400 ? 'answer' : 'refusal')
    for (const line of formatJson(json, this.#columns - 5).split('\n')) this.#inset(line)
  }

  /** The state that a session has changed to. */
  state(text: string): void {
    this.#begin('wire')
    this.#lines(text, { first: '   ◆ ', rest: '     ' }, 'state')
  }

  /** Something that was claimed and holds. */
  kept(claim: string): void {
    this.#begin('claims')
    this.#lines(claim, { first: '   ✓ ', rest: '     ' }, 'kept')
  }

  /** Something that was claimed and does not hold, or what kept the step from going on. */
  broken(text: string): void {
    this.#begin('text')
    for (const line of text.split('\n')) this.#lines(line, { first: ' ✗ ', rest: '   ' }, 'broken')
  }

  /** Lines that are meant to be copied, unwrapped. */
  verbatim(lines: readonly string[]): void {
    this.#begin('text')
    for (const line of lines) this.#line(`   ${line}`)
  }

  #begin(block: Block): void {
    if (block === 'text' || block !== this.#last) this.#line('')
    this.#last = block
  }

  #inset(text: string, style?: Style): void {
    const own = /^ */.exec(text)?.[0] ?? ''
    this.#lines(text.trimStart(), { first: `     ${own}`, rest: `       ${own}` }, style)
  }

  #lines(text: string, indent: Indent, style?: Style): void {
    for (const line of wrap(text, indent, this.#columns)) this.#line(style ? this.#paint(style, line) : line)
  }

  #line(text: string): void {
    this.#write(`${text}\n`)
  }
}
