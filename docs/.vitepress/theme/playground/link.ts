import { type ScenarioId, scenarioIds, scenarios } from './scenarios.ts'

/** Where somebody is in the playground. Nothing else goes into a link. */
export interface Place {
  readonly scenario: ScenarioId
  /** Steps taken. */
  readonly step: number
}

/** The place that a link's query names; its beginning where it names none. */
export function readPlace(query: string): Place {
  const given = new URLSearchParams(query)
  const scenario = scenarioIds.find((id) => id === given.get('scenario')) ?? 'mfa'
  const step = /^\d{1,2}$/.test(given.get('step') ?? '') ? Number(given.get('step')) : 0
  return { scenario, step: Math.min(step, scenarios[scenario].steps.length) }
}

/** The query of a link to a place. */
export function writePlace({ scenario, step }: Place): string {
  return `?${new URLSearchParams({ scenario, ...(step > 0 && { step: String(step) }) })}`
}
