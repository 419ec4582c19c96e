import type { IBufferCell, Terminal } from '@xterm/headless'

/** How a screen is drawn. */
export interface SvgOptions {
  /** Drawn in the frame above the screen, and read by screen readers. */
  readonly title: string
  /** Changes the text of a line, for what differs from run to run. */
  readonly replace?: (line: string) => string
}

/** One place on the screen. Colors are CSS; `undefined` is the terminal's own color. */
interface Cell {
  /** The character; empty behind one that takes two places. */
  readonly text: string
  readonly foreground: string | undefined
  readonly background: string | undefined
  /** The SVG attributes of its text. */
  readonly attributes: string
}

/** Neighbors that are drawn together. */
interface Run {
  readonly key: string
  readonly from: number
  readonly cells: Cell[]
}

const cellSize = { width: 8.4, height: 18 }
const margin = { side: 16, top: 44, bottom: 16 }
/** The 16 basic colors. The terminal's own are the first (background) and the eighth (text). */
const palette =
  '#16181d #f07178 #9ccc65 #ffcb6b #82aaff #c792ea #7fdbca #d7dae0 #7d8590 #ff8b92 #b5e48c #ffe082 #a5c8ff #ddb6f2 #a8e6dc #ffffff'.split(
    ' ',
  )
/** The part of its place that a block character fills: from and to, as shares of the height. */
const blocks: Readonly<Record<string, readonly [number, number]>> = {
  '█': [0, 1],
  '▀': [0, 0.5],
  '▄': [0.5, 1],
}

/**
 * Draws a screen, with what was scrolled out of it, as SVG: the same bytes for the same screen. Block characters are
 * rectangles, so that QR codes scan.
 */
export function renderSvg(screen: Terminal, { title, replace = (line) => line }: SvgOptions): string {
  const rows = readRows(screen, replace)
  const width = round(screen.cols * cellSize.width + 2 * margin.side)
  const height = round(rows.length * cellSize.height + margin.top + margin.bottom)
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="${palette[0]}"/>`,
    '<circle cx="20" cy="20" r="5.5" fill="#f07178"/><circle cx="38" cy="20" r="5.5" fill="#ffcb6b"/><circle cx="56" cy="20" r="5.5" fill="#9ccc65"/>',
    `<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14" fill="${palette[7]}">`,
    `<text x="${round(width / 2)}" y="25" text-anchor="middle" fill="${palette[8]}" font-size="13">${escapeXml(title)}</text>`,
    `${rows.map((row, index) => drawRow(row, margin.top + index * cellSize.height)).join('')}</g></svg>\n`,
  ].join('\n')
}

/** Reads the lines up to the last one that shows something, without what is empty at their ends. */
function readRows(screen: Terminal, replace: (line: string) => string): Cell[][] {
  const buffer = screen.buffer.active
  const rows: Cell[][] = []
  for (let index = 0; index < buffer.length; index += 1) {
    const line = buffer.getLine(index)
    const row = Array.from({ length: screen.cols }, (_, column) => readCell(line?.getCell(column)))
    const text = row.map((cell) => cell.text || '\0').join('')
    const replaced = replace(text).padEnd(text.length)
    const cells = row.map((cell, column) => ({ ...cell, text: (replaced[column] ?? '').replace('\0', '') }))
    const last = cells.findLastIndex((cell) => cell.text.trim() !== '' || cell.background !== undefined)
    rows.push(cells.slice(0, last + 1))
  }
  return rows.slice(0, rows.findLastIndex((row) => row.length > 0) + 1)
}

