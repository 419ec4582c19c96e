import type { PageId } from '../pages.ts'
import type { Fact, Provenance } from '../provenance.ts'

/** A call around the token endpoint. */
export interface Call {
  readonly title: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  /** How the call says who is asking. */
  readonly authentication: 'bearer' | 'basic' | 'client' | 'none'
  /** The fields of the body, where it takes any. */
  readonly fields: readonly string[]
  /** An answer as it looks; only the fields that are known. */
  readonly answer: string
  readonly from: Provenance
  readonly facts: readonly Fact[]
  readonly pages: readonly PageId[]
}
