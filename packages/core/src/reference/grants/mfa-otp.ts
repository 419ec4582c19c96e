import type { GrantReference } from './grant-reference.ts'
import { lifetimeFields } from './lifetime-fields.ts'

/** What explains `urn:custom:mfa-otp`. */
export const mfaOtp: GrantReference<'urn:custom:mfa-otp'> = {
  title: "The second step: the authenticator's code",
  summary:
    'Follows `mfa_required`. Sends the six digits that the authenticator shows, with the `mfa_token` of that answer.',
  whenToUse: ['The first step, `password`, was answered with status 403 and `mfa_required`.'],
  clients: {
    developer: {
      text: 'Your own account, after `password` with the same client.',
      from: ['reported', 'documented', 'clients'],
    },
    product: {
      text: 'Whoever the first step was for, should they be asked for a second factor.',
      from: ['server_source'],
    },
    user: { text: 'Your own account, after `password` with the same client.', from: ['server_source'] },
  },
  fields: {
    mfa_token: {
      meaning: 'The value of `mfa_token` in the answer to the first step, as it is.',
      example: '6e16f915-29f5-9b2b-b752-451a73ec6102',
      from: ['reported', 'documented', 'server_source', 'clients'],
    },
    otp: {
      meaning: 'The six digits that the authenticator shows now.',
      example: '012345',
      from: ['reported', 'documented', 'server_source', 'clients'],
    },
    username: {
      meaning: 'The username of the first step. It can be left out.',
      example: 'mfa@example.com',
      from: ['reported'],
      facts: [{ text: 'Whether the service looks at it is not known.', from: ['unknown'] }],
    },
    password: {
      meaning: 'The password of the first step. Leave it out: nothing needs it here.',
      example: 'battery staple',
      from: ['reported'],
      facts: [{ text: 'Whether the service looks at it is not known.', from: ['unknown'] }],
    },
    ...lifetimeFields(['server_source']),
  },
  outcomes: {
    tokens: { text: 'An access token.', from: ['reported', 'documented', 'server_source', 'clients'] },
  },
  lifetimes: [
    {
      text: 'The library can remember the lifetime and scope of the first step with the `mfa_token`, but drops a `0`. Send `expires_in` in both steps.',
      from: ['server_source'],
    },
    {
      text: 'Whether the live service remembers them is not known. Compare with the answer.',
      from: ['unknown'],
    },
    { text: 'How long the `mfa_token` lives is not known.', from: ['unknown'] },
  ],
  questions: [
    'mfa_token_or_mfa_otp',
    'credentials_again',
    'mfa_token_where_from',
    'wrong_code',
    'second_step_documented',
    'recovery_codes',
    'never_expires',
    'refresh_token_useless',
    'how_long',
    'lockout',
  ],
  pages: ['web_page', 'two_step_authentication'],
}
