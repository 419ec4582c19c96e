import type { FieldNameOf, GrantType, grants } from '../../grants/catalogue.ts'
import type { PageId } from '../pages.ts'
import type { Fact, Provenance } from '../provenance.ts'
import type { QuestionId } from '../questions/catalogue.ts'

/** What explains a form field of a grant. Whether it is required, and its form, are in the running catalogue. */
export interface FieldReference {
  readonly meaning: string
  /** A value of the field's form, as it looks before it is form-encoded. */
  readonly example: string
  /** Where it is known from that the grant takes this field. */
  readonly from: Provenance
  readonly facts?: readonly Fact[]
}

type Running<G extends GrantType> = (typeof grants)[G]

/**
 * What explains a grant, keyed by what runs of it: a field, a kind of client or an outcome that is missing
 * does not compile. Which errors may come back follows from the causes of the errors: see `explainGrant`.
 */
export interface GrantReference<G extends GrantType> {
  readonly title: string
  readonly summary: string
  /** What to know before anything else, where the grant probably does not do what its name says. */
  readonly caution?: Fact
  readonly whenToUse: readonly string[]
  /** What the grant is for with each kind of client that may use it. */
  readonly clients: { readonly [K in Running<G>['clients'][number]]: Fact }
  readonly fields: { readonly [N in FieldNameOf<G>]: FieldReference }
  readonly outcomes: { readonly [O in Running<G>['outcomes'][number]]: Fact }
  readonly lifetimes: readonly Fact[]
  readonly questions: readonly QuestionId[]
  readonly pages: readonly PageId[]
}
