import { apiUsers, type Call, calls, pages } from '@particle-grants/reference'
import { blocks, fence, heading, list, table } from '../markdown/markdown.ts'
import { facts, from } from '../markdown/provenance.ts'
import { type GeneratedFile, page } from '../page.ts'

const authentications: Readonly<Record<Call['authentication'], string>> = {
  bearer: '`Authorization: Bearer …`',
  basic: 'HTTP Basic with username and password',
  client: "the client's id and secret",
  none: 'none',
}

const encodings = { form: 'form-encoded', json: 'JSON', query: 'in the query' } as const

/** The page of the calls next to the token endpoint. */
export function callsPage(): GeneratedFile {
  const all: readonly (readonly [string, Call])[] = Object.entries(calls)
  return page('reference/calls.md', {
    title: 'Other API calls',
    body: (at) => [
      'Calls about tokens, MFA, customers and clients. All paths are under `https://api.particle.io`.',
      table(
        ['', 'Call', 'Authentication'],
        all.map(([id, { title, method, path, authentication }]) => [
          `[${title}](#${id})`,
          `\`${method} ${path}\``,
          authentications[authentication],
        ]),
      ),
      `As OpenAPI 3.1, with the token endpoint: [openapi.json](${at.to('public/openapi.json')}).`,
      ...all.map(([id, call]) => section(id, call)),
      heading(2, 'API users', 'api-users'),
      facts(apiUsers),
    ],
  })
}

function section(id: string, call: Call): string {
  const { title, method, path, authentication, fieldsIn, fields, response, from: provenance } = call
  const named = Object.entries(fields).map(([name, need]) => `\`${name}\`${need === 'optional' ? ' (optional)' : ''}`)
  return blocks(
    heading(2, title, id),
    `\`${method} ${path}\` ${from(provenance)}`,
    list([
      `Authentication: ${authentications[authentication]}`,
      ...(fieldsIn === undefined ? [] : [`Fields (${encodings[fieldsIn]}): ${named.join(', ')}`]),
      ...(call.deprecated ? ['Deprecated'] : []),
    ]),
    fence('json', response),
    facts(call.facts),
    list(call.pages.map((page_) => `Particle's documentation: [${pages[page_].title}](${pages[page_].url})`)),
  )
}
