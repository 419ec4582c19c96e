import {
  type FieldDefinition,
  type GrantType,
  grants,
  grantTypes,
  tokenEndpointErrors,
} from '@particle-grants/core/protocol'
import {
  apiErrors,
  type ErrorCause,
  errorFields,
  explainGrant,
  type FieldReference,
  fieldFormats,
  otherError,
  type ResponseField,
  successFields,
  tokenEndpointErrorCodes,
  tokenEndpointErrorReferences,
  tokenRequest,
} from '@particle-grants/reference'
import { formatSchemas, object, ref, responseProperty, type Schema } from './schema.ts'

const names: Readonly<Record<GrantType, string>> = {
  password: 'PasswordRequest',
  'urn:custom:mfa-otp': 'MfaOtpRequest',
  'urn:custom:recovery-code': 'RecoveryCodeRequest',
  client_credentials: 'ClientCredentialsRequest',
  refresh_token: 'RefreshTokenRequest',
}

const tokenTypes: { readonly [F in keyof typeof successFields]: Schema } = {
  token_type: { const: 'bearer' },
  access_token: { type: 'string', minLength: 1 },
  expires_in: { type: 'integer', minimum: 0 },
  refresh_token: { type: 'string', minLength: 1 },
  scope: { type: 'string' },
}

/** Returns the schemas of the token endpoint: a request for each grant, the tokens, and an error. */
export function tokenSchemas(): Readonly<Record<string, Schema>> {
  const { error, error_description, mfa_token } = errorFields
  return {
    ...Object.fromEntries(grantTypes.map((type) => [names[type], requestSchema(type)])),
    TokenResponse: tokenResponse(),
    Error: object(
      {
        error: {
          ...responseProperty(error, { type: 'string' }),
          enum: [...tokenEndpointErrorCodes, ...Object.keys(apiErrors)],
        },
        // It is not always a string.
        error_description: responseProperty(error_description, {}),
        mfa_token: responseProperty(mfa_token, { type: 'string' }),
      },
      ['error'],
    ),
  }
}

/** `POST /oauth/token`. */
export function tokenOperation(): Schema {
  return {
    operationId: 'requestTokens',
    summary: 'Request tokens',
    description: [...tokenRequest.facts, ...tokenRequest.clientAuthentication.client_secret_basic]
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
        content: { 'application/json': { schema: ref('TokenResponse') } },
      },
      '4XX': responseRef('Refused'),
      '5XX': responseRef('Failed'),
      default: responseRef('Other'),
    },
  }
}

/** Returns the error responses by name: of the token endpoint, of calls with a token, and of other servers. */
export function errorResponses(): Readonly<Record<string, Schema>> {
  return {
    Refused: errorResponse(({ grants: possible }) => possible.length > 0),
    TokenRefused: errorResponse(({ grants: possible }) => possible.length === 0),
    Failed: unparsedResponse(otherError.facts.map(({ text }) => text).join(' ')),
    Other: unparsedResponse(otherError.meaning),
  }
}

/** Returns a response of a failing token endpoint, or of another server in front of it. */
function unparsedResponse(description: string): Schema {
  return {
    description,
    content: { 'application/json': { schema: { type: 'object' } }, 'text/html': { schema: { type: 'string' } } },
  }
}

/** Returns a reference to a response of the document. */
export function responseRef(name: string): Schema {
  return { $ref: `#/components/responses/${name}` }
}

/** Returns a response with an example for each cause that belongs there. */
function errorResponse(belongs: (cause: ErrorCause) => boolean): Schema {
  const codes = tokenEndpointErrorCodes.filter((code) => tokenEndpointErrorReferences[code].causes.some(belongs))
  const examples = codes.flatMap((error) =>
    tokenEndpointErrorReferences[error].causes.filter(belongs).map(({ anchor, when, description }) => {
      const more = error === 'mfa_required' ? { mfa_token: errorFields.mfa_token.example } : {}
      return [anchor, { summary: when, value: { error, error_description: description?.text, ...more } }]
    }),
  )
  const meanings = codes.map(
    (code) => `${tokenEndpointErrors[code].status} \`${code}\`: ${tokenEndpointErrorReferences[code].meaning}`,
  )
  return {
    description: meanings.join('\n\n'),
    content: { 'application/json': { schema: ref('Error'), examples: Object.fromEntries(examples) } },
  }
}

function requestSchema(type: GrantType): Schema {
  const { reference } = explainGrant<GrantType>(type)
  const definitions = Object.entries<FieldDefinition>(grants[type].fields)
  const references: Readonly<Record<string, FieldReference>> = reference.fields
  const properties = definitions.map(([name, { format }]) => {
    const { meaning, example = '', from } = references[name] ?? {}
    return [
      name,
      {
        ...formatSchemas[format],
        description: `${meaning} ${fieldFormats[format]}`,
        examples: [format === 'seconds' ? Number(example) : example],
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
          description: 'Without HTTP Basic.',
        },
        client_secret: { type: 'string', format: 'password', description: 'Without HTTP Basic.' },
      },
      ['grant_type', ...definitions.filter(([, { required }]) => required).map(([name]) => name)],
    ),
    description: `${reference.title}. ${reference.summary}`,
  }
}

function tokenResponse(): Schema {
  const fields = Object.entries<ResponseField>(successFields)
  const schemas: Readonly<Record<string, Schema>> = tokenTypes
  return object(
    Object.fromEntries(fields.map(([name, field]) => [name, responseProperty(field, schemas[name] ?? {})])),
    fields.filter(([, { always }]) => always).map(([name]) => name),
  )
}
