import { readFileSync } from 'node:fs'
import type { MarkdownRenderer } from 'vitepress'
import { table } from '../generator/markdown/markdown.ts'
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
    return token?.info.trim() === 'chart' ? drawChart(...readResult(token.content)) : (fence?.(...call) ?? '')
  }
}

function readResult(fence: string): [result: Result, title: string] {
  const [, name = '', title = ''] = /^([\w-]+): (.*)/.exec(fence) ?? []
  const file = new URL(`../../benchmarks/results/${name}.json`, import.meta.url)
  return [JSON.parse(readFileSync(file, 'utf8')), title]
}

/** Returns a chart as a table, for the Markdown version of its page. */
export function toTable(fence: string): string {
  const [{ unit, rows }, title] = readResult(fence)
  return table([title, unit], rows.map(toCells))
}

function toCells({ name, series, value }: Result['rows'][number]): string[] {
  return [series === undefined ? name : `${name}, ${series}`, format(value)]
}

/** Returns a bar chart as a figure, with its numbers as a table for readers without the drawing. */
export function drawChart({ command, date, node, machine, unit, rows }: Result, title: string): string {
  const bars = rows.map(({ name, value, series }) => {
    const isOurs = series === undefined ? /particle-grants|pgrants/.test(name) : series === 'with the guard'
    const text = series === undefined ? format(value) : `${format(value)} ${series}`
    return { name, series, to: value, text, fill: isOurs ? 'pg-bar-ours' : 'pg-bar-others' }
  })
  const lines = rows.map((row) => `<tr><td>${toCells(row).map(escapeHtml).join('</td><td>')}</td></tr>`)
  return `<figure class="chart" v-pre><div class="scroller" tabindex="0" role="img" aria-label="${escapeHtml(title)}, ${escapeHtml(unit)}">${drawBars(bars, { x: { nice: 4, ticks: 4 } })}</div>
<figcaption><strong>${escapeHtml(title)}</strong>, ${escapeHtml(unit)}. <code>${escapeHtml(command)}</code>, ${date}, Node ${node}, ${escapeHtml(machine)}.</figcaption>
<details><summary>The numbers</summary><table><thead><tr><th></th><th>${escapeHtml(unit)}</th></tr></thead><tbody>${lines.join('')}</tbody></table></details></figure>\n`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}
