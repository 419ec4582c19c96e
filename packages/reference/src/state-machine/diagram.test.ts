import { statuses } from '@particle-grants/core/machine'
import { describe, expect, it } from 'vitest'
import { findStateArrows, stateDiagram } from './diagram.ts'
import { type TransitionRow, transitions } from './transitions.ts'

describe('findStateArrows', () => {
  it('puts every row on one arrow to each of its next states', () => {
    const expected = transitions.flatMap((row) => row.to.map((to) => ({ row, to })))
    const found = findStateArrows().flatMap(({ rows, to }) => rows.map((row) => ({ row, to })))
    expect(found).toHaveLength(expected.length)
    expect(new Set(found.map(({ row }) => row))).toEqual(new Set(transitions))
  })

  it('separates events that succeed from events that only reject', () => {
    const row = { from: 'signed_in', on: 'renew', when: [], to: ['renewing'] } as const
    const table: readonly TransitionRow[] = [
      { ...row, effects: ['request'] },
      { ...row, effects: ['reject'] },
      { ...row, on: 'login', effects: ['save', 'reject'] },
    ]
    expect(findStateArrows(table)).toMatchObject([{ events: ['renew'], rejectedEvents: ['login'] }])
  })

  it('marks a path from signing in to renewing', () => {
    const main = findStateArrows().filter(({ isMainPath }) => isMainPath)
    expect(main.map(({ from, to }) => `${from} ${to}`)).toEqual([
      'signed_out requesting',
      'requesting signed_in',
      'requesting mfa_required',
      'mfa_required requesting',
      'signed_in renewing',
      'renewing signed_in',
    ])
  })
})

describe('stateDiagram', () => {
  it('is a Mermaid diagram that starts signed out and has every state', () => {
    const [type, start, ...arrows] = stateDiagram().split('\n')
    expect([type, start]).toEqual(['stateDiagram-v2', '  [*] --> signed_out'])
    for (const status of statuses) expect(arrows.join('\n')).toContain(status)
    expect(arrows).toContain('  signed_in --> renewing: renew')
  })
})
