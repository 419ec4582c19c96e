import * as Plot from '@observablehq/plot'
import { getRenewalGrant } from '@particle-grants/core/protocol'
import { lifetimes, sources, tokenKinds } from '@particle-grants/reference'
import { type Bar, drawBars } from '../.vitepress/draw-bars.ts'
import type { GeneratedFile } from './page.ts'

const { developer, product, customer_password, user } = tokenKinds

/** The kinds of token whose lifetime is drawn. */
const drawn = { developer, product, customer_password, user } as const

/** The name of a drawn kind of token. */
export type DrawnKind = keyof typeof drawn

/** Whether the lifetime of a kind of token is drawn: the others never expire, or are drawn as another one. */
export function isDrawn(kind: string): kind is DrawnKind {
  return Object.hasOwn(drawn, kind)
}

/** What to do when the token expires, by the grant that renews it. */
const renewals = {
  client_credentials: 'request a new one',
  refresh_token: 'refresh or replace it',
  none: 'sign in again',
} as const

const toDays = (seconds = 0) => seconds / 86_400
const accessDays = toDays(lifetimes.access_token.seconds[0]?.value)
const refreshes = lifetimes.refresh_token.seconds.map(({ value, fact }) => ({
  days: toDays(value),
  text: `${toDays(value)} days (${sources[fact.from[0]].title.toLowerCase()})`,
}))

function findRenewal(kind: DrawnKind) {
  const { client, grant } = drawn[kind]
  const renewedBy = getRenewalGrant(grant, client)
  return { renewedBy, next: renewals[renewedBy ?? 'none'] }
}

/** Draws when the tokens of this kind expire, and what to do then. */
export function drawTimeline(kind: DrawnKind): string {
  const { renewedBy, next } = findRenewal(kind)
  const end = Math.max(accessDays, ...refreshes.map(({ days }) => days)) + 16
  const valid = { fill: 'pg-bar-ours' }
  const useless = { fill: 'vp-c-bg', isDashed: true }
  const name = `Access token: ${accessDays} days, then ${next}`
  const bars: Bar[] = [
    { name, to: accessDays, ...valid },
    ...(renewedBy === undefined ? [] : [{ name, from: accessDays, to: end, fill: 'vp-c-brand-soft', isDashed: true }]),
    ...refreshes.map(({ days, text }) => ({
      name: `Refresh token: ${text}`,
      to: days,
      ...(renewedBy === 'refresh_token' ? valid : useless),
    })),
  ]
  return drawBars(bars, {
    x: { domain: [0, end], ticks: [0, 30, 60, accessDays], tickFormat: (day) => `day ${day}` },
    marks: [Plot.ruleX([accessDays], { stroke: 'var(--vp-c-brand-1)', strokeWidth: 2 })],
  })
}

/** Describes the timeline as text, in one sentence: the facts below it say the rest. */
export function describeTimeline(kind: DrawnKind): string {
  return `Access token: ${accessDays} days, then ${findRenewal(kind).next}. Refresh token: ${refreshes.map(({ text }) => text).join(' or ')}.`
}

/** The drawings as files that the site puts into its pages. */
export function timelineFiles(): readonly GeneratedFile[] {
  return (Object.keys(drawn) as DrawnKind[]).map((kind) => ({
    path: `.vitepress/drawings/${kind}.svg`,
    text: `${drawTimeline(kind)}\n`,
  }))
}
