import * as Plot from '@observablehq/plot'
import { type Bar, drawBars } from '../.vitepress/draw-bars.ts'
import { type LifeKind, lifeKinds, timelineOf } from '../.vitepress/theme/token-life/timeline.ts'
import type { GeneratedFile } from './page.ts'

const looks = {
  good: { fill: 'pg-bar-ours' },
  useless: { fill: 'vp-c-bg', isDashed: true },
  next: { fill: 'vp-c-brand-soft', isDashed: true },
} as const

/** Draws the lifetime of a kind of token: when each token ends, and what to do then. */
export function drawTimeline(kind: LifeKind): string {
  const { days, rows, end } = timelineOf(kind)
  const bars = rows.flatMap(({ label, bars: all }, at): Bar[] => {
    const name = `${label}: ${all[0]?.label}${at === 0 ? `, then ${end.text}` : ''}`
    return all.map(({ from, to, kind: is }) => ({ name, from, to, ...looks[is] }))
  })
  return drawBars(bars, {
    x: { domain: [0, days], ticks: [0, 30, 60, end.day], tickFormat: (day) => `day ${day}` },
    marks: [Plot.ruleX([end.day], { stroke: 'var(--vp-c-brand-1)', strokeWidth: 2 })],
  })
}

/** The drawings as files that the site puts into its pages. */
export function timelineFiles(): readonly GeneratedFile[] {
  return (Object.keys(lifeKinds) as LifeKind[]).map((kind) => ({
    path: `.vitepress/drawings/${kind}.svg`,
    text: `${drawTimeline(kind)}\n`,
  }))
}
