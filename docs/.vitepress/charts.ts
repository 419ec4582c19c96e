import { readFileSync } from 'node:fs'
import * as Plot from '@observablehq/plot'
import { parseHTML } from 'linkedom'
import type { MarkdownRenderer } from 'vitepress'

/** What a benchmark wrote. */
interface Result {
  readonly command: string
  readonly date: string
  readonly node: string
  readonly machine: string
  readonly unit: string
  readonly rows: readonly { readonly name: string; readonly value: number; readonly series?: string }[]
}

const labelWidth = 250
const format = (value: number) => value.toLocaleString('en', { maximumSignificantDigits: 3 })

/** Draws ```chart fences while the site is built: each names a result of a benchmark, and the chart's title. */
export function chartFences(markdown: MarkdownRenderer): void {
  const fence = markdown.renderer.rules.fence
  markdown.renderer.rules.fence = (...call) => {
    const [tokens, index] = call
    const token = tokens[index]
    if (token?.info.trim() !== 'chart') return fence?.(...call) ?? ''
    const [, name = '', title = ''] = /^([\w-]+): (.*)/.exec(token.content) ?? []
    const file = new URL(`../../benchmarks/results/${name}.json`, import.meta.url)
    return drawChart(JSON.parse(readFileSync(file, 'utf8')), title)
  }
}

/** Returns a bar chart as a figure, with its numbers as a table for readers without the drawing. */
export function drawChart(result: Result, title: string): string {
  const { command, date, node, machine, unit, rows } = result
  const { document } = parseHTML('<html><body></body></html>')
  const hasSeries = rows.some(({ series }) => series !== undefined)
  const channels = { x: 'value', y: hasSeries ? 'series' : 'name', ...(hasSeries && { fy: 'name' }) }
  const isOurs = ({ name, series }: Result['rows'][number]) =>
    hasSeries ? series === 'with the guard' : /particle-grants|pgrants/.test(name)
  const chart = Plot.plot({
    document: document as unknown as Document,
    width: 760,
    marginLeft: hasSeries ? 100 : labelWidth,
    marginRight: hasSeries ? labelWidth : 60,
    x: { label: unit, grid: true },
    y: { label: null, ...(!hasSeries && { domain: rows.map(({ name }) => name) }) },
    fy: { label: null },
    marks: [
      Plot.barX(rows, { ...channels, fill: (row) => `var(--pg-${isOurs(row) ? 'bar-ours' : 'bar-others'})` }),
      Plot.text(rows, { ...channels, text: ({ value }) => format(value), textAnchor: 'start', dx: 4 }),
    ],
  })
  const svg = chart.outerHTML.replace(/<style>[\s\S]*?<\/style>/g, '')
  const lines = rows.map(
    ({ name, series, value }) =>
      `<tr><td>${escapeHtml(series === undefined ? name : `${name}, ${series}`)}</td><td>${format(value)}</td></tr>`,
  )
  return `<figure class="chart" v-pre><div class="scroller" tabindex="0" role="img" aria-label="${escapeHtml(title)}, ${escapeHtml(unit)}">${svg}</div>
<figcaption><strong>${escapeHtml(title)}</strong>, ${escapeHtml(unit)}. <code>${escapeHtml(command)}</code>, ${date}, Node ${node}, ${escapeHtml(machine)}.</figcaption>
<details><summary>The numbers</summary><table><thead><tr><th></th><th>${escapeHtml(unit)}</th></tr></thead><tbody>${lines.join('')}</tbody></table></details></figure>\n`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
