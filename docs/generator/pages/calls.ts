import { apiUsers, type Call, type CallId, calls, pages } from '@particle-grants/reference'
import { quoteForShell } from '../../.vitepress/theme/samples/quote.ts'
import { blocks, fence, heading, list, table } from '../markdown/markdown.ts'
import { facts, from } from '../markdown/provenance.ts'
import { type GeneratedFile, page } from '../page.ts'

/** How a call is authenticated, in words and as an option of curl. */
const authentications: Readonly<Record<Call['authentication'], readonly [text: string, option?: string]>> = {
  bearer: ['access token', '-H "Authorization: Bearer $PARTICLE_ACCESS_TOKEN"'],
  basic: ['username and password (HTTP Basic)', '-u "dev@example.com:$PARTICLE_PASSWORD"'],
  client: ['client id and secret', '-u my-product-1234:"$PARTICLE_CLIENT_SECRET"'],
  none: ['none'],
}

/** What the samples send, by call. Secrets are variables of the shell. */
const sentFields: { readonly [C in CallId]?: Readonly<Record<string, unknown>> } = {
  confirm_mfa_enrolment: { mfa_token: '6e16f915-29f5-9b2b-b752-451a73ec6102', otp: '012345' },
  disable_mfa: { current_password: '$PARTICLE_PASSWORD' },
  create_customer: { grant_type: 'client_credentials', email: 'new@example.com', no_password: true },
  create_user_client: { name: 'my-scripts', type: 'installed' },
  create_product_client: { name: 'my-product', type: 'installed' },
  create_api_user: { friendly_name: 'CI', scopes: ['devices:list'] },
  update_api_user: { friendly_name: 'CI', scopes: ['devices:list', 'devices:get'] },
}

const pathExamples: Readonly<Record<string, string>> = {
  productIdOrSlug: '1234',
  email: 'jane@example.com',
  username: 'ci+g7lvvcczos@api.particle.io',
  clientId: 'my-scripts-5678',
}

const encodings = { form: 'form-encoded', json: 'JSON', query: 'in the query' } as const

/** Returns a call as a curl command, with example values. */
export function toCurlOfCall(id: CallId): string {
  const { method, path, authentication, fieldsIn }: Call = calls[id]
  const url = `https://api.particle.io${path.replaceAll(/:(\w+)/g, (_, name: string) => pathExamples[name] ?? name)}`
  const fields = sentFields[id] ?? {}
  const json = JSON.stringify(fields)
  const body = json.includes('$') ? `"${json.replaceAll('"', '\\"')}"` : quoteForShell(json)
  return [
    `curl ${/GET|POST/.test(method) ? '' : `-X ${method} `}${url}`,
    ...authentications[authentication].slice(1),
    ...(fieldsIn === 'form' ? Object.entries(fields).map(([name, value]) => `-d ${name}=${value}`) : []),
    ...(fieldsIn === 'json' ? ["-H 'Content-Type: application/json'", `-d ${body}`] : []),
  ].join(' \\\n  ')
}

/** The page of the calls next to the token endpoint. */
export function callsPage(): GeneratedFile {
  const all = Object.entries(calls) as (readonly [CallId, Call])[]
  return page('reference/calls.md', {
    title: 'Other API calls',
    body: (at) => [
      'Calls about tokens, MFA, customers, clients and API users. All paths are under `https://api.particle.io`.',
      table(
        ['', 'Call', 'Authentication'],
        all.map(([id, { title, method, path, authentication }]) => [
          `[${title}](#${id})`,
          `\`${method} ${path}\``,
          authentications[authentication][0],
        ]),
      ),
      'The samples take the access token from `$PARTICLE_ACCESS_TOKEN`. Escape `"` and `\\` in JSON.',
      `As OpenAPI 3.1, with the token endpoint: [openapi.json](${at.to('public/openapi.json')}). Import it into Postman, or generate a client for Python or another language.`,
      ...all.map(([id, call]) => section(id, call)),
      heading(2, 'API users', 'api-users'),
      facts(apiUsers),
      `The scopes, and what other tokens may do: [which token may do what](${at.to('reference/permissions.md')}).`,
    ],
  })
}

function section(id: CallId, call: Call): string {
  const { title, method, path, authentication, fieldsIn, fields, scope, status, response, from: provenance } = call
  const named = Object.entries(fields).map(([name, need]) => `\`${name}\`${need === 'optional' ? ' (optional)' : ''}`)
  return blocks(
    heading(2, title, id),
    `\`${method} ${path}\` ${from(provenance)}`,
    list([
      `Authentication: ${authentications[authentication][0]}`,
      ...(fieldsIn === undefined ? [] : [`Fields (${encodings[fieldsIn]}): ${named.join(', ')}`]),
      ...(scope === undefined ? [] : [`Scope of an API user: \`${scope}\``]),
      ...(call.deprecated ? ['Deprecated'] : []),
    ]),
    call.deprecated ? '' : fence('sh', toCurlOfCall(id)),
    status === 204 ? 'The response is 204, without a body.' : fence('json', response),
    facts([...call.facts, ...(call.errors ?? [])]),
    list(call.pages.map((page_) => `Particle's documentation: [${pages[page_].title}](${pages[page_].url})`)),
  )
}
