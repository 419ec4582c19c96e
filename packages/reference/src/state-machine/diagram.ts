import type { EventType, Status } from '@particle-grants/core/machine'
import { type TransitionRow, transitions } from './transitions.ts'

/** The rows of the table that lead from one state to another one, or back to the same. */
export interface StateArrow {
  readonly from: Status
  readonly to: Status
  readonly rows: readonly TransitionRow[]
  /** Events that lead here and reject nothing. */
  readonly events: readonly EventType[]
  /** Events that lead here only with an error for the caller. */
  readonly rejectedEvents: readonly EventType[]
  /** Part of a normal sign-in and renewal. Draw these large and the others small. */
  readonly isMainPath: boolean
}

const mainPath: Readonly<Partial<Record<Status, readonly Status[]>>> = {
  signed_out: ['requesting'],
  requesting: ['mfa_required', 'signed_in'],
  mfa_required: ['requesting'],
  signed_in: ['renewing'],
  renewing: ['signed_in'],
}

/** Returns the arrows between the states, in the order of the table. A row with several next states is on each arrow. */
export function findStateArrows(table: readonly TransitionRow[] = transitions): readonly StateArrow[] {
  const found = new Map<string, { from: Status; to: Status; rows: TransitionRow[] }>()
  for (const row of table) {
    for (const to of new Set(row.to)) {
      const key = `${row.from} ${to}`
      const arrow = found.get(key) ?? { from: row.from, to, rows: [] }
      arrow.rows.push(row)
      found.set(key, arrow)
    }
  }
  return [...found.values()].map((arrow) => ({
    ...arrow,
    ...splitEvents(arrow.rows),
    isMainPath: mainPath[arrow.from]?.includes(arrow.to) ?? false,
  }))
}

/** Returns the state diagram as Mermaid source: every change of state, with the events that cause it. */
export function stateDiagram(): string {
  const lines = findStateArrows()
    .filter(({ from, to }) => from !== to)
    .map(({ from, to, events, rejectedEvents }) => {
      const names = events.length > 0 ? events : rejectedEvents
      return `  ${from} --> ${to}: ${names.join(', ')}`
    })
  return ['stateDiagram-v2', '  [*] --> signed_out', ...lines].join('\n')
}

function splitEvents(rows: readonly TransitionRow[]): Pick<StateArrow, 'events' | 'rejectedEvents'> {
  const events = new Set(rows.filter(({ effects }) => !effects.includes('reject')).map(({ on }) => on))
  const rejectedEvents = new Set(rows.map(({ on }) => on).filter((on) => !events.has(on)))
  return { events: [...events], rejectedEvents: [...rejectedEvents] }
}
