import { tokenEndpointErrorCodes, tokenEndpointErrorReferences, tokenRequest } from '@particle-grants/reference'
import { createSandbox, type Sandbox } from '@particle-grants/sandbox'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { bodyOf } from '../generator/exchange/exchange.ts'
import { exchanges, recordAll } from '../generator/exchange/exchanges.ts'
import { openApi } from '../generator/openapi/document.ts'
import { lintOpenApi } from './lint-open-api.ts'
import { bearerCalls, refusedRequests, type SentRequest } from './requests.ts'

const document = openApi()
// OpenAPI's keywords (examples, discriminator, x-…) do not validate anything.
const ajv = new Ajv2020({ strict: false, allErrors: true })
formats.default(ajv)
ajv.addSchema(document, 'openapi')

type Operation = Readonly<Record<string, unknown>>

/** Returns the schema of a response, as the document references it. */
function responseSchema(path: string, method: string, status: number): ValidateFunction {
  const { paths, components } = document as Record<string, Record<string, Record<string, Operation>>>
  const operation = paths?.[path]?.[method.toLowerCase()] as { responses: Record<string, { $ref?: string }> }
  const key = status < 300 ? String(status) : `${String(status).at(0)}XX`
  const response = operation.responses[key]
  expect(response, `${method} ${path} ${status}`).toBeDefined()
  const name = response?.$ref?.split('/').at(-1)
  const pointer =
    name === undefined
      ? `/paths/${path.replaceAll('/', '~1')}/${method.toLowerCase()}/responses/${key}`
      : `/components/responses/${name}`
  expect(name === undefined || components?.responses?.[name] !== undefined).toBe(true)
  return compile(`${pointer}/content/application~1json/schema`)
}

function compile(pointer: string): ValidateFunction {
  return ajv.compile({ $ref: `openapi#${encodeURI(pointer)}` })
}

function expectValid(validate: ValidateFunction, value: unknown): void {
  validate(value)
  expect(validate.errors ?? [], JSON.stringify(value)).toEqual([])
}

async function send(sandbox: Sandbox, { url, ...request }: SentRequest) {
  const answer = await sandbox.fetch(new URL(url, tokenRequest.url), request)
  const text = await answer.text()
  return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
}

describe('the OpenAPI document', () => {
  it('passes a linter without warnings', async () => {
    expect(await lintOpenApi(JSON.stringify(document))).toEqual([])
  })

  it('is checked by a linter that finds errors', async () => {
    const flawed = JSON.stringify({ ...document, info: { title: 'Flawed', version: '1' } })
    expect((await lintOpenApi(flawed)).join()).toContain('info-license')
  })

  it('rejects a request without a required field', () => {
    const validate = compile(`${requestPointer}/schema`)
    expect(validate({ grant_type: 'urn:custom:mfa-otp', mfa_token: 'x' })).toBe(false)
    expect(validate({ grant_type: 'urn:custom:mfa-token', mfa_token: 'x', otp: '123456' })).toBe(false)
  })
})

const requestPointer = `/paths/~1oauth~1token/post/requestBody/content/${tokenRequest.contentType.replaceAll('/', '~1')}`

describe('the exchanges with the sandbox match the document:', async () => {
  const recordings = await recordAll()

  it.each(Object.keys(exchanges) as (keyof typeof exchanges)[])('%s', (id) => {
    const { form, status, response } = recordings[id]
    expectValid(compile(`${requestPointer}/schema`), Object.fromEntries(form))
    const body = JSON.parse(bodyOf(response))
    expectValid(responseSchema('/oauth/token', 'POST', status), body)
  })
})

describe('the errors of the sandbox match the document:', () => {
  it.each(refusedRequests.map((one) => [one.anchor, one] as const))('%s', async (anchor, one) => {
    const sandbox = createSandbox(one.settings)
    const { status, body } = await send(sandbox, await one.request(sandbox))
    const [code = ''] = anchor.split('-')
    expect(body.error).toBe(code)
    expectValid(responseSchema(one.path, one.method ?? 'POST', status), body)
  })

  it('cover every cause that the sandbox has', () => {
    const tried = new Set(refusedRequests.map(({ anchor }) => anchor))
    const known = tokenEndpointErrorCodes.flatMap((code) =>
      tokenEndpointErrorReferences[code].causes.map(({ anchor }) => anchor),
    )
    const never = known.filter((anchor) => !tried.has(anchor))
    // The sandbox has neither: a code of Particle's own tools, and a failure of the account model, which is not public.
    expect(never).toEqual(['expired_token-access_token', 'sso_user-lookup'])
  })
})

