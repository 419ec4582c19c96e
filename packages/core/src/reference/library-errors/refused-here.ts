import type { LibraryErrorReferences } from './library-error.ts'

const unchanged = 'Nothing was sent, and nothing has changed.'

/** What is refused before anything is sent. */
export const refusedHere: LibraryErrorReferences<
  | 'invalid_argument'
  | 'insecure_base_url'
  | 'grant_not_allowed'
  | 'subject_mismatch'
  | 'step_under_way'
  | 'no_challenge'
  | 'invalid_transition'
> = {
  invalid_argument: {
    title: 'An argument that cannot work',
    when: 'A parameter or a field is missing, malformed or unknown.',
    afterwards: unchanged,
    examples: [
      { parameter: 'otp', problem: 'must be six digits' },
      { parameter: 'expiresIn', problem: 'must be an integer of 0 or more' },
    ],
    wire: [],
  },
  insecure_base_url: {
    title: 'Credentials in the clear',
    when: 'The base URL is plain `http:` and leads to another machine.',
    afterwards: unchanged,
    examples: [{ origin: 'http://api.example.com' }],
    wire: [],
  },
  grant_not_allowed: {
    title: 'A grant that this kind of client cannot use',
    when: "A developer's token was to be refreshed, or a developer client was to ask with its own credentials.",
    afterwards: unchanged,
    examples: [
      { grant_type: 'refresh_token', clientKind: 'developer' },
      { grant_type: 'client_credentials', clientKind: 'developer' },
    ],
    wire: [],
  },
  subject_mismatch: {
    title: "Somebody else's session",
    when: 'A sign-in names another account or customer than the session belongs to.',
    afterwards: unchanged,
    examples: [{ expected: 'account:jane@example.com', given: 'account:joe@example.com' }],
    wire: [],
  },
  step_under_way: {
    title: 'One step at a time',
    when: 'A step was taken while the request of another one was under way.',
    afterwards: 'Nothing was sent for this step. The other one goes on.',
    examples: [{ grant_type: 'password' }],
    wire: [],
  },
  no_challenge: {
    title: 'No challenge to answer',
    when: 'A code was submitted, but the session waits for none.',
    afterwards: unchanged,
    examples: [{}],
    wire: [],
  },
  invalid_transition: {
    title: 'An event out of place',
    when: 'The machine is driven by a runner of your own, which gave it an event that its state cannot take.',
    afterwards: 'The state is unchanged.',
    examples: [{ status: 'signed_out', event: 'granted' }],
    wire: [],
  },
}
