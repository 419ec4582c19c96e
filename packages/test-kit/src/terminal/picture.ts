import type xterm from '@xterm/headless'

/** A colour: the terminal's own for text or ground, one of its palette of 256, or red, green and blue in one number. */
export type Color =
  | { readonly kind: 'own' }
  | { readonly kind: 'palette'; readonly index: number }
  | { readonly kind: 'rgb'; readonly value: number }

/** One place on the screen. */
export interface Cell {
  /** The character; empty behind one that takes two places. */
  readonly text: string
  readonly textColor: Color
  readonly ground: Color
  readonly bold: boolean
  readonly dim: boolean
  readonly italic: boolean
  readonly underlined: boolean
}

/** A screen with its colours. */
export interface Picture {
  readonly columns: number
  /** From the first line that was written to the last. */
  readonly rows: readonly (readonly Cell[])[]
}

/** Takes what a terminal shows, and what was scrolled out of it, without the empty lines at its end. */
export function readPicture(screen: xterm.Terminal): Picture {
  const buffer = screen.buffer.active
  const rows: Cell[][] = []
  for (let row = 0; row < buffer.length; row += 1) {
    const line = buffer.getLine(row)
    rows.push(
      Array.from({ length: screen.cols }, (_, column) => {
        const cell = line?.getCell(column)
        return cell === undefined ? blank : readCell(cell)
      }),
    )
  }
  while (rows.length > 0 && rows.at(-1)?.every(isBlank)) rows.pop()
  return { columns: screen.cols, rows }
}

const own: Color = { kind: 'own' }
const blank: Cell = {
  text: ' ',
  textColor: own,
  ground: own,
  bold: false,
  dim: false,
  italic: false,
  underlined: false,
}

function isBlank({ text, ground }: Cell): boolean {
  return text.trim() === '' && ground.kind === 'own'
}

type BufferCell = NonNullable<
  ReturnType<NonNullable<ReturnType<xterm.Terminal['buffer']['active']['getLine']>>['getCell']>
>

function readCell(cell: BufferCell): Cell {
  const textColor = color(cell.isFgDefault(), cell.isFgRGB(), cell.getFgColor())
  const ground = color(cell.isBgDefault(), cell.isBgRGB(), cell.getBgColor())
  const swapped = cell.isInverse() !== 0
  return {
    text: cell.getWidth() === 0 ? '' : cell.getChars() || ' ',
    textColor: swapped ? inverted(ground, 'ground') : textColor,
    ground: swapped ? inverted(textColor, 'text') : ground,
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    italic: cell.isItalic() !== 0,
    underlined: cell.isUnderline() !== 0,
  }
}

function color(isOwn: boolean, isRgb: boolean, value: number): Color {
  if (isOwn) return own
  return isRgb ? { kind: 'rgb', value } : { kind: 'palette', index: value }
}

/** Inverse text in the terminal's own colours: palette 0 and 15 stand for ground and text. */
function inverted(from: Color, was: 'text' | 'ground'): Color {
  if (from.kind !== 'own') return from
  return { kind: 'palette', index: was === 'text' ? 15 : 0 }
}
