import type { GrantReference } from './grant-reference.ts'
import { lifetimeFields } from './lifetime-fields.ts'

/** Explains `urn:custom:recovery-code`. */
export const recoveryCode: GrantReference<'urn:custom:recovery-code'> = {
  title: 'Finish an MFA sign-in with a recovery code',
  summary:
    'Send the `mfa_token` and a recovery code. The token endpoint probably refuses it: use the code at https://login.particle.io instead.',
  caution: { text: 'The documentation says that recovery codes work only at login.particle.io.', from: ['documented'] },
  whenToUse: [
    'Almost never. Sign in at https://login.particle.io with the recovery code, set up the authenticator again, and use its codes here.',
  ],
  clients: {
    developer: { text: 'Your own account, after `password` with the same client.', from: ['server_source'] },
    product: { text: 'The customer whose `password` request needs MFA.', from: ['server_source'] },
    user: { text: 'Your own account, after `password` with the same client.', from: ['server_source'] },
  },
  fields: {
    mfa_token: {
      meaning: 'The `mfa_token` from the `mfa_required` response, unchanged.',
      example: '6e16f915-29f5-9b2b-b752-451a73ec6102',
      from: ['server_source'],
    },
    recovery_code: {
      meaning: 'One of the recovery codes that you saved when you set up MFA.',
      example: 'a1b2-c3d4-e5f6',
      from: ['server_source'],
      facts: [
        { text: 'Each recovery code can be used once.', from: ['documented'] },
        { text: 'The format of a code is not known. The example is made up.', from: ['unknown'] },
      ],
    },
    ...lifetimeFields(['server_source']),
  },
  outcomes: {
    tokens: { text: 'An access token, according to the server library.', from: ['server_source'] },
  },
  lifetimes: [{ text: 'Lifetimes are the same as with `urn:custom:mfa-otp`.', from: ['server_source'] }],
  questions: ['recovery_codes', 'lost_phone', 'mfa_token_source', 'how_long', 'lockout'],
  pages: ['two_step_authentication'],
}
