import type { PageId } from '../pages.ts'
import type { Fact, Provenance } from '../provenance.ts'

/** A call around the token endpoint. */
export interface Call {
  readonly title: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  /** How the call says who is asking. */
  readonly authentication: 'bearer' | 'basic' | 'client' | 'none'
  /** The fields that it takes, where it takes any, and which of them have to be there. */
  readonly fields: Readonly<Record<string, 'required' | 'optional'>>
  /** Whether its provider says to use something else. */
  readonly deprecated?: true
  /** An answer as it looks; only the fields that are known. */
  readonly answer: string
  readonly from: Provenance
  readonly facts: readonly Fact[]
  readonly pages: readonly PageId[]
}
