import {
  clientId,
  clientKinds,
  limits,
  lockout,
  notServed,
  pages,
  sources,
  tokenRequest,
  unknowns,
} from '@particle-grants/core/reference'
import { grantPages } from '../grant-pages.ts'
import { blocks, escapeTags, heading, list, steps, table } from '../markdown/markdown.ts'
import { fact, facts } from '../markdown/provenance.ts'
import { type GeneratedFile, page } from '../page.ts'

/** The three kinds of client. */
export function clientsPage(): GeneratedFile {
  return page('reference/clients.md', {
    title: 'Clients: developer, product, user',
    body: (at) => [
      `Every token request names an OAuth client, by id and secret. Which kind it is decides which
[grants](${at.to('grants/README.md')}) it may use, and whether its tokens can be renewed.`,
      fact(clientId, at),
      ...Object.entries(clientKinds).map(([kind, { title, summary, example, facts: known, pages: ids }]) =>
        blocks(
          heading(2, title, kind),
          summary,
          `For example \`${example}\`, as \`id:secret\`.`,
          facts(known, at),
          list(ids.map((id) => `Particle's own page: [${pages[id].title}](${pages[id].url})`)),
        ),
      ),
    ],
  })
}

/** What holds for a token request of any grant. */
export function requestPage(): GeneratedFile {
  const { method, path, url, contentType, clientAuthentication, checks } = tokenRequest
  return page('reference/request.md', {
    title: 'Every token request',
    body: (at) => [
      table(
        ['', ''],
        [
          ['Method and path', `\`${method} ${path}\``],
          ['URL', `\`${url}\``],
          ['`Content-Type`', `\`${contentType}\``],
        ],
      ),
      `As OpenAPI 3.1, with the fields of each grant and the calls around: [openapi.json](${at.to('public/openapi.json')}).`,
      facts(tokenRequest.facts, at),
      heading(2, 'Who is asking', 'client-authentication'),
      'By HTTP Basic:',
      facts(clientAuthentication.basic, at),
      'Or by fields:',
      facts(clientAuthentication.body, at),
      heading(2, 'In which order it is checked', 'checks'),
      'The first check that fails is the one that answers.',
      steps(checks.map((check) => fact(check, at))),
    ],
  })
}

/** How often one may ask. */
export function limitsPage(): GeneratedFile {
  return page('reference/limits.md', {
    title: 'Limits and lockout',
    body: (at) => [
      heading(2, 'Lockout', 'lockout'),
      `**${lockout.failures} failed token requests in a row, and the address is blocked for ${lockout.seconds / 60} minutes.**`,
      facts(lockout.facts, at),
      `This project never contributes the tenth: it counts in the store, for all processes together, and holds passwords and
codes back after five ([\`failure_budget_spent\`](${at.to('errors.md')}#failure_budget_spent)).`,
      ...Object.entries(limits).map(([id, { title, facts: known }]) =>
        blocks(heading(2, title, id), facts(known, at)),
      ),
    ],
  })
}

/** What is known, and not served by this project. */
export function notServedPage(): GeneratedFile {
  return page('reference/not-served.md', {
    title: 'Known, and not served',
    body: (at) => [
      'Grant types that are about and that this project leaves out, and what to use instead.',
      ...Object.entries(notServed).map(([id, { title, facts: known, why, instead, insteadGrant }]) =>
        blocks(
          heading(2, `\`${id}\`: ${title.toLowerCase()}`, anchorOfGrant(id)),
          facts(known, at),
          `Why not here: ${why}`,
          `Instead: ${instead}${insteadGrant === undefined ? '' : ` See [\`${insteadGrant}\`](${at.to(grantPages[insteadGrant])}).`}`,
        ),
      ),
    ],
  })
}

/** A grant type as an anchor. */
export function anchorOfGrant(type: string): string {
  return type.replaceAll(':', '-')
}

/** What nobody has said. */
export function unknownsPage(): GeneratedFile {
  return page('reference/unknowns.md', {
    title: 'What is not known',
    body: (at) => [
      'Open questions about the live service, what is known all the same, and what this project does so that either answer is fine. Whoever can answer one is welcome to.',
      ...Object.entries(unknowns).map(([id, { question, known, here }]) =>
        blocks(heading(2, escapeTags(question), id), facts(known, at), `**Here:** ${escapeTags(here)}`),
      ),
    ],
  })
}

/** Where facts are known from. */
export function sourcesPage(): GeneratedFile {
  return page('reference/sources.md', {
    title: 'Where it is known from',
    body: () => [
      'Each fact of this reference carries its sources. **None was tried against the live service.**',
      table(
        ['Source', 'Last looked at'],
        Object.entries(sources).map(([id, { title, lookedAt }]) => [`[${title}](#${id})`, lookedAt]),
      ),
      ...Object.entries(sources).map(([id, { title, trust, links, lookedAt }]) =>
        blocks(
          heading(2, title, id),
          trust,
          list(links.map((link) => `[${link.title}](${link.url})`)),
          `Last looked at: ${lookedAt}.`,
        ),
      ),
    ],
  })
}