/** The operations of the document, as `METHOD path`. */
const operations = Object.entries(document.paths as Record<string, Record<string, Operation>>).flatMap(([path, item]) =>
  Object.keys(item)
    .filter((name) => name !== 'parameters')
    .map((method) => [`${method.toUpperCase()} ${path}`, item[method] as Operation] as const),
)

describe('every operation of the document', () => {
  it.each(operations)('%s matches its own example', (name) => {
    const [method = '', path = ''] = name.split(' ')
    const item = (document.paths as Record<string, Record<string, Operation>>)[path]?.[method.toLowerCase()]
    const { responses } = item as unknown as {
      responses: { 200?: { content: Record<string, { examples?: { known: { value: unknown } } }> } }
    }
    const example = responses[200]?.content['application/json']?.examples?.known.value
    if (path === '/oauth/token') return
    if (responses[200] === undefined) return expect(responses).toHaveProperty('204')
    expectValid(responseSchema(path, method, 200), example)
  })

  it('is tested with the sandbox, except for the list of tokens', () => {
    const tried = new Set(['POST /oauth/token', ...bearerCalls.map(({ method, path }) => `${method} ${path}`)])
    const never = operations.map(([name]) => name).filter((name) => !tried.has(name))
    // It needs a username and a password instead of a token.
    expect(never).toEqual(['GET /v1/access_tokens'])
  })

  it('has a default response', () => {
    for (const [name, { responses }] of operations) expect(responses, name).toHaveProperty('default')
  })
})

describe('the other calls', () => {
  const item = (path: string) => (document.paths as Record<string, Record<string, Operation>>)[path] ?? {}
  const bodyOf_ = (path: string, method: string, type: string) =>
    compile(`/paths/${path.replaceAll('/', '~1')}/${method}/requestBody/content/${type.replaceAll('/', '~1')}/schema`)

  it('require the fields without which they are refused', () => {
    const confirm = bodyOf_('/v1/user/mfa-enable', 'post', 'application/json')
    expect([confirm({ mfa_token: 'x' }), confirm({ mfa_token: 'x', otp: '012345' })]).toEqual([false, true])
    const disable = bodyOf_('/v1/user/mfa-disable', 'put', 'application/json')
    expect([disable({}), disable({ current_password: 'x' })]).toEqual([false, true])
    const path = '/v1/products/{productIdOrSlug}/customers'
    const create = bodyOf_(path, 'post', tokenRequest.contentType)
    const customer = { grant_type: 'client_credentials', email: 'jane@example.com' }
    expect([create(customer), create({ ...customer, password: 'x' })]).toEqual([false, true])
  })

  it('have the optional code for listing tokens, and mark the deprecated call', () => {
    expect(item('/v1/access_tokens').get).toMatchObject({
      parameters: [{ name: 'otp', in: 'query', required: false }],
      responses: { '4XX': {} },
    })
    expect(item('/v1/access_tokens/{token}').delete).toMatchObject({ deprecated: true })
  })

  it('can fail with an HTML page, like the token endpoint', () => {
    expect(item('/oauth/token').post).toMatchObject({ responses: { '5XX': {}, default: {} } })
    const { responses } = document.components as { responses: Record<string, { content: object }> }
    expect(Object.keys(responses.Failed?.content ?? {})).toContain('text/html')
  })
})

describe('the responses to other calls match the document:', () => {
  it.each(bearerCalls.map((one) => [`${one.method} ${one.path}`, one] as const))('%s', async (_, one) => {
    const sandbox = createSandbox()
    const { status, body } = await send(sandbox, await one.request(sandbox))
    expect([200, 204]).toContain(status)
    if (status === 204) expect(body).toBeUndefined()
    else expectValid(responseSchema(one.path, one.method, status), body)
  })
})
