import { type Call, calls, limits, tokenRequest } from '@particle-grants/core/reference'
import { formSchema, object, ref, type Schema, schemaOf } from './schema.ts'
import { responseRef } from './token-endpoint.ts'

type CallId = keyof typeof calls

/** What the facts of a call say about its answer, and its one example does not. */
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
  create_customer: ref('TokenAnswer'),
}

/** Fields that are no text, or not any text. */
const fieldSchemas: Readonly<Record<string, Schema>> = {
  invalidate_tokens: { type: 'boolean' },
  no_password: { type: 'boolean' },
  grant_type: { const: 'client_credentials' },
  otp: formSchema('otp'),
}

const security: Readonly<Record<Call['authentication'], readonly Schema[]>> = {
  bearer: [{ token: [] }],
  basic: [{ account: [] }],
  client: [{ client: [] }, {}],
  none: [{}],
}

/** The paths of the calls around the token endpoint. */
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
  const { title, facts, authentication, fields, from, deprecated, method } = call
  const names = Object.keys(fields)
  const text = facts.map((fact) => fact.text).join(' ')
  return {
    operationId: id.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    summary: title,
    ...(text !== '' && { description: text }),
    tags: [call.path.startsWith('/v1/access_tokens') ? 'Tokens' : 'Around'],
    security: security[authentication],
    ...(deprecated && { deprecated }),
    ...(names.length > 0 &&
      (method === 'GET' ? { parameters: query(call) } : { requestBody: requestBody(call) })),
    responses: {
      200: answer(id, call),
      ...refusals(authentication),
      429: tooMany,
      default: responseRef('Other'),
    },
    'x-known-from': from,
  }
}

/** Nobody has said which of these it is, and with which body. */
const refusedSomehow: Schema = {
  description: 'How this call is refused is not known.',
  'x-known-from': ['unknown'],
}

const tooMany: Schema = { description: limits.all_requests.facts.map(({ text }) => text).join(' ') }

function refusals(authentication: Call['authentication']): Schema {
  if (authentication === 'none') return {}
  if (authentication === 'basic') return { 400: refusedSomehow, 401: refusedSomehow }
  if (authentication === 'client') return { 400: responseRef('Refused400') }
  return { 400: responseRef('TokenRefused400'), 401: responseRef('TokenRefused401') }
}

function answer(id: CallId, { answer: text }: Call): Schema {
  const example = JSON.parse(text)
  return {
    description: 'As far as it is known; more fields may be there.',
    content: {
      'application/json': {
        schema: corrections[id] ?? schemaOf(example),
        examples: { known: { value: example } },
      },
    },
  }
}

function requestBody({ fields, authentication }: Call): Schema {
  const names = Object.keys(fields)
  const body = object(
    Object.fromEntries(names.map((name) => [name, schemaOfField(name)])),
    names.filter((name) => fields[name] === 'required'),
  )
  // What the facts of the call say, and no list of fields can: one of the two has to be there.
  const schema = 'no_password' in fields ? { ...body, anyOf: oneOfThese('password', 'no_password') } : body
  const type = authentication === 'bearer' ? 'application/json' : tokenRequest.contentType
  return { required: true, content: { [type]: { schema } } }
}

function oneOfThese(...names: readonly string[]): readonly Schema[] {
  return names.map((name) => ({ required: [name] }))
}

function query({ fields }: Call): readonly Schema[] {
  return Object.entries(fields).map(([name, need]) => ({
    name,
    in: 'query',
    required: need === 'required',
    schema: schemaOfField(name),
  }))
}

function schemaOfField(name: string): Schema {
  return fieldSchemas[name] ?? { type: 'string', minLength: 1 }
}
