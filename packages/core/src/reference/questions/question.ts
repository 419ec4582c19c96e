import type { Fact } from '../provenance.ts'

/** A question that people ask, and its answer. */
export interface Question {
  readonly question: string
  /** The answer; its first fact answers by itself. */
  readonly answer: readonly [Fact, ...Fact[]]
}
