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

/** What to do when the token expires, and with the refresh token, by the grant that renews it. */
const renewals = {
  client_credentials: {
    next: 'request a new one',
    refreshToken: 'is not needed: request a new token instead. It is valid for',
  },
  refresh_token: {
    next: 'refresh or replace it',
    refreshToken:
      'can be used once. If it is valid for 14 days, a refresh on day 90 fails: refresh earlier, or use client_credentials. It is valid for',
  },
  none: { next: 'sign in again', refreshToken: 'does not work. It would be valid for' },
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
  return { renewedBy, ...renewals[renewedBy ?? 'none'] }
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

/** Describes the timeline as text. */
export function describeTimeline(kind: DrawnKind): string {
  const { next, refreshToken } = findRenewal(kind)
  const lengths = refreshes.map(({ text }) => text).join(' or ')
  return `The access token is valid for ${accessDays} days, unless you request another lifetime. Then ${next}. The refresh token ${refreshToken} ${lengths}.`
}

/** The drawings as files that the site puts into its pages. */
export function timelineFiles(): readonly GeneratedFile[] {
  return (Object.keys(drawn) as DrawnKind[]).map((kind) => ({
    path: `.vitepress/drawings/${kind}.svg`,
    text: `${drawTimeline(kind)}\n`,
  }))
}
