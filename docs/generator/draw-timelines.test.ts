import { getRenewalGrant } from '@particle-grants/core/protocol'
import { tokenKinds } from '@particle-grants/reference'
import { parseHTML } from 'linkedom'
import { describe, expect, it } from 'vitest'
import { describeTimeline, drawTimeline, isDrawn } from './draw-timelines.ts'

const kinds = Object.keys(tokenKinds).filter(isDrawn)

/** Returns the fills of the bars of a timeline. */
function fillsOf(kind: (typeof kinds)[number]): readonly (string | null)[] {
  const { document } = parseHTML(`<html><body>${drawTimeline(kind)}</body></html>`)
  return [...document.querySelectorAll('rect')].map((bar) => bar.getAttribute('fill'))
}

describe.each(kinds)('the timeline of a %s token', (kind) => {
  const { client, grant } = tokenKinds[kind]

  it('continues only where a grant renews the token', () => {
    const next = fillsOf(kind).filter((fill) => fill === 'var(--vp-c-brand-soft)')
    expect(next).toHaveLength(getRenewalGrant(grant, client) === undefined ? 0 : 1)
  })

  it('says when the token expires and what to do then, as a drawing and as text', () => {
    expect(drawTimeline(kind)).toMatch(/>Access token: 90 days, then [a-z ]+</)
    expect(describeTimeline(kind)).toMatch(/^Access token: 90 days, then .* Refresh token: 14 days .* or 104 days/)
  })
})

it('draws a working refresh token only for a customer with a password', () => {
  const useful = kinds.filter((kind) => fillsOf(kind).filter((fill) => fill === 'var(--pg-bar-ours)').length > 1)
  expect(useful).toEqual(['customer_password'])
})
