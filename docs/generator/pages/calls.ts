import { apiUsers, type Call, calls, pages } from '@particle-grants/core/reference'
import { blocks, fence, heading, list, table } from '../markdown/markdown.ts'
import { facts, from } from '../markdown/provenance.ts'
import { type GeneratedFile, page } from '../page.ts'
import type { Place } from '../place.ts'

const authentications: Readonly<Record<Call['authentication'], string>> = {
  bearer: '`Authorization: Bearer …`',
  basic: "the account's username and password, by HTTP Basic",
  client: "the client's id and secret",
  none: 'none',
}

/** The calls around the token endpoint. */
export function callsPage(): GeneratedFile {
  const all: readonly (readonly [string, Call])[] = Object.entries(calls)
  return page('reference/calls.md', {
    title: 'Calls around the token endpoint',
    body: (at) => [
      'Looking at tokens, revoking them, MFA, and customers of a product. Everything is under `https://api.particle.io`.',
      table(
        ['', 'Call', 'Who asks'],
        all.map(([id, { title, method, path, authentication }]) => [
          `[${title}](#${id})`,
          `\`${method} ${path}\``,
          authentications[authentication],
        ]),
      ),
      `As OpenAPI 3.1, with the token endpoint: [openapi.json](${at.to('public/openapi.json')}).`,
      ...all.map(([id, call]) => section(id, call, at)),
      heading(2, 'API users', 'api-users'),
      facts(apiUsers, at),
    ],
  })
}

function section(id: string, call: Call, at: Place): string {
  const { title, method, path, authentication, fields, answer, from: provenance } = call
  const named = Object.entries(fields).map(
    ([name, need]) => `\`${name}\`${need === 'optional' ? ' (optional)' : ''}`,
  )
  return blocks(
    heading(2, title, id),
    `\`${method} ${path}\` ${from(provenance, at)}`,
    list([
      `Who asks: ${authentications[authentication]}`,
      ...(named.length === 0 ? [] : [`Fields: ${named.join(', ')}`]),
      ...(call.deprecated ? ['Deprecated'] : []),
    ]),
    fence('json', answer),
    facts(call.facts, at),
    list(call.pages.map((page_) => `Particle's own page: [${pages[page_].title}](${pages[page_].url})`)),
  )
}
