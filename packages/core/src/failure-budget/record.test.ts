import { describe, expect, it } from 'vitest'
import { emptyRecord, parseRecord, serializeRecord } from './record.ts'

const full = {
  ...emptyRecord,
  next: 4,
  marks: [{ order: 1, at: 1000, lane: 'attempt', kind: 'failed' }],
  flights: [{ id: 'a', order: 2, at: 2000, lane: 'renewal', lasts: 120_000, ifLost: 'doubtful' }],
  sent: [1000, 2000],
  blockedUntil: 3000,
  refused: ['hash'],
  served: ['other'],
} as const

describe('the record of a failure budget', () => {
  it('comes back as it was written', () => {
    for (const record of [emptyRecord, full]) expect(parseRecord(serializeRecord(record))).toEqual(record)
  })

  it.each([
    ['a list that is none', { marks: {} }, 'marks is no list'],
    ['a mark that is none', { marks: [1] }, 'marks[0] is no object'],
    [
      'a lane that there is not',
      { flights: [{ ...full.flights[0], lane: 'fast' }] },
      'flights[0].lane is none of',
    ],
    ['a time that is no number', { sent: [1, '2'] }, 'sent holds a value of the wrong type'],
    ['a client that is no text', { refused: [1] }, 'refused holds a value of the wrong type'],
    ['another version', { version: 2 }, 'its version is 2'],
  ])('is refused with %s', (_, change, problem) => {
    const text = JSON.stringify({ ...JSON.parse(serializeRecord(full)), ...change })
    expect(() => parseRecord(text)).toThrow(problem)
  })
})
