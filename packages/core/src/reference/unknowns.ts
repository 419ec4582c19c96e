import type { Fact } from './provenance.ts'

/** Something that nobody has said. */
export interface Unknown {
  readonly question: string
  /** What is known all the same; sources that contradict each other are both here. */
  readonly known: readonly Fact[]
  /** What this project does about it, so that either answer is fine. */
  readonly here: string
}

/** Every open question about the live service. Whoever can answer one is welcome to. */
export const unknowns = {
  server_version: {
    question:
      'Which version of the OAuth library does the live service run, and what does its account model add?',
    known: [
      {
        text: 'The library is public up to 3.2.3; the account model is not public.',
        from: ['server_source'],
      },
    ],
    here: 'Decides by code and status, never by text. Anything that is not understood is typed as an unexpected answer.',
  },
  developer_secret: {
    question: "Does the service check a developer client's secret?",
    known: [{ text: "Particle's tools send one, each its own.", from: ['clients'] }],
    here: 'Always sends the published secret.',
  },
  developer_refresh: {
    question: "How is a developer's refresh token refused?",
    known: [
      { text: 'It comes with the answer, and does not work.', from: ['reported'] },
      {
        text: "The library answers a foreign token with 400, `invalid_grant` and `Invalid refresh token`, and would itself refresh a developer's.",
        from: ['server_source'],
      },
    ],
    here: 'Never sends one. The sandbox refuses it as the library refuses a foreign one.',
  },
  user_client_refresh: {
    question: "Can a user client's tokens be refreshed?",
    known: [
      { text: 'Refreshing is documented for product tokens only.', from: ['reported', 'documented'] },
      { text: "The library itself would refresh any client's own token.", from: ['server_source'] },
    ],
    here: 'Never tries. Asks again with `client_credentials`, or says that the token cannot be renewed.',
  },
  credentials_in_second_step: {
    question: 'Does the service look at `username` and `password` in the second step?',
    known: [
      { text: "Particle's own clients leave both out.", from: ['documented', 'clients'] },
      { text: 'The report sent the username again, and it did no harm.', from: ['reported'] },
    ],
    here: 'The session leaves both out. The codec can send them.',
  },
  remembered_lifetime: {
    question: 'Does the live service remember lifetime and scope of the first step with the `mfa_token`?',
    known: [{ text: 'The library can, and drops a `0` on the way in.', from: ['server_source'] }],
    here: 'Sends `expires_in` in both steps, and says whether the answer has the lifetime that was asked for.',
  },
  mfa_token_lifetime: {
    question: 'How long does an `mfa_token` live?',
    known: [],
    here: 'Gives a challenge up after 10 minutes, which can be changed, since a dead one answers just like a wrong code.',
  },
  mfa_token_unknown: {
    question: 'How is an unknown or dead `mfa_token` answered?',
    known: [{ text: 'A wrong code is answered with 401 and `invalid_token`.', from: ['server_source'] }],
    here: 'Takes it for a wrong code, and says to start over after three of them.',
  },
  wrong_code_spends: {
    question: 'Does a wrong code spend the `mfa_token`?',
    known: [{ text: "Particle's CLI asks up to three times with the same one.", from: ['clients'] }],
    here: 'Keeps the same `mfa_token` for three tries, which can be changed, and then says to start over.',
  },
  code_twice: {
    question: 'May a code be used twice?',
    known: [],
    here: 'Never sends a code a second time by itself.',
  },
  recovery_codes: {
    question: 'Does the live token endpoint take recovery codes?',
    known: [
      { text: 'The library has a grant for them.', from: ['server_source'] },
      { text: 'The documentation says that they work only at login.particle.io.', from: ['documented'] },
    ],
    here: 'Can send one, once, and points to login.particle.io.',
  },
  refresh_token_lifetime: {
    question: 'How long does a refresh token live?',
    known: [
      { text: '14 days, as the API reference is quoted.', from: ['documented_secondhand'] },
      { text: "14 days beyond the access token's end, by the library's default.", from: ['server_source'] },
    ],
    here: 'Never judges one by its age. Asks, and takes the answer.',
  },
  retry_after: {
    question: 'Does an answer with status 429 carry `Retry-After`?',
    known: [],
    here: 'Says how long to wait where it is there, and otherwise half an hour.',
  },
  what_counts_as_failed: {
    question: 'Which answers count towards the lockout: `mfa_required`? A refused refresh?',
    known: [{ text: 'Ten failed token requests in a row block the address.', from: ['documented'] }],
    here: 'Treats every refusal as one that may count, and repeats none by itself.',
  },
  count_fades: {
    question: 'Does the count of failed requests fade with time?',
    known: [],
    here: 'Does not rely on it.',
  },
} as const satisfies Readonly<Record<string, Unknown>>

/** The name of an open question. It is its anchor as well. */
export type UnknownId = keyof typeof unknowns
