import { type Link, pages } from './pages.ts'

/** Where facts are known from. */
export interface Source {
  readonly title: string
  /** How far a fact from here can be trusted, in a sentence or two. */
  readonly trust: string
  readonly links: readonly Link[]
  /** When it was last looked at: a date, ISO 8601. */
  readonly lookedAt: string
}

const lookedAt = '2026-11-23'

/** Every source of this reference. Nothing in it was tried against the live service. */
export const sources = {
  reported: {
    title: 'Reported',
    trust: "What the two participants of a report on Particle's documentation saw the live service do.",
    links: [
      { title: 'particle-iot/docs, issue 1132', url: 'https://github.com/particle-iot/docs/issues/1132' },
    ],
    lookedAt,
  },
  documented: {
    title: 'Documented',
    trust: "Particle's published documentation says so.",
    links: [
      pages.authentication,
      pages.access_tokens,
      pages.web_page,
      pages.cloud_api_tutorial,
      pages.two_step_authentication,
    ],
    lookedAt,
  },
  documented_secondhand: {
    title: 'Documented, second hand',
    trust:
      "Particle's generated API reference says so, as comments in other people's clients quote it. The reference itself was not read for this fact.",
    links: [pages.api_reference],
    lookedAt,
  },
  server_source: {
    title: 'Server source',
    trust:
      "Read in the source and tests of Particle's open OAuth server library, version 3.2.3. The live service may run another version, and adds an account model that is not public.",
    links: [
      {
        title: 'particle-iot/node-oauth2-server',
        url: 'https://github.com/particle-iot/node-oauth2-server',
      },
    ],
    lookedAt,
  },
  clients: {
    title: "Particle's clients",
    trust: "Particle's own tools do so: particle-api-js 12, and particle-cli 3.43 to 3.49.",
    links: [
      { title: 'particle-iot/particle-api-js', url: 'https://github.com/particle-iot/particle-api-js' },
      { title: 'particle-iot/particle-cli', url: 'https://github.com/particle-iot/particle-cli' },
    ],
    lookedAt,
  },
  observed: {
    title: 'Observed',
    trust: 'Answers of the live service that others recorded in 2015 and 2017.',
    links: [{ title: 'monkbroc/particlerb', url: 'https://github.com/monkbroc/particlerb' }],
    lookedAt,
  },
  unknown: {
    title: 'Unknown',
    trust: 'Nobody has said, and it was not tried. Code should work either way.',
    links: [],
    lookedAt,
  },
} as const satisfies Readonly<Record<string, Source>>

/** The name of a source. */
export type SourceId = keyof typeof sources

type KnownSourceId = Exclude<SourceId, 'unknown'>

/** Where something is known from: one source at least, or `unknown` and nothing beside it. */
export type Provenance = readonly [KnownSourceId, ...KnownSourceId[]] | readonly ['unknown']

/** A sentence or two about Particle, and where it is known from. Plain text; backticks mark code. */
export interface Fact {
  readonly text: string
  readonly from: Provenance
}
