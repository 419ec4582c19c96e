import { type Fact, sources } from '@particle-grants/reference'
import { paint } from '../terminal/paint.ts'
import { fold } from '../terminal/rows.ts'
import { widthOf } from '../terminal/width.ts'

/** A part of a text for people: what it is, not how it looks. Backticks mark code, as in the catalogue. */
export type Block =
  | { readonly kind: 'title'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bullets'; readonly items: readonly string[] }
  | { readonly kind: 'terms'; readonly terms: readonly Term[] }
  /** To be copied: never folded. */
  | { readonly kind: 'command'; readonly lines: readonly string[] }

/** A name, what is said beside it, and below it. */
export interface Term {
  readonly name: string
  readonly beside?: string | undefined
  readonly below: readonly string[]
}

/** Puts a fact of the catalogue into words. */
export type Saying = (fact: Fact) => string

/** A fact; one that nobody knows says so. */
export const plainly: Saying = ({ text, from }) => (from[0] === 'unknown' ? `${text} (unknown)` : text)

/** A fact, and where it is known from. */
export const withSources: Saying = ({ text, from }) =>
  `${text} [${from.map((id) => sources[id].title.toLowerCase()).join(', ')}]`

/** The widest a text is set: longer lines are hard to read. */
const widest = 92

/** Sets the blocks for a terminal, or for what stdout is. */
export function setDocument(blocks: readonly Block[], columns = widthOf(process.stdout) ?? 80): string {
  const width = Math.max(Math.min(columns, widest), 20)
  return blocks
    .filter((block) => !isEmpty(block))
    .map((block, index) => `${gap(block, index)}${setBlock(block, width)}`)
    .join('\n')
}

function isEmpty(block: Block): boolean {
  return (
    (block.kind === 'bullets' && block.items.length === 0) ||
    (block.kind === 'terms' && block.terms.length === 0)
  )
}

function gap({ kind }: Block, index: number): string {
  return index > 0 && (kind === 'heading' || kind === 'title') ? '\n' : ''
}

function setBlock(block: Block, width: number): string {
  switch (block.kind) {
    case 'title':
      return styled(fold(block.text, width), ['bold', 'cyan'])
    case 'heading':
      return styled(fold(block.text, width), ['bold'])
    case 'text':
      return withCode(fold(block.text, width))
    case 'bullets':
      return block.items.map((item) => hanging('- ', '  ', { text: item, width })).join('\n')
    case 'terms':
      return block.terms.map((term) => setTerm(term, width)).join('\n')
    case 'command':
      return block.lines.map((line) => `  ${paint('green', line)}`).join('\n')
  }
}

function setTerm({ name, beside, below }: Term, width: number): string {
  const fits = beside === undefined || name.length + beside.length + 2 <= width
  const named = fold(name, width)
    .map((line) => paint('cyan', line))
    .join('\n')
  const lines = beside === undefined ? [] : fold(beside, fits ? width : width - 4)
  const start = fits ? '  ' : '\n    '
  const head = [named, ...lines.map((line) => `${start}${paint('dim', line)}`)].join('')
  const [first, next] = below.length > 1 ? ['    - ', '      '] : ['    ', '    ']
  return [head, ...below.map((text) => hanging(first, next, { text, width }))].join('\n')
}

function hanging(first: string, next: string, { text, width }: { text: string; width: number }): string {
  const lines = withCode(fold(text, width - next.length)).split('\n')
  return lines.map((line, index) => `${index === 0 ? first : next}${line}`).join('\n')
}

function styled(lines: readonly string[], style: Parameters<typeof paint>[0]): string {
  return lines.map((line) => paint(style, line.replaceAll('`', ''))).join('\n')
}

/** Colours what stands in backticks; where there are no colours, the backticks stay. */
function withCode(lines: readonly string[]): string {
  const text = lines.join('\n')
  if (paint('cyan', 'x') === 'x') return text
  return text.replace(/`([^`]+)`/g, (_, code: string) =>
    code
      .split('\n')
      .map((part) => paint('cyan', part))
      .join('\n'),
  )
}
