import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { drawChart } from './charts.ts'

const root = new URL('../../', import.meta.url)

it('draws a bar for each row, with the command, the machine and the numbers', () => {
  const rows = [
    { name: 'other', value: 1000 },
    { name: 'pgrants <x>', value: 2.5 },
  ]
  const html = drawChart(
    { command: 'npm run bench x', date: '2026-11-27', node: '20', machine: 'a CPU', unit: 'kB', rows },
    'Size',
  )
  expect(html.match(/<rect /g)).toHaveLength(2)
  expect(html).toContain('<code>npm run bench x</code>, 2026-11-27, Node 20, a CPU.')
  expect(html).toContain('<td>pgrants &lt;x></td><td>2.5</td>')
  expect(html).not.toMatch(/<style|pgrants <x>/)
})

it('has a tick beyond the longest bar', () => {
  for (const [value, tick] of [
    [17.8, 20],
    [23.7, 25],
    [83.3, 100],
  ] as const) {
    const head = { command: '', date: '', node: '', machine: '', unit: '' }
    expect(drawChart({ ...head, rows: [{ name: 'a', value }] }, '')).toContain(`>${tick}</text>`)
  }
})

it('finds the results of every chart on the page', () => {
  const page = readFileSync(new URL('docs/performance.md', root), 'utf8')
  const names = [...page.matchAll(/```chart\n([\w-]+):/g)].map(([, name]) => name)
  expect(names).toHaveLength(5)
  for (const name of names) expect(existsSync(new URL(`benchmarks/results/${name}.json`, root)), name).toBe(true)
})
