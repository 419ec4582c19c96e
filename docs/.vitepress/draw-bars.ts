import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'

/** A bar of a drawing. */
export interface Bar {
  /** Bars of one name share a row, below their name. */
  readonly name: string
  /** The bars of a row are beside each other, or below each other if they have different series. */
  readonly series?: string | undefined
  readonly from?: number
  readonly to: number
  /** Shown behind the bar. */
  readonly text?: string
  /** A colour of the theme. */
  readonly fill: string
  readonly isDashed?: boolean
}

/** Draws bars as SVG, narrow enough for a phone: names are above their bars, and the colours are those of the page. */
export function drawBars(
  bars: readonly Bar[],
  { x, marks = [] }: { readonly x?: Plot.ScaleOptions; readonly marks?: readonly Plot.Markish[] },
): string {
  const { document } = parseHTML('<html><body></body></html>')
  const names = [...new Set(bars.map(({ name }) => name))]
  const perRow = new Set(bars.map(({ series }) => series)).size
  const channels = { x1: ({ from = 0 }: Bar) => from, x2: 'to', y: ({ series = '' }: Bar) => series, fy: 'name' }
  const fill = ({ fill: colour }: Bar) => `var(--${colour})`
  const chart = Plot.plot({
    document: document as unknown as Document,
    width: 340,
    height: names.length * (28 + 20 * perRow) + 52,
    marginTop: 24,
    marginLeft: 20,
    marginRight: Math.max(...bars.map(({ text = '' }) => text.length)) * 6.5 + 8,
    x: { label: null, grid: true, ...x },
    y: { axis: null, padding: 0.1 },
    fy: { axis: null, domain: names, padding: 28 / (28 + 20 * perRow) },
    marks: [
      Plot.barX(
        bars.filter(({ isDashed }) => !isDashed),
        { ...channels, fill },
      ),
      Plot.barX(
        bars.filter(({ isDashed }) => isDashed),
        { ...channels, fill, stroke: 'var(--pg-line)', strokeDasharray: '4 3' },
      ),
      Plot.text(bars, { ...channels, x: 'to', text: ({ text = '' }) => text, textAnchor: 'start', dx: 4 }),
      Plot.text(names, { fy: (name) => name, text: (name) => name, frameAnchor: 'top-left', dy: -15, fontWeight: 500 }),
      ...marks,
    ],
  })
  // Its figure has a label and the numbers as text.
  chart.setAttribute('aria-hidden', 'true')
  // The library's style sheet sets colours.
  return chart.outerHTML.replace(/<style>[\s\S]*?<\/style>/g, '')
}
