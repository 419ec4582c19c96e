import {
  clientIdFormat,
  clientReferences,
  limits,
  lockout,
  pages,
  simpleAuthClient,
  sources,
  successFields,
  tokenRequest,
  unknowns,
  unsupportedGrants,
} from '@particle-grants/reference'
import { grantPages } from '../grant-pages.ts'
import { blocks, escapeTags, heading, list, steps, table } from '../markdown/markdown.ts'
import { fact, facts, from } from '../markdown/provenance.ts'
import { type GeneratedFile, page } from '../page.ts'
import { responseFieldTable } from './grant-responses.ts'

/** The page of the four kinds of client. */
export function clientsPage(): GeneratedFile {
  return page('reference/clients.md', {
    title: 'OAuth clients: developer, product, user, Simple Auth',
    body: (at) => [
      `Every token request contains an OAuth client's id and secret. The kind of client decides which
[grants](${at.to('grants/README.md')}) it may use, and whether its tokens can be renewed.`,
      fact(clientIdFormat),
      ...Object.entries({ ...clientReferences, simple_auth: simpleAuthClient }).map(([kind, reference]) =>
        blocks(
          heading(2, reference.title, kind),
          reference.summary,
          `For example \`${reference.example}\`, as \`id:secret\`.`,
          facts(reference.facts),
          list(reference.pages.map((id) => `Particle's documentation: [${pages[id].title}](${pages[id].url})`)),
        ),
      ),
    ],
  })
}

/** The page of what all token requests have in common. */
export function requestPage(): GeneratedFile {
  const { method, path, url, contentType, clientAuthentication, checks } = tokenRequest
  return page('reference/request.md', {
    title: 'Token requests',
    body: (at) => [
      table(
        ['', ''],
        [
          ['Method and path', `\`${method} ${path}\``],
          ['URL', `\`${url}\``],
          ['`Content-Type`', `\`${contentType}\``],
        ],
      ),
      `As OpenAPI 3.1, with the fields of each grant and other API calls: [openapi.json](${at.to('public/openapi.json')}).`,
      facts(tokenRequest.facts),
      heading(2, 'Client authentication', 'client-authentication'),
      'Either HTTP Basic (`client_secret_basic`):',
      facts(clientAuthentication.client_secret_basic),
      'Or form fields (`client_secret_post`):',
      facts(clientAuthentication.client_secret_post),
      heading(2, 'Response with tokens', 'response'),
      responseFieldTable(successFields),
      heading(2, 'Order of the checks', 'checks'),
      'The first check that fails decides the response.',
      steps(checks.map((check) => fact(check))),
    ],
  })
}

/** The page of the limits and the lockout. */
export function limitsPage(): GeneratedFile {
  return page('reference/limits.md', {
    title: 'Limits and lockout',
    body: (at) => [
      heading(2, 'Lockout', 'lockout'),
      `**${lockout.facts[0].text}**${from(lockout.facts[0].from)}`,
      facts(lockout.facts.slice(1)),
      `The libraries of this project send no automatic request within 30 minutes of the ninth refusal they have seen, and hold back
an account after five refusals ([\`backing_off\`](${at.to('errors.md')}#backing_off)). They cannot see other programs behind your
IP address. See [protection from lockout](${at.to('guides/lockout-guard.md')}).`,
      ...Object.entries(limits).map(([id, { title, facts: known }]) => blocks(heading(2, title, id), facts(known))),
    ],
  })
}

/** The page of known grants that this project does not support. */
export function unsupportedGrantsPage(): GeneratedFile {
  return page('reference/unsupported-grants.md', {
    title: 'Unsupported grants',
    body: (at) => [
      'Grant types that exist but that this project does not support, and what to use instead.',
      ...Object.entries(unsupportedGrants).map(([id, { title, facts: known, reason, alternative, alternativeGrant }]) =>
        blocks(
          heading(2, `\`${id}\`: ${title}`, toAnchor(id)),
          facts(known),
          `Why it is not supported: ${reason}`,
          `What to do instead: ${alternative}${alternativeGrant === undefined ? '' : ` See [\`${alternativeGrant}\`](${at.to(grantPages[alternativeGrant])}).`}`,
        ),
      ),
    ],
  })
}

/** Returns a grant type as an anchor. */
export function toAnchor(type: string): string {
  return type.replaceAll(':', '-')
}

/** The page of the open questions. */
export function unknownsPage(): GeneratedFile {
  return page('reference/unknowns.md', {
    title: 'Open questions',
    body: (at) => [
      `Open questions about the live service, what is known so far, and what this project does so that it works either way. If you have an account, you can [help to answer them](${at.to('reference/live-check.md')}).`,
      ...Object.entries(unknowns).map(([id, { question, known, handling }]) =>
        blocks(heading(2, escapeTags(question), id), facts(known), `**This project:** ${escapeTags(handling)}`),
      ),
    ],
  })
}

/** The page of the sources. */
export function sourcesPage(): GeneratedFile {
  return page('reference/sources.md', {
    title: 'Sources',
    body: () => [
      'Each fact of this reference names its sources. **No fact was tested against the live service.**',
      table(
        ['Source', 'Last read'],
        Object.entries(sources).map(([id, { title, checkedOn }]) => [`[${title}](#${id})`, checkedOn]),
      ),
      ...Object.entries(sources).map(([id, { title, trust, links, checkedOn }]) =>
        blocks(
          heading(2, title, id),
          trust,
          list(links.map((link) => `[${link.title}](${link.url})`)),
          `Last read: ${checkedOn}.`,
        ),
      ),
    ],
  })
}