function readCell(cell: IBufferCell | undefined): Cell {
  if (cell === undefined) return { text: ' ', foreground: undefined, background: undefined, attributes: '' }
  let foreground = cell.isFgDefault() ? undefined : toCss(cell.isFgRGB(), cell.getFgColor())
  let background = cell.isBgDefault() ? undefined : toCss(cell.isBgRGB(), cell.getBgColor())
  if (cell.isInverse()) [foreground, background] = [background ?? palette[0], foreground ?? palette[15]]
  const attributes = [
    foreground === undefined ? '' : ` fill="${foreground}"`,
    cell.isBold() ? ' font-weight="bold"' : '',
    cell.isDim() ? ' opacity="0.65"' : '',
    cell.isItalic() ? ' font-style="italic"' : '',
    cell.isUnderline() ? ' text-decoration="underline"' : '',
  ].join('')
  return { text: cell.getWidth() === 0 ? '' : cell.getChars() || ' ', foreground, background, attributes }
}

function drawRow(row: readonly Cell[], top: number): string {
  const backgrounds = toRuns(row, ({ background }) => background)
  const rectangles = toRuns(row, ({ text, foreground }) =>
    text in blocks ? text + (foreground ?? palette[7]) : undefined,
  )
  const texts = toRuns(row, ({ text, attributes }) => (text in blocks ? undefined : attributes))
  return [
    ...backgrounds.map((run) => drawRectangle(run, run.key, [top, cellSize.height])),
    ...rectangles.map((run) => {
      const [start, end] = blocks[run.key.slice(0, 1)] ?? [0, 1]
      const place = [top + start * cellSize.height, (end - start) * cellSize.height] as const
      return drawRectangle(run, run.key.slice(1), place)
    }),
    ...texts.flatMap(splitAtGaps).map((run) => drawText(run, top)),
  ].join('')
}

/** Returns runs of neighbors with the same key. Cells without a key are left out. */
function toRuns(row: readonly Cell[], keyOf: (cell: Cell) => string | undefined): Run[] {
  const runs: Run[] = []
  for (const [from, cell] of row.entries()) {
    const key = keyOf(cell)
    const last = runs.at(-1)
    if (key === undefined) continue
    if (last?.key === key && last.from + last.cells.length === from) last.cells.push(cell)
    else runs.push({ key, from, cells: [cell] })
  }
  return runs
}

/** Splits a run at every gap of two spaces or more, because SVG collapses them. Leaves out spaces at its ends. */
function splitAtGaps({ key, from, cells }: Run): Run[] {
  const parts: Run[] = []
  for (const [offset, cell] of cells.entries()) {
    const last = parts.at(-1)
    const gap = last && from + offset - last.from - last.cells.length
    if (cell.text === ' ') continue
    if (last && gap !== undefined && gap <= 1) last.cells.push(...cells.slice(offset - gap, offset + 1))
    else parts.push({ key, from: from + offset, cells: [cell] })
  }
  return parts
}

function drawText({ key, from, cells }: Run, top: number): string {
  const x = round(margin.side + from * cellSize.width)
  const length = round(cells.length * cellSize.width)
  const text = escapeXml(cells.map((cell) => cell.text).join(''))
  // The length is given, so that columns stay columns in any font.
  return `<text x="${x}" y="${round(top + 13)}" textLength="${length}" lengthAdjust="spacingAndGlyphs"${key}>${text}</text>`
}

function drawRectangle({ from, cells }: Run, fill: string, [top, height]: readonly [number, number]): string {
  const x = round(margin.side + from * cellSize.width)
  const width = round(cells.length * cellSize.width)
  return `<rect x="${x}" y="${round(top)}" width="${width}" height="${round(height)}" fill="${fill}" shape-rendering="crispEdges"/>`
}

/** Returns a color of the palette, or a color in one number. The palette is xterm's: after the 16, a cube, then grays. */
function toCss(isRgb: boolean, value: number): string {
  if (isRgb) return `#${value.toString(16).padStart(6, '0')}`
  const levels = [36, 6, 1].map((unit) => Math.floor((value - 16) / unit) % 6)
  const gray = 8 + (value - 232) * 10
  const parts = value >= 232 ? [gray, gray, gray] : levels.map((level) => (level === 0 ? 0 : 55 + level * 40))
  return palette[value] ?? `rgb(${parts.join(',')})`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function escapeXml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
}
