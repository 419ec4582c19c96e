import type { Question } from './question.ts'

/** Questions about tokens: how long they live, how they are renewed, whose they are. */
export const tokenQuestions = {
  refresh_token_useless: {
    question: 'Why does my refresh token not work?',
    answer: [
      {
        text: "Only product tokens can be refreshed. A developer's answer carries a `refresh_token` as well, and nothing can be done with it.",
        from: ['reported', 'documented'],
      },
      {
        text: 'It also fails when it was used before, when it belongs to another client, and when it has expired. Used, foreign and wrong ones are all answered with `Invalid refresh token`.',
        from: ['server_source'],
      },
    ],
  },
  how_long: {
    question: 'How long does all this live?',
    answer: [
      {
        text: 'An access token lives 90 days, unless you ask otherwise.',
        from: ['reported', 'documented', 'observed'],
      },
      {
        text: 'A refresh token lives 14 days, according to the API reference as others quote it.',
        from: ['documented_secondhand'],
      },
      {
        text: "The server library's default differs: 14 days beyond the access token's end. So do not judge a refresh token by its age: ask.",
        from: ['server_source'],
      },
      { text: 'How long an `mfa_token` lives is not known. Use it at once.', from: ['unknown'] },
    ],
  },
  never_expires: {
    question: 'Can I get a token that never expires?',
    answer: [
      { text: 'Yes, with `expires_in=0`. No refresh token comes with it.', from: ['server_source'] },
      {
        text: 'With MFA, send `expires_in` in both steps: the library as read drops a `0` that only the first step had. Then compare with the answer.',
        from: ['server_source'],
      },
      {
        text: 'For servers the documentation prefers API users: their token never expires either, and can do only what it was made for.',
        from: ['documented'],
      },
    ],
  },
  refresh_or_ask_again: {
    question: 'Should a back end refresh its token or ask for a new one?',
    answer: [
      {
        text: "Ask again with `client_credentials`. Refreshing needs the client's secret as well, so it gains nothing.",
        from: ['documented_secondhand', 'server_source'],
      },
    ],
  },
  lost_refresh_answer: {
    question: 'The answer to a refresh was lost on the way. What now?',
    answer: [
      {
        text: 'The refresh token is probably gone: the server revokes it before it saves the next one. Sign in or ask again.',
        from: ['server_source'],
      },
    ],
  },
  revoke_refresh_token: {
    question: 'Can a refresh token be revoked?',
    answer: [
      { text: 'No call for it is known.', from: ['unknown'] },
      { text: 'It is revoked when it is used.', from: ['server_source'] },
    ],
  },
  customer_name: {
    question: 'Is a customer named by email or by id?',
    answer: [
      {
        text: 'By either: `scope=customer=jane@example.com`, or an id of your own such as a UUID.',
        from: ['documented', 'observed'],
      },
      {
        text: 'The email of a customer is stored in lower case.',
        from: ['documented', 'observed'],
      },
      { text: "A scope is split at blanks, so a customer's name can have none.", from: ['documented'] },
    ],
  },
  mfa_with_client_credentials: {
    question: 'Is the second factor asked here, too?',
    answer: [{ text: 'No. It is asked for `password` only.', from: ['server_source'] }],
  },
  lockout: {
    question: 'How often may I try?',
    answer: [
      {
        text: 'Ten failed token requests in a row block your address for 30 minutes. Besides, 100 requests in 5 minutes is the limit.',
        from: ['documented'],
      },
      { text: 'Whether `mfa_required` counts as failed is not known.', from: ['unknown'] },
    ],
  },
  product_client_where: {
    question: "Where do a product client's id and secret come from?",
    answer: [
      {
        text: 'You make the client in the Console, or with `POST /v1/products/:productIdOrSlug/clients`. The secret is shown once.',
        from: ['documented'],
      },
    ],
  },
} as const satisfies Readonly<Record<string, Question>>
