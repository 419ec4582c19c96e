import { grants } from '@particle-grants/core'
import { lifetimes, tokenLives } from '@particle-grants/core/reference'
import { describe, expect, it } from 'vitest'
import { type LifeKind, timelineOf } from './timeline.ts'

const kinds = Object.keys(tokenLives) as LifeKind[]

describe.each(kinds)('the life of a %s token', (kind) => {
  const timeline = timelineOf(kind)
  const { client, grant } = tokenLives[kind]

  it('ends when the catalogue says, and every bar lies inside the drawing', () => {
    expect(timeline.end.day).toBe((lifetimes.access_token.seconds[0]?.value ?? 0) / 86_400)
    for (const { from, to } of timeline.rows.flatMap(({ bars }) => bars)) {
      expect(from).toBeLessThan(to)
      expect(to).toBeLessThanOrEqual(timeline.days)
    }
  })

  it('goes on only where the catalogue has a grant that renews it', () => {
    const next = timeline.rows.flatMap(({ bars }) => bars).filter((bar) => bar.kind === 'next')
    expect(next).toHaveLength(grants[grant].renewedBy[client] === null ? 0 : 1)
  })

  it('is told in words', () => {
    expect(timeline.text[0]).toMatch(/lives 90 days.*Then: /)
  })
})

it('only a customer token has a refresh token that is good for something', () => {
  const useful = kinds.filter((kind) =>
    timelineOf(kind).rows.some(
      ({ label, bars }) => label === 'Refresh token' && bars.some((bar) => bar.kind === 'good'),
    ),
  )
  expect(useful).toEqual(['customer'])
})
