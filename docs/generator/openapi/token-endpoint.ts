import {
  type GrantType,
  grants,
  grantTypes,
  type TokenEndpointErrorCode,
  tokenEndpointErrors,
} from '@particle-grants/core'
import {
  answerFields,
  type ErrorCause,
  errorFields,
  errorReferences,
  explainGrant,
  otherError,
  tokenEndpointErrorCodes,
  tokenRequest,
} from '@particle-grants/core/reference'
import { answerProperty, formMeaning, formSchema, object, ref, type Schema } from './schema.ts'

const names: Readonly<Record<GrantType, string>> = {
  password: 'PasswordRequest',
  'urn:custom:mfa-otp': 'MfaOtpRequest',
  'urn:custom:recovery-code': 'RecoveryCodeRequest',
  client_credentials: 'ClientCredentialsRequest',
  refresh_token: 'RefreshTokenRequest',
}

const tokenTypes: { readonly [F in keyof typeof answerFields]: Schema } = {
  token_type: { const: 'bearer' },
  access_token: { type: 'string', minLength: 1 },
  expires_in: { type: 'integer', minimum: 0 },
  refresh_token: { type: 'string', minLength: 1 },
  scope: { type: 'string' },
}

/** The schemas of the token endpoint: a request for each grant, the tokens, the errors by status. */
export function tokenSchemas(): Readonly<Record<string, Schema>> {
  const requests = grantTypes.map((type) => [names[type], requestSchema(type)] as const)
  const errors = statuses().map((status) => [errorName(status), errorSchema(status)] as const)
  return {
    ...Object.fromEntries(requests),
    TokenAnswer: tokenAnswer(),
    ...Object.fromEntries(errors),
    OtherError: {
      type: 'object',
      properties: { error: answerProperty(errorFields.error, { type: 'string' }) },
    },
  }
}

/** `POST /oauth/token`. */
export function tokenOperation(): Schema {
  return {
    operationId: 'askForTokens',
    summary: 'Ask for tokens',
    description: [...tokenRequest.facts, ...tokenRequest.clientAuthentication.basic]
      .map(({ text }) => text)
      .join(' '),
    tags: ['Tokens'],
    security: [{ client: [] }, {}],
    requestBody: {
      required: true,
      content: {
        [tokenRequest.contentType]: {
          schema: {
            oneOf: grantTypes.map((type) => ref(names[type])),
            discriminator: {
              propertyName: 'grant_type',
              mapping: Object.fromEntries(grantTypes.map((type) => [type, ref(names[type]).$ref])),
            },
          },
        },
      },
    },
    responses: {
      200: {
        description: 'Tokens.',
        content: { 'application/json': { schema: ref('TokenAnswer') } },
      },
      ...Object.fromEntries(statuses().map((status) => [status, responseRef(`Refused${status}`)])),
      500: responseRef('Failed'),
      default: responseRef('Other'),
    },
  }
}

function errorName(status: number): string {
  return `Error${status}`
}

/** The answers that refuse, by name: the token endpoint's, and those of the rest of the API. */
export function errorResponses(): Readonly<Record<string, Schema>> {
  const ofTheTokenEndpoint = statuses().map((status) => [
    `Refused${status}`,
    errorResponse(status, ({ grants: possible }) => possible.length > 0),
  ])
  const ofTheApi = [400, 401].map((status) => [
    `TokenRefused${status}`,
    errorResponse(status, ({ grants: possible }) => possible.length === 0),
  ])
  return {
    ...Object.fromEntries([...ofTheTokenEndpoint, ...ofTheApi]),
    Failed: notJudged(otherError.facts.map(({ text }) => text).join(' ')),
    Other: notJudged(otherError.meaning),
  }
}

/** An answer that the token endpoint gives without judging the request, or that something else gives in its place. */
function notJudged(description: string): Schema {
  return {
    description,
    content: {
      'application/json': { schema: ref('OtherError') },
      'text/html': { schema: { type: 'string' } },
    },
  }
}

/** A reference to an answer of the document. */
export function responseRef(name: string): Schema {
  return { $ref: `#/components/responses/${name}` }
}

/** An answer with this status, with an example for each cause of the right place. */
function errorResponse(status: number, belongs: (cause: ErrorCause) => boolean): Schema {
  const codes = codesOf(status).filter((code) => errorReferences[code].causes.some(belongs))
  const examples = codes.flatMap((code) =>
    errorReferences[code].causes
      .filter(belongs)
      .map(({ anchor, when, description }) => [
        anchor,
        { summary: when, value: exampleOf(code, description?.text) },
      ]),
  )
  return {
    description: codes.map((code) => `\`${code}\`: ${errorReferences[code].meaning}`).join('\n\n'),
    content: {
      'application/json': { schema: ref(errorName(status)), examples: Object.fromEntries(examples) },
    },
  }
}

function exampleOf(error: TokenEndpointErrorCode, error_description: string | undefined): Schema {
  return {
    error,
    ...(error_description !== undefined && { error_description }),
    ...(error === 'mfa_required' && { mfa_token: errorFields.mfa_token.example }),
  }
}

function statuses(): readonly number[] {
  return [
    ...new Set(tokenEndpointErrorCodes.map((code) => tokenEndpointErrors[code].status as number)),
  ].sort()
}

function codesOf(status: number): readonly TokenEndpointErrorCode[] {
  return tokenEndpointErrorCodes.filter((code) => tokenEndpointErrors[code].status === status)
}

function errorSchema(status: number): Schema {
  const { error, error_description, mfa_token } = errorFields
  const codes = codesOf(status)
  return object(
    {
      error: { ...answerProperty(error, { type: 'string' }), enum: codes, examples: codes.slice(0, 1) },
      // It need not be a string, and code that judges it breaks.
      error_description: answerProperty(error_description, {}),
      ...(codes.includes('mfa_required') && { mfa_token: answerProperty(mfa_token, { type: 'string' }) }),
    },
    ['error'],
  )
}

function requestSchema(type: GrantType): Schema {
  const { reference, runs } = explainGrant(type)
  const definitions = Object.entries(grants[type].fields) as [
    keyof typeof reference.fields,
    (typeof runs.fields)[keyof typeof runs.fields],
  ][]
  const properties = definitions.map(([name, { form }]) => {
    const { meaning, example, from } = reference.fields[name]
    const value = form === 'seconds' ? Number(example) : example
    return [
      name,
      {
        ...formSchema(form),
        description: `${meaning} ${formMeaning(form)}`,
        examples: [value],
        'x-known-from': from,
      },
    ] as const
  })
  return {
    ...object(
      {
        grant_type: { const: type },
        ...Object.fromEntries(properties),
        client_id: {
          type: 'string',
          pattern: '^[A-Za-z0-9_-]{3,40}$',
          description: 'Where HTTP Basic is not used.',
        },
        client_secret: { type: 'string', format: 'password', description: 'Where HTTP Basic is not used.' },
      },
      ['grant_type', ...definitions.filter(([, { required }]) => required).map(([name]) => name)],
    ),
    description: `${reference.title}. ${reference.summary}`,
  }
}

function tokenAnswer(): Schema {
  const fields = Object.entries(answerFields) as [
    keyof typeof answerFields,
    (typeof answerFields)[keyof typeof answerFields],
  ][]
  return object(
    Object.fromEntries(fields.map(([name, field]) => [name, answerProperty(field, tokenTypes[name])])),
    fields.filter(([, { always }]) => always).map(([name]) => name),
  )
}
