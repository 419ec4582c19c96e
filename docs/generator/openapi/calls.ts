import { type Call, type CallId, calls, tokenRequest } from '@particle-grants/reference'
import { formatSchemas, inferSchema, object, ref, type Schema } from './schema.ts'
import { responseRef } from './token-endpoint.ts'

/** Schemas of responses where the facts say more than the example. */
const corrections: { readonly [C in CallId]?: Schema } = {
  token_info: object(
    {
      expires_at: { type: ['string', 'null'], format: 'date-time' },
      client_id: { type: 'string' },
      client: { type: 'string' },
      scopes: { type: 'array', items: { type: 'string' } },
      orgs: { type: 'array' },
    },
    [],
  ),
  start_mfa_enrolment: object(
    { mfa_token: { type: 'string' }, qr_url: { type: 'string' }, secret: { type: 'string' } },
    ['mfa_token', 'qr_url'],
  ),
  devices: { type: 'array', items: { type: 'object' } },
  list_api_users: object(
    {
      ok: { type: 'boolean' },
      team: {
        type: 'array',
        items: object(
          {
            username: { type: 'string' },
            role: object({ id: { type: 'string' }, name: { type: 'string' } }, []),
            is_programmatic: { type: 'boolean' },
            friendly_name: { type: 'string' },
            scopes: { type: 'array', items: { type: 'string' } },
            product_id: { type: ['integer', 'null'] },
          },
          ['username'],
        ),
      },
    },
    ['ok', 'team'],
  ),
  create_customer: ref('TokenResponse'),
}

/** Fields that are not any non-empty text. */
const fieldSchemas: Readonly<Record<string, Schema>> = {
  invalidate_tokens: { type: 'boolean' },
  no_password: { type: 'boolean' },
  grant_type: { const: 'client_credentials' },
  otp: formatSchemas.otp,
  type: { enum: ['installed', 'web'] },
  scopes: { type: 'array', items: { type: 'string' } },
  page: { type: 'integer', minimum: 1 },
  perPage: { type: 'integer', minimum: 1 },
}

const security: Readonly<Record<Call['authentication'], readonly Schema[]>> = {
  bearer: [{ token: [] }],
  basic: [{ account: [] }],
  client: [{ client: [] }, {}],
  none: [{}],
}

/** No source says with which status and body. */
const refusedSomehow: Schema = { description: 'How this call is refused is not known.', 'x-known-from': ['unknown'] }

const refusals: Readonly<Record<Call['authentication'], Schema>> = {
  bearer: responseRef('TokenRefused'),
  client: responseRef('Refused'),
  basic: refusedSomehow,
  none: refusedSomehow,
}

/** Returns the paths of the calls next to the token endpoint. */
export function callPaths(): Readonly<Record<string, Schema>> {
  const paths: Record<string, Record<string, unknown>> = {}
  for (const [id, call] of Object.entries(calls) as [CallId, Call][]) {
    const path = call.path.replaceAll(/:(\w+)/g, '{$1}')
    paths[path] = {
      ...pathParameters(call),
      ...paths[path],
      [call.method.toLowerCase()]: operation(id, call),
    }
  }
  return paths
}

function pathParameters({ path }: Call): Schema {
  const parameters = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  return parameters.length === 0 ? {} : { parameters }
}

function operation(id: CallId, call: Call): Schema {
  const { title, facts, errors = [], authentication, fieldsIn, from, deprecated, status = 200 } = call
  const text = [...facts, ...errors].map((fact) => fact.text).join(' ')
  return {
    operationId: id.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    summary: title,
    ...(text !== '' && { description: text }),
    tags: [call.path.startsWith('/v1/access_tokens') ? 'Tokens' : 'Accounts'],
    security: security[authentication],
    ...(deprecated && { deprecated }),
    ...(fieldsIn === 'query' && { parameters: query(call) }),
    ...((fieldsIn === 'form' || fieldsIn === 'json') && { requestBody: requestBody(call) }),
    responses: {
      [status]: status === 204 ? { description: 'There is no body.' } : response(id, call),
      '4XX': refusals[authentication],
      default: responseRef('Other'),
    },
    'x-known-from': from,
  }
}

function response(id: CallId, { response: text }: Call): Schema {
  const example = JSON.parse(text)
  return {
    description: 'The known fields. There may be more.',
    content: {
      'application/json': {
        schema: corrections[id] ?? inferSchema(example),
        examples: { known: { value: example } },
      },
    },
  }
}

function requestBody({ fields, fieldsIn }: Call): Schema {
  const names = Object.keys(fields)
  const body = object(
    Object.fromEntries(names.map((name) => [name, toFieldSchema(name)])),
    names.filter((name) => fields[name] === 'required'),
  )
  // Only the facts of the call say this: one of the two is required.
  const either = [{ required: ['password'] }, { required: ['no_password'] }]
  const schema = 'no_password' in fields ? { ...body, anyOf: either } : body
  const type = fieldsIn === 'json' ? 'application/json' : tokenRequest.contentType
  return { required: true, content: { [type]: { schema } } }
}

function query({ fields }: Call): readonly Schema[] {
  return Object.entries(fields).map(([name, need]) => ({
    name,
    in: 'query',
    required: need === 'required',
    schema: toFieldSchema(name),
  }))
}

function toFieldSchema(name: string): Schema {
  return fieldSchemas[name] ?? { type: 'string', minLength: 1 }
}
