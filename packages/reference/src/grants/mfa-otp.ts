import type { GrantReference } from './grant-reference.ts'
import { lifetimeFields } from './lifetime-fields.ts'

/** Explains `urn:custom:mfa-otp`. */
export const mfaOtp: GrantReference<'urn:custom:mfa-otp'> = {
  title: 'Finish an MFA sign-in',
  summary:
    'You got `403 mfa_required`. Send its `mfa_token` and the six digits from the authenticator in this request.',
  whenToUse: ['Your `password` request was answered with status 403 and `mfa_required`.'],
  clients: {
    developer: {
      text: 'Your own account, after `password` with the same client.',
      from: ['reported', 'documented', 'clients'],
    },
    product: { text: 'The customer whose `password` request needs MFA.', from: ['server_source'] },
    user: { text: 'Your own account, after `password` with the same client.', from: ['server_source'] },
  },
  fields: {
    mfa_token: {
      meaning: 'The `mfa_token` from the `mfa_required` response, unchanged.',
      example: '6e16f915-29f5-9b2b-b752-451a73ec6102',
      from: ['reported', 'documented', 'server_source', 'clients'],
    },
    otp: {
      meaning: 'The six digits that the authenticator shows now.',
      example: '012345',
      from: ['reported', 'documented', 'server_source', 'clients'],
    },
    username: {
      meaning: 'The username of the `password` request. You can leave it out.',
      example: 'mfa@example.com',
      from: ['reported'],
      facts: [{ text: 'Whether the service reads it is not known.', from: ['unknown'] }],
    },
    password: {
      meaning: 'The password of the `password` request. Leave it out: it is not needed.',
      example: 'battery staple',
      from: ['reported'],
      facts: [{ text: 'Whether the service reads it is not known.', from: ['unknown'] }],
    },
    ...lifetimeFields(['server_source']),
  },
  outcomes: {
    tokens: { text: 'An access token.', from: ['reported', 'documented', 'server_source', 'clients'] },
  },
  lifetimes: [
    {
      text: 'The server library can remember the lifetime and scope of the `password` request with the `mfa_token`, but it drops a `0`. Send `expires_in` in both requests.',
      from: ['server_source'],
    },
    {
      text: 'Whether the live service remembers them is not known. Check `expires_in` in the response.',
      from: ['unknown'],
    },
    { text: 'How long the `mfa_token` is valid is not known.', from: ['unknown'] },
  ],
  questions: [
    'mfa_grant_name',
    'credentials_again',
    'mfa_token_source',
    'wrong_code',
    'lost_phone',
    'mfa_documentation',
    'recovery_codes',
    'never_expires',
    'refresh_token_rejected',
    'how_long',
    'lockout',
  ],
  pages: ['web_page', 'two_step_authentication'],
}
