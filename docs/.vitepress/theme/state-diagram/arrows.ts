import type { EventType, Status, Transition } from '@particle-grants/core'

/** All rows of the table that lead from one state to another, or back to itself. */
export interface Arrow {
  readonly from: Status
  readonly to: Status
  readonly rows: readonly Transition[]
  /** Events that get on here. */
  readonly getsOn: readonly EventType[]
  /** Events that end here only by being refused. */
  readonly refused: readonly EventType[]
}

/** The arrows of a table, in its order. A row that may lead to several states is on the arrow to each. */
export function arrowsOf(table: readonly Transition[]): readonly Arrow[] {
  const found = new Map<string, { from: Status; to: Status; rows: Transition[] }>()
  for (const row of table) {
    for (const to of new Set(row.to)) {
      const key = `${row.from} ${to}`
      const arrow = found.get(key) ?? { from: row.from, to, rows: [] }
      arrow.rows.push(row)
      found.set(key, arrow)
    }
  }
  return [...found.values()].map((arrow) => ({ ...arrow, ...eventsOf(arrow.rows) }))
}

/** What an arrow says in words: for the text alternative and the list below the diagram. */
export function describeArrow({ from, to, getsOn, refused }: Arrow): string {
  const parts = [getsOn.join(', '), refused.length > 0 ? `refused: ${refused.join(', ')}` : '']
  const events = parts.filter((part) => part !== '').join('; ')
  return from === to ? `${from} stays: ${events}` : `${from} to ${to}: ${events}`
}

function eventsOf(rows: readonly Transition[]): Pick<Arrow, 'getsOn' | 'refused'> {
  const getsOn = new Set(rows.filter(({ effects }) => !effects.includes('refuse')).map(({ on }) => on))
  const refused = new Set(rows.map(({ on }) => on).filter((on) => !getsOn.has(on)))
  return { getsOn: [...getsOn], refused: [...refused] }
}
