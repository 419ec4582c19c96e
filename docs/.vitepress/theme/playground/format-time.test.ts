import { expect, it } from 'vitest'
import { formatDistance, formatTime } from './format-time.ts'

it('formats a time in UTC', () => {
  expect(formatTime(Date.UTC(2026, 10, 24, 3, 5, 7))).toBe('2026-11-24 03:05:07 UTC')
})

it.each([
  [0, 90 * 86_400_000, 'in 90 days'],
  [3_600_000, 0, '1 hour ago'],
  [0, 90_000, 'in 1 minute'],
  [0, 0, '0 seconds ago'],
])('formats the distance from %d to %d as %s', (from, to, text) => {
  expect(formatDistance(from, to)).toBe(text)
})
