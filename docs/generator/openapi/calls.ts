import { type Call, calls, limits } from '@particle-grants/core/reference'
import { object, ref, type Schema, schemaOf } from './schema.ts'
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

/** Fields that are no text. */
const flags = ['invalidate_tokens', 'no_password']

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
    paths[path] = { ...parametersOf(call), ...paths[path], [call.method.toLowerCase()]: operation(id, call) }
  }
  return paths
}

function parametersOf({ path }: Call): Schema {
  const parameters = [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }))
  return parameters.length === 0 ? {} : { parameters }
}

function operation(id: CallId, call: Call): Schema {
  const { title, facts, authentication, fields, from } = call
  const text = facts.map((fact) => fact.text).join(' ')
  return {
    operationId: id.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    summary: title,
    ...(text !== '' && { description: text }),
    tags: [call.path.startsWith('/v1/access_tokens') ? 'Tokens' : 'Around'],
    security: security[authentication],
    ...(fields.length > 0 && call.method !== 'GET' && { requestBody: requestBody(call) }),
    responses: { 200: answer(id, call), ...refusals(authentication), 429: tooMany },
    'x-known-from': from,
  }
}

const tooMany: Schema = { description: limits.all_requests.facts.map(({ text }) => text).join(' ') }

function refusals(authentication: Call['authentication']): Schema {
  if (authentication === 'none' || authentication === 'basic') return {}
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
  const json = authentication === 'bearer'
  const properties = fields.map(
    (name) => [name, { type: flags.includes(name) ? 'boolean' : 'string' }] as const,
  )
  return {
    required: true,
    content: {
      [json ? 'application/json' : 'application/x-www-form-urlencoded']: {
        schema: object(Object.fromEntries(properties), []),
      },
    },
  }
}
