import { describe, expectTypeOf, it } from 'vitest'
import type { ErrorCode } from '../errors/details.ts'
import type { GrantType } from '../grants/catalogue.ts'
import type { ClientKind } from '../grants/grant.ts'
import type { TokenEndpointErrorCode } from '../protocol/token-endpoint-errors.ts'
import { password } from './grants/password.ts'
import {
  answerFields,
  type ClientReference,
  clientKinds,
  type ErrorReference,
  errorReferences,
  explainGrant,
  type Fact,
  type FieldReference,
  type GrantReference,
  grantReferences,
  type LibraryErrorReference,
  type LibraryErrorReferences,
  libraryErrorReferences,
  type PageId,
  type Provenance,
  type QuestionId,
} from './index.ts'

const { username, ...fieldsWithoutUsername } = password.fields
const { developer, ...clientsWithoutDeveloper } = password.clients
const { mfa_required, ...outcomesWithoutMfa } = password.outcomes
const { refresh_token, ...grantsWithoutRefresh } = grantReferences
const { server_error, ...errorsWithoutServerError } = errorReferences
const { no_answer, ...libraryErrorsWithoutNoAnswer } = libraryErrorReferences
const { user, ...clientKindsWithoutUser } = clientKinds

describe('what explains a grant', () => {
  it('is not complete without every field', () => {
    expectTypeOf(username).toEqualTypeOf<FieldReference>()
    // @ts-expect-error the username is missing
    const incomplete: GrantReference<'password'> = { ...password, fields: fieldsWithoutUsername }
    expectTypeOf(incomplete).not.toBeAny()
  })

  it('has no field that does not run', () => {
    // @ts-expect-error a password sign-in takes no OTP
    const more: GrantReference<'password'>['fields'] = { ...fieldsWithoutUsername, username, otp: username }
    expectTypeOf(more).not.toBeAny()
  })

  it('is not complete without every kind of client, and has no other', () => {
    expectTypeOf(developer).toEqualTypeOf<Fact>()
    // @ts-expect-error the developer client is missing
    const incomplete: GrantReference<'password'> = { ...password, clients: clientsWithoutDeveloper }
    expectTypeOf(incomplete).not.toBeAny()
    expectTypeOf<keyof GrantReference<'refresh_token'>['clients']>().toEqualTypeOf<'product'>()
    expectTypeOf<keyof GrantReference<'client_credentials'>['clients']>().toEqualTypeOf<'product' | 'user'>()
  })

  it('is not complete without every outcome', () => {
    expectTypeOf(mfa_required).toEqualTypeOf<Fact>()
    // @ts-expect-error the outcome mfa_required is missing
    const incomplete: GrantReference<'password'> = { ...password, outcomes: outcomesWithoutMfa }
    expectTypeOf(incomplete).not.toBeAny()
  })

  it('names questions and pages that exist', () => {
    // @ts-expect-error nobody asks that
    const questions: readonly QuestionId[] = ['what_is_love']
    // @ts-expect-error there is no such page
    const pages: readonly PageId[] = ['home']
    expectTypeOf([questions, pages]).not.toBeAny()
  })
})

describe('the catalogues', () => {
  it('are not complete without every grant', () => {
    expectTypeOf(refresh_token).toEqualTypeOf<GrantReference<'refresh_token'>>()
    // @ts-expect-error refresh_token is missing
    const incomplete: typeof grantReferences = grantsWithoutRefresh
    expectTypeOf(incomplete).not.toBeAny()
    expectTypeOf<keyof typeof grantReferences>().toEqualTypeOf<GrantType>()
  })

  it('are not complete without every error of the wire', () => {
    expectTypeOf(server_error).toEqualTypeOf<ErrorReference<'server_error'>>()
    // @ts-expect-error server_error is missing
    const incomplete: typeof errorReferences = errorsWithoutServerError
    expectTypeOf(incomplete).not.toBeAny()
    expectTypeOf<keyof typeof errorReferences>().toEqualTypeOf<TokenEndpointErrorCode>()
  })

  it('are not complete without every error of this package', () => {
    expectTypeOf(no_answer).toEqualTypeOf<LibraryErrorReference<'no_answer'>>()
    // @ts-expect-error no_answer is missing
    const incomplete: LibraryErrorReferences<ErrorCode> = libraryErrorsWithoutNoAnswer
    expectTypeOf(incomplete).not.toBeAny()
  })

  it('are not complete without every kind of client', () => {
    expectTypeOf(user).toEqualTypeOf<ClientReference>()
    // @ts-expect-error the user client is missing
    const incomplete: Readonly<Record<ClientKind, ClientReference>> = clientKindsWithoutUser
    expectTypeOf(incomplete).not.toBeAny()
  })

  it('explain every field of an answer that the codec reads', () => {
    expectTypeOf<keyof typeof answerFields>().toEqualTypeOf<
      'token_type' | 'access_token' | 'expires_in' | 'refresh_token' | 'scope'
    >()
    expectTypeOf(answerFields).not.toBeAny()
  })
})

describe('an error of the wire', () => {
  it('has one cause at least', () => {
    // @ts-expect-error no cause
    const none: ErrorReference<'invalid_grant'> = { meaning: 'A refusal.', causes: [], facts: [] }
    expectTypeOf(none).not.toBeAny()
  })

  it("anchors its causes below its own code, never below another's", () => {
    type Anchor = ErrorReference<'invalid_grant'>['causes'][number]['anchor']
    expectTypeOf<'invalid_grant-credentials'>().toExtend<Anchor>()
    expectTypeOf<'invalid_client-credentials'>().not.toExtend<Anchor>()
  })
})

describe('a fact', () => {
  it('has one source at least', () => {
    // @ts-expect-error no source
    const none: Fact = { text: 'It is so.', from: [] }
    expectTypeOf(none).not.toBeAny()
  })

  it('has sources that exist, and unknown only by itself', () => {
    expectTypeOf<readonly ['reported', 'server_source']>().toExtend<Provenance>()
    expectTypeOf<readonly ['unknown']>().toExtend<Provenance>()
    expectTypeOf<readonly ['reported', 'unknown']>().not.toExtend<Provenance>()
    expectTypeOf<readonly ['hearsay']>().not.toExtend<Provenance>()
  })
})

describe('explainGrant', () => {
  it('keeps the grant that it was asked about', () => {
    expectTypeOf(explainGrant('refresh_token').reference).toEqualTypeOf<GrantReference<'refresh_token'>>()
    // @ts-expect-error the misspelling is no grant
    explainGrant('urn:custom:mfa-token')
  })
})
