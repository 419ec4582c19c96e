import type { Cell, Color, Picture } from './picture.ts'

/** How a screen is drawn. */
export interface SvgOptions {
  /** Stands in the frame above the screen, and is read out by screen readers. */
  readonly title: string
}

const cell = { width: 8.4, height: 18 }
const margin = { side: 16, top: 44, bottom: 16 }
const own = { text: '#d7dae0', ground: '#16181d' }
const basic = [
  '#16181d',
  '#f07178',
  '#9ccc65',
  '#ffcb6b',
  '#82aaff',
  '#c792ea',
  '#7fdbca',
  '#d7dae0',
  '#7d8590',
  '#ff8b92',
  '#b5e48c',
  '#ffe082',
  '#a5c8ff',
  '#ddb6f2',
  '#a8e6dc',
  '#ffffff',
] as const

/** Draws a screen as SVG: the same bytes for the same screen. Block characters are drawn, so that QR codes scan. */
export function renderSvg({ columns, rows }: Picture, { title }: SvgOptions): string {
  const width = round(columns * cell.width + 2 * margin.side)
  const height = round(rows.length * cell.height + margin.top + margin.bottom)
  const drawn = rows.map((row, index) => drawRow(row, margin.top + index * cell.height)).join('')
  const dots = ['#f07178', '#ffcb6b', '#9ccc65'].map(
    (fill, index) => `<circle cx="${20 + index * 18}" cy="20" r="5.5" fill="${fill}"/>`,
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">`,
    `<rect width="${width}" height="${height}" rx="8" fill="${own.ground}"/>`,
    dots.join(''),
    `<g font-family="ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14" fill="${own.text}">`,
    `<text x="${round(width / 2)}" y="25" text-anchor="middle" fill="${basic[8]}" font-size="13">${escaped(title)}</text>`,
    `${drawn}</g></svg>\n`,
  ].join('\n')
}

function drawRow(row: readonly Cell[], top: number): string {
  const last = row.findLastIndex(({ text, ground }) => text.trim() !== '' || ground.kind !== 'own')
  const used = row.slice(0, last + 1)
  return `${drawGrounds(used, top)}${drawBlocks(used, top)}${drawTexts(used, top)}`
}

function drawGrounds(row: readonly Cell[], top: number): string {
  return runs(row, (one) => (one.ground.kind === 'own' ? undefined : css(one.ground, own.ground)))
    .map(({ key, from, length }) => rectangle({ from, top, length, fill: key }))
    .join('')
}

/** The part of its place that a block character fills: from and to, as shares of its height. */
const blocks: Readonly<Record<string, readonly [number, number]>> = {
  '█': [0, 1],
  '▀': [0, 0.5],
  '▄': [0.5, 1],
}

function drawBlocks(row: readonly Cell[], top: number): string {
  return runs(row, (one) => (one.text in blocks ? `${one.text}${css(one.textColor, own.text)}` : undefined))
    .map(({ key, from, length }) => {
      const [begin, end] = blocks[key.slice(0, 1)] ?? [0, 1]
      return rectangle({
        from,
        length,
        top: top + begin * cell.height,
        height: (end - begin) * cell.height,
        fill: key.slice(1),
      })
    })
    .join('')
}

function drawTexts(row: readonly Cell[], top: number): string {
  const styled = runs(row, (one) => (one.text in blocks ? undefined : styleOf(one)))
  return styled
    .flatMap((run) => partsOf(row, run))
    .map(({ from, length, key, text }) => {
      const x = round(margin.side + from * cell.width)
      const y = round(top + 13)
      // The length is given, so that columns stay columns in whatever font there is.
      return `<text x="${x}" y="${y}" textLength="${round(length * cell.width)}" lengthAdjust="spacingAndGlyphs"${key}>${escaped(text)}</text>`
    })
    .join('')
}

interface Run {
  readonly key: string
  readonly from: number
  readonly length: number
}

/** What stands between blanks, one blank excepted: whoever draws SVG makes one of several. */
function partsOf(row: readonly Cell[], { key, from, length }: Run): (Run & { readonly text: string })[] {
  const parts: { key: string; from: number; length: number; text: string }[] = []
  for (const [offset, { text }] of row.slice(from, from + length).entries()) {
    const at = from + offset
    const last = parts.at(-1)
    if (text === ' ') continue
    if (last === undefined || at > last.from + last.length + 1) parts.push({ key, from: at, length: 1, text })
    else {
      last.text += at > last.from + last.length ? ` ${text}` : text
      last.length = at - last.from + 1
    }
  }
  return parts
}

function styleOf(one: Cell): string {
  return [
    one.textColor.kind === 'own' ? '' : ` fill="${css(one.textColor, own.text)}"`,
    one.bold ? ' font-weight="bold"' : '',
    one.dim ? ' opacity="0.65"' : '',
    one.italic ? ' font-style="italic"' : '',
    one.underlined ? ' text-decoration="underline"' : '',
  ].join('')
}

/** Neighbours that have the same key; those without a key are left out. */
function runs(row: readonly Cell[], keyOf: (one: Cell) => string | undefined): Run[] {
  const found: { key: string; from: number; length: number }[] = []
  for (const [index, one] of row.entries()) {
    const key = keyOf(one)
    const before = found.at(-1)
    if (key === undefined) continue
    if (before?.key === key && before.from + before.length === index) before.length += 1
    else found.push({ key, from: index, length: 1 })
  }
  return found
}

function rectangle(place: {
  readonly from: number
  readonly length: number
  readonly top: number
  readonly height?: number
  readonly fill: string
}): string {
  const x = round(margin.side + place.from * cell.width)
  const width = round(place.length * cell.width)
  const height = round(place.height ?? cell.height)
  return `<rect x="${x}" y="${round(place.top)}" width="${width}" height="${height}" fill="${place.fill}" shape-rendering="crispEdges"/>`
}

function css(color: Color, otherwise: string): string {
  if (color.kind === 'own') return otherwise
  if (color.kind === 'rgb') return `#${color.value.toString(16).padStart(6, '0')}`
  return basic[color.index] ?? paletteColor(color.index)
}

/** xterm's palette beyond the 16 basic colours: a cube of 6 × 6 × 6, then greys. */
function paletteColor(index: number): string {
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10
    return `rgb(${grey},${grey},${grey})`
  }
  const place = index - 16
  const parts = [Math.floor(place / 36), Math.floor(place / 6) % 6, place % 6]
  return `rgb(${parts.map((part) => (part === 0 ? 0 : 55 + part * 40)).join(',')})`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
}
