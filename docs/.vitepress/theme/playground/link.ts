import { type ScenarioId, scenarioIds, scenarios } from './scenarios.ts'

/** A position in the playground, as links contain it. */
export interface Place {
  readonly scenario: ScenarioId
  /** The number of steps taken. */
  readonly step: number
}

/** Reads the position from a link's query. Without one it is the start. */
export function readPlace(query: string): Place {
  const given = new URLSearchParams(query)
  const scenario = scenarioIds.find((id) => id === given.get('scenario')) ?? 'mfa'
  const step = /^\d{1,2}$/.test(given.get('step') ?? '') ? Number(given.get('step')) : 0
  return { scenario, step: Math.min(step, scenarios[scenario].steps.length) }
}

/** Returns the query of a link to a position. */
export function writePlace({ scenario, step }: Place): string {
  return `?${new URLSearchParams({ scenario, ...(step > 0 && { step: String(step) }) })}`
}
