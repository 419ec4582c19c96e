import type { FieldName, GrantType, grants } from '@particle-grants/core/protocol'
import type { PageId } from '../pages.ts'
import type { QuestionId } from '../questions.ts'
import type { Fact, Provenance } from '../sources.ts'

/** Explains a form field of a grant. Core's catalogue says whether it is required, and its format. */
export interface FieldReference {
  readonly meaning: string
  /** A value in the field's format, before it is form-encoded. */
  readonly example: string
  /** Where it is known from that the grant accepts this field. */
  readonly from: Provenance
  readonly facts?: readonly Fact[]
}

type Definition<G extends GrantType> = (typeof grants)[G]

/**
 * Explains a grant. The keys come from core's catalogue, so a missing field or kind of client does not compile. Its
 * errors follow from the causes of the errors: see `explainGrant`.
 */
export interface GrantReference<G extends GrantType> {
  /** What the reader wants to do, in plain words. */
  readonly title: string
  /** In one or two sentences: when to send this request, and what goes into it. */
  readonly summary: string
  /** A warning to show first, where the grant may not do what its name says. */
  readonly caution?: Fact
  readonly whenToUse: readonly string[]
  /** What the grant does for each kind of client that may use it. */
  readonly clients: { readonly [K in Definition<G>['clients'][number]]: Fact }
  readonly fields: { readonly [N in FieldName<G>]: FieldReference }
  /** What a successful request returns. Only a password can lead to an MFA challenge. */
  readonly outcomes: { readonly [O in 'tokens' | (G extends 'password' ? 'mfa_required' : never)]: Fact }
  readonly lifetimes: readonly Fact[]
  readonly questions: readonly QuestionId[]
  readonly pages: readonly PageId[]
}
