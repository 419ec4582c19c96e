import type { ErrorCode } from '@particle-grants/core'
import type { ClientKind, GrantType, TokenEndpointError } from '@particle-grants/core/protocol'
import { describe, expectTypeOf, it } from 'vitest'
import { password } from './grants/password.ts'
import {
  type ClientReference,
  clientReferences,
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
  type TokenEndpointErrorReference,
  tokenEndpointErrorReferences,
} from './index.ts'

const { username, ...fieldsWithoutUsername } = password.fields
const { developer, ...clientsWithoutDeveloper } = password.clients
const { mfa_required, ...outcomesWithoutMfa } = password.outcomes
const { refresh_token, ...grantsWithoutRefresh } = grantReferences
const { server_error, ...errorsWithoutServerError } = tokenEndpointErrorReferences
const { network_error, ...errorsWithoutNetworkError } = libraryErrorReferences
const { user, ...clientsWithoutUser } = clientReferences

describe('a grant reference', () => {
  it('must explain every field', () => {
    expectTypeOf(username).toEqualTypeOf<FieldReference>()
    // @ts-expect-error the username is missing
    const incomplete: GrantReference<'password'> = { ...password, fields: fieldsWithoutUsername }
    expectTypeOf(incomplete).not.toBeAny()
  })

  it('cannot explain a field that the grant does not have', () => {
    // @ts-expect-error a password request has no OTP
    const more: GrantReference<'password'>['fields'] = { ...fieldsWithoutUsername, username, otp: username }
    expectTypeOf(more).not.toBeAny()
  })

  it('must explain every kind of client that may use the grant, and no other', () => {
    expectTypeOf(developer).toEqualTypeOf<Fact>()
    // @ts-expect-error the developer client is missing
    const incomplete: GrantReference<'password'> = { ...password, clients: clientsWithoutDeveloper }
    expectTypeOf(incomplete).not.toBeAny()
    expectTypeOf<keyof GrantReference<'refresh_token'>['clients']>().toEqualTypeOf<'product'>()
    expectTypeOf<keyof GrantReference<'client_credentials'>['clients']>().toEqualTypeOf<'product' | 'user'>()
  })

  it('must explain every outcome', () => {
    expectTypeOf(mfa_required).toEqualTypeOf<Fact>()
    // @ts-expect-error the outcome mfa_required is missing
    const incomplete: GrantReference<'password'> = { ...password, outcomes: outcomesWithoutMfa }
    expectTypeOf(incomplete).not.toBeAny()
  })

  it('lists only questions and pages that exist', () => {
    // @ts-expect-error there is no such question
    const questions: readonly QuestionId[] = ['what_is_love']
    // @ts-expect-error there is no such page
    const pages: readonly PageId[] = ['home']
    expectTypeOf([questions, pages]).not.toBeAny()
  })
})

describe('the catalogues', () => {
  it('must explain every grant', () => {
    expectTypeOf(refresh_token).toEqualTypeOf<GrantReference<'refresh_token'>>()
    // @ts-expect-error refresh_token is missing
    const incomplete: typeof grantReferences = grantsWithoutRefresh
    expectTypeOf(incomplete).not.toBeAny()
    expectTypeOf<keyof typeof grantReferences>().toEqualTypeOf<GrantType>()
  })

  it('must explain every error of the token endpoint', () => {
    expectTypeOf(server_error).toEqualTypeOf<TokenEndpointErrorReference<'server_error'>>()
    // @ts-expect-error server_error is missing
    const incomplete: typeof tokenEndpointErrorReferences = errorsWithoutServerError
    expectTypeOf(incomplete).not.toBeAny()
    expectTypeOf<keyof typeof tokenEndpointErrorReferences>().toEqualTypeOf<TokenEndpointError>()
  })

  it('must explain every error of the libraries', () => {
    expectTypeOf(network_error).toEqualTypeOf<LibraryErrorReference<'network_error'>>()
    // @ts-expect-error network_error is missing
    const incomplete: LibraryErrorReferences<ErrorCode> = errorsWithoutNetworkError
    expectTypeOf(incomplete).not.toBeAny()
  })

  it('must explain every kind of client', () => {
    expectTypeOf(user).toEqualTypeOf<ClientReference>()
    // @ts-expect-error the user client is missing
    const incomplete: Readonly<Record<ClientKind, ClientReference>> = clientsWithoutUser
    expectTypeOf(incomplete).not.toBeAny()
  })
})

describe('an error reference', () => {
  it('of the token endpoint has at least one cause', () => {
    const none: TokenEndpointErrorReference<'invalid_grant'> = {
      meaning: 'A refusal.',
      advice: 'Stop.',
      // @ts-expect-error no cause
      causes: [],
      facts: [],
    }
    expectTypeOf(none).not.toBeAny()
  })

  it('of the token endpoint has anchors that start with its code', () => {
    type Anchor = TokenEndpointErrorReference<'invalid_grant'>['causes'][number]['anchor']
    expectTypeOf<'invalid_grant-credentials'>().toExtend<Anchor>()
    expectTypeOf<'invalid_client-credentials'>().not.toExtend<Anchor>()
  })

  it('of the libraries explains every reason in its details, and has no reasons otherwise', () => {
    type Reasons<C extends ErrorCode> = LibraryErrorReference<C>['reasons']
    expectTypeOf<keyof Reasons<'challenge_expired'>>().toEqualTypeOf<'attempts' | 'age'>()
    expectTypeOf<Reasons<'not_signed_in'>>().toEqualTypeOf<undefined>()
  })
})

describe('a fact', () => {
  it('has at least one source', () => {
    // @ts-expect-error no source
    const none: Fact = { text: 'It is so.', from: [] }
    expectTypeOf(none).not.toBeAny()
  })

  it('has existing sources, and `unknown` or `inferred` only alone', () => {
    expectTypeOf<readonly ['reported', 'server_source']>().toExtend<Provenance>()
    expectTypeOf<readonly ['unknown']>().toExtend<Provenance>()
    expectTypeOf<readonly ['inferred']>().toExtend<Provenance>()
    expectTypeOf<readonly ['reported', 'unknown']>().not.toExtend<Provenance>()
    expectTypeOf<readonly ['hearsay']>().not.toExtend<Provenance>()
  })
})

describe('explainGrant', () => {
  it('returns the reference of the given grant', () => {
    expectTypeOf(explainGrant('refresh_token').reference).toEqualTypeOf<GrantReference<'refresh_token'>>()
    // @ts-expect-error the misspelling is not a grant
    explainGrant('urn:custom:mfa-token')
  })
})
