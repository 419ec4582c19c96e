import type { TokenAnswer } from '../protocol/answer.ts'
import type { Fact, Provenance } from './provenance.ts'

/** What explains one field of an answer. */
export interface AnswerField {
  readonly meaning: string
  readonly example: string
  /** Whether it is there in every answer of its kind. */
  readonly always: boolean
  readonly from: Provenance
  readonly facts: readonly Fact[]
}

/** The fields of an answer that grants tokens: those that the codec reads, and `token_type`. */
export const answerFields: Readonly<
  Record<Exclude<keyof TokenAnswer, 'unknown'> | 'token_type', AnswerField>
> = {
  token_type: {
    meaning: 'How the access token is sent: as a bearer token.',
    example: 'bearer',
    always: true,
    from: ['reported', 'documented', 'server_source', 'observed'],
    facts: [],
  },
  access_token: {
    meaning: 'What the rest of the API asks for: `Authorization: Bearer …`.',
    example: '0123456789abcdef0123456789abcdef01234567',
    always: true,
    from: ['reported', 'documented', 'server_source', 'observed'],
    facts: [
      {
        text: 'It is opaque: 40 hexadecimal digits that say nothing about owner or end. It is no JWT.',
        from: ['reported', 'documented', 'server_source', 'observed'],
      },
      {
        text: 'Sending it in the body or in the URL is deprecated. In the URL it is refused for accounts made after December 2024.',
        from: ['documented'],
      },
    ],
  },
  expires_in: {
    meaning: 'How many seconds the access token lives.',
    example: '7776000',
    always: false,
    from: ['reported', 'server_source', 'observed'],
    facts: [
      {
        text: '7,776,000 seconds, 90 days, unless another lifetime was asked for.',
        from: ['reported', 'observed'],
      },
      {
        text: '`0`, or no such field: the token never expires. It is not over already.',
        from: ['server_source'],
      },
      {
        text: 'A lifetime asked for with `expires_at` is answered as `expires_in`, too.',
        from: ['server_source'],
      },
    ],
  },
  refresh_token: {
    meaning: 'What a new access token can be asked for with, by clients of a product.',
    example: '89abcdef0123456789abcdef0123456789abcdef',
    always: false,
    from: ['reported', 'server_source'],
    facts: [
      {
        text: "It comes with a developer's token as well, where nothing can be done with it.",
        from: ['reported'],
      },
      { text: 'None comes with a token that never expires.', from: ['server_source'] },
      { text: 'It is good once, and only with the client that it was issued to.', from: ['server_source'] },
    ],
  },
  scope: {
    meaning: 'What the token is limited to, such as one customer.',
    example: 'customer=jane@example.com',
    always: false,
    from: ['server_source'],
    facts: [
      { text: 'Some answers carry the scope that was asked for, and some do not.', from: ['observed'] },
    ],
  },
}

/** The fields of an answer that refuses, or asks for the second factor. */
export const errorFields: Readonly<Record<'error' | 'error_description' | 'mfa_token', AnswerField>> = {
  error: {
    meaning: 'The code. It alone decides what went wrong.',
    example: 'invalid_grant',
    always: true,
    from: ['documented', 'server_source'],
    facts: [],
  },
  error_description: {
    meaning: 'The reason for human eyes. Texts change, so never decide by them.',
    example: 'User credentials are invalid',
    always: true,
    from: ['server_source', 'observed'],
    facts: [{ text: 'It need not be a string. Then it says nothing.', from: ['server_source'] }],
  },
  mfa_token: {
    meaning: 'With `mfa_required` only: ties the second step to the first.',
    example: '6e16f915-29f5-9b2b-b752-451a73ec6102',
    always: false,
    from: ['reported', 'documented', 'server_source'],
    facts: [],
  },
}
