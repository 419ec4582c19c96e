import { getRenewalGrant } from '@particle-grants/core/protocol'
import { lifetimes } from '@particle-grants/reference'
import { describe, expect, it } from 'vitest'
import { type LifeKind, lifeKinds, timelineOf } from './timeline.ts'

const kinds = Object.keys(lifeKinds) as LifeKind[]

describe.each(kinds)('the timeline of a %s token', (kind) => {
  const timeline = timelineOf(kind)
  const { client, grant } = lifeKinds[kind]

  it('ends when the reference says, with every bar inside the drawing', () => {
    expect(timeline.end.day).toBe((lifetimes.access_token.seconds[0]?.value ?? 0) / 86_400)
    for (const { from, to } of timeline.rows.flatMap(({ bars }) => bars)) {
      expect(from).toBeLessThan(to)
      expect(to).toBeLessThanOrEqual(timeline.days)
    }
  })

  it('continues only where a grant renews the token', () => {
    const next = timeline.rows.flatMap(({ bars }) => bars).filter((bar) => bar.kind === 'next')
    expect(next).toHaveLength(getRenewalGrant(grant, client) === undefined ? 0 : 1)
  })

  it('is described as text', () => {
    expect(timeline.text[0]).toMatch(/valid for 90 days.*Then /)
  })
})

it('shows a working refresh token only for a customer with a password', () => {
  const useful = kinds.filter((kind) =>
    timelineOf(kind).rows.some(
      ({ label, bars }) => label === 'Refresh token' && bars.some((bar) => bar.kind === 'good'),
    ),
  )
  expect(useful).toEqual(['customer_password'])
})
