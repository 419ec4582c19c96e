import { readFileSync } from 'node:fs'
import type { MarkdownRenderer } from 'vitepress'
import { drawBars } from './draw-bars.ts'

/** What a benchmark wrote. */
interface Result {
  readonly command: string
  readonly date: string
  readonly node: string
  readonly machine: string
  readonly unit: string
  readonly rows: readonly { readonly name: string; readonly value: number; readonly series?: string }[]
}

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
export function drawChart({ command, date, node, machine, unit, rows }: Result, title: string): string {
  const bars = rows.map(({ name, value, series }) => {
    const isOurs = series === undefined ? /particle-grants|pgrants/.test(name) : series === 'with the guard'
    const text = series === undefined ? format(value) : `${format(value)} ${series}`
    return { name, series, to: value, text, fill: isOurs ? 'pg-bar-ours' : 'pg-bar-others' }
  })
  const lines = rows.map(
    ({ name, series, value }) =>
      `<tr><td>${escapeHtml(series === undefined ? name : `${name}, ${series}`)}</td><td>${format(value)}</td></tr>`,
  )
  return `<figure class="chart" v-pre><div class="scroller" tabindex="0" role="img" aria-label="${escapeHtml(title)}, ${escapeHtml(unit)}">${drawBars(bars, {})}</div>
<figcaption><strong>${escapeHtml(title)}</strong>, ${escapeHtml(unit)}. <code>${escapeHtml(command)}</code>, ${date}, Node ${node}, ${escapeHtml(machine)}.</figcaption>
<details><summary>The numbers</summary><table><thead><tr><th></th><th>${escapeHtml(unit)}</th></tr></thead><tbody>${lines.join('')}</tbody></table></details></figure>\n`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
