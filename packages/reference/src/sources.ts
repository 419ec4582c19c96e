import { type Link, pages } from './pages.ts'

/** Where facts are known from. */
export interface Source {
  readonly title: string
  /** How reliable a fact from this source is, in a sentence or two. */
  readonly trust: string
  readonly links: readonly Link[]
  /** When it was last read: a date, ISO 8601. */
  readonly checkedOn: string
}

const checkedOn = '2026-11-23'

/** Every source of this reference. No fact was tested against the live service. */
export const sources = {
  reported: {
    title: 'Reported',
    trust:
      "The two participants of a report on Particle's documentation saw the live service do this, each with one account.",
    links: [{ title: 'particle-iot/docs, issue 1132', url: 'https://github.com/particle-iot/docs/issues/1132' }],
    checkedOn,
  },
  documented: {
    title: 'Documented',
    trust:
      "Particle's published documentation says so. Of the API reference, only the parts that people wrote were read: API users, errors, limits.",
    links: [
      pages.authentication,
      pages.access_tokens,
      pages.web_page,
      pages.cloud_api_tutorial,
      pages.two_step_authentication,
      pages.api_reference,
    ],
    checkedOn,
  },
  documented_secondhand: {
    title: 'Documented, second hand',
    trust:
      "Particle's generated API reference says so, as comments in other people's clients quote it. The generated part of the reference was not read itself.",
    links: [pages.api_reference],
    checkedOn,
  },
  server_source: {
    title: 'Server source',
    trust:
      "Read in the source and tests of Particle's open OAuth server library, version 3.2.3. The live service may run another version, and its account model is not public.",
    links: [
      {
        title: 'particle-iot/node-oauth2-server',
        url: 'https://github.com/particle-iot/node-oauth2-server',
      },
    ],
    checkedOn,
  },
  clients: {
    title: "Particle's clients",
    trust: "Particle's own tools do so: particle-api-js 12, and particle-cli 3.43 to 3.51.",
    links: [
      { title: 'particle-iot/particle-api-js', url: 'https://github.com/particle-iot/particle-api-js' },
      { title: 'particle-iot/particle-cli', url: 'https://github.com/particle-iot/particle-cli' },
    ],
    checkedOn,
  },
  observed: {
    title: 'Observed',
    trust: 'Responses of the live service that others recorded in 2015 and 2017.',
    links: [{ title: 'monkbroc/particlerb', url: 'https://github.com/monkbroc/particlerb' }],
    checkedOn,
  },
  community: {
    title: 'Community',
    trust: 'A user of the service saw it and posted it in a forum or an issue. No document or source code confirms it.',
    links: [{ title: 'Particle Community', url: 'https://community.particle.io/' }],
    checkedOn,
  },
  standard: {
    title: 'Standard',
    trust: 'A standard says so, whatever the service does.',
    links: [
      {
        title: 'RFC 6749: The OAuth 2.0 Authorization Framework',
        url: 'https://www.rfc-editor.org/rfc/rfc6749',
      },
      {
        title: 'RFC 8628: OAuth 2.0 Device Authorization Grant',
        url: 'https://www.rfc-editor.org/rfc/rfc8628',
      },
      {
        title: 'RFC 9700: Best Current Practice for OAuth 2.0 Security',
        url: 'https://www.rfc-editor.org/rfc/rfc9700',
      },
    ],
    checkedOn,
  },
  inferred: {
    title: 'Inferred',
    trust: 'A conclusion or a rule of this project. No source says it.',
    links: [],
    checkedOn,
  },
  unknown: {
    title: 'Unknown',
    trust: 'No source says it, and it was not tested. Code should work either way.',
    links: [],
    checkedOn,
  },
} as const satisfies Readonly<Record<string, Source>>

/** The name of a source. */
export type SourceId = keyof typeof sources

type KnownSourceId = Exclude<SourceId, 'unknown' | 'inferred'>

/** Where something is known from: at least one source, or only `inferred`, or only `unknown`. */
export type Provenance = readonly [KnownSourceId, ...KnownSourceId[]] | readonly ['inferred'] | readonly ['unknown']

/** A sentence or two about Particle, and where it is known from. Plain text; backticks mark code. */
export interface Fact {
  readonly text: string
  readonly from: Provenance
}
