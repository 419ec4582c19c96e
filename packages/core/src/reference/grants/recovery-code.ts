import type { GrantReference } from './grant-reference.ts'
import { lifetimeFields } from './lifetime-fields.ts'

/** What explains `urn:custom:recovery-code`. */
export const recoveryCode: GrantReference<'urn:custom:recovery-code'> = {
  title: 'The second step: a recovery code',
  summary:
    'Follows `mfa_required` when the authenticator is lost. Expect a refusal: the documentation says that recovery codes work only at login.particle.io.',
  caution: {
    text: 'Expect a refusal: recovery codes work only at login.particle.io.',
    from: ['documented'],
  },
  whenToUse: [
    'Hardly ever. Use the recovery code at login.particle.io, set up the authenticator anew, and sign in with its code.',
  ],
  clients: {
    developer: { text: 'Your own account, after `password` with the same client.', from: ['server_source'] },
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
      from: ['server_source'],
    },
    recovery_code: {
      meaning: 'One of the recovery codes that the account was given when MFA was set up. Each is good once.',
      example: 'a1b2-c3d4-e5f6',
      from: ['server_source'],
      facts: [
        { text: 'Each recovery code can be used once.', from: ['documented'] },
        { text: 'The form of a code is not known. The example is made up.', from: ['unknown'] },
      ],
    },
    ...lifetimeFields(['server_source']),
  },
  outcomes: {
    tokens: { text: 'An access token, in the library.', from: ['server_source'] },
  },
  lifetimes: [
    {
      text: 'What holds for the second step with a code from the authenticator holds here.',
      from: ['server_source'],
    },
  ],
  questions: ['recovery_codes', 'mfa_token_where_from', 'how_long', 'lockout'],
  pages: ['two_step_authentication'],
}
