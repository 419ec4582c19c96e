import type { Question } from './question.ts'

/** Questions about the second factor. */
export const mfaQuestions = {
  mfa_token_or_mfa_otp: {
    question: 'Is it `urn:custom:mfa-token` or `urn:custom:mfa-otp`?',
    answer: [
      {
        text: 'It is `urn:custom:mfa-otp`. The server knows no `urn:custom:mfa-token`: `mfa_token` is a field, and no grant type.',
        from: ['reported', 'server_source'],
      },
      {
        text: 'The report itself wrote the other spelling once, and this one everywhere else.',
        from: ['reported'],
      },
    ],
  },
  credentials_again: {
    question: 'Must `username` and `password` be sent again with the code?',
    answer: [
      {
        text: "No. Particle's own clients and its example for web pages send `mfa_token`, `otp` and the client, and nothing else.",
        from: ['documented', 'clients'],
      },
      { text: 'The report sent the username again, and was answered with tokens.', from: ['reported'] },
      { text: 'Whether the service looks at them in the second step is not known.', from: ['unknown'] },
    ],
  },
  mfa_token_where_from: {
    question: 'Where does the `mfa_token` come from?',
    answer: [
      {
        text: 'From the answer to the first step: status 403, `error` is `mfa_required`, and `mfa_token` stands beside it.',
        from: ['reported', 'documented', 'server_source'],
      },
    ],
  },
  second_step_documented: {
    question: 'Where does Particle document the second step?',
    answer: [
      {
        text: 'In an application note, AN032, about calling the API from a web page. The API reference, where people look first, lacks it.',
        from: ['reported', 'documented'],
      },
    ],
  },
  wrong_code: {
    question: 'The code was wrong. May I send another one?',
    answer: [
      {
        text: "Particle's CLI does: up to three codes with the same `mfa_token`. Send the authenticator's next code, not the same one.",
        from: ['clients'],
      },
      {
        text: 'Whether a wrong code spends the `mfa_token`, how long one lives, and whether a code is good twice, is not known.',
        from: ['unknown'],
      },
    ],
  },
  recovery_codes: {
    question: 'Where do recovery codes work?',
    answer: [
      {
        text: 'At login.particle.io, and according to the documentation nowhere else: not in the CLI and not in apps.',
        from: ['documented'],
      },
      {
        text: 'The server library has a grant for them, `urn:custom:recovery-code`. Expect the live service to refuse it.',
        from: ['server_source'],
      },
    ],
  },
  sso: {
    question: 'My account signs in through SSO. How do I get a token?',
    answer: [
      {
        text: "The password grant can't serve such an account: it answers `sso_user` with status 403.",
        from: ['server_source'],
      },
      {
        text: "Particle's CLI signs in through SSO, with `particle login --sso`. The token that it gets can be used like any other.",
        from: ['clients'],
      },
    ],
  },
} as const satisfies Readonly<Record<string, Question>>
