/**
 * What search engines and browser tabs show, in the words that people search for, by the page's path from `docs/`. Other pages
 * use their heading and first sentence.
 */
export const pageTitles: Readonly<Record<string, readonly [title: string, description: string]>> = {
  'index.md': [
    'Particle access tokens: every grant of /oauth/token, with MFA',
    'Get an access token for the Particle Device Cloud: curl commands, errors and a TypeScript library for every grant of /oauth/token, with two-factor sign-in.',
  ],
  'grants/README.md': [
    'Grant types of the Particle token endpoint',
    'Every grant_type of POST /oauth/token at Particle: password, urn:custom:mfa-otp, client_credentials and refresh_token, with required fields, clients and renewal.',
  ],
  'grants/password.md': [
    'Get a Particle access token with username and password',
    'The password grant of the Particle API as a curl command: fields, 403 mfa_required, invalid_grant, lifetime, and who may use it.',
  ],
  'grants/mfa-otp.md': [
    '403 mfa_required: finish the sign-in with urn:custom:mfa-otp',
    'You got 403 mfa_required from Particle. Send the mfa_token and the six-digit code (2FA, OTP) with grant_type=urn:custom:mfa-otp. With curl, fetch and more.',
  ],
  'grants/recovery-code.md': [
    'Particle recovery codes: lost phone or authenticator',
    'Where Particle recovery codes work after you lost your phone, and what urn:custom:recovery-code does at the token endpoint.',
  ],
  'grants/client-credentials.md': [
    'client_credentials: a token for a product or a customer',
    "Get a Particle access token with a product's client id and secret, for the product or with scope=customer=… for one of its customers. No password, no MFA.",
  ],
  'grants/refresh-token.md': [
    'refresh_token: why it does not work, and when it does',
    "Refresh a Particle customer's access token. A developer's refresh token does not work: the reasons, the errors, and what to do instead.",
  ],
  'errors.md': [
    'Errors of the Particle token endpoint, explained',
    'mfa_required, invalid_grant, invalid_client, invalid_token, sso_user, 403 and 429 from Particle: what each means and the next request. Paste a response.',
  ],
  'reference/questions.md': [
    'Questions about Particle access tokens, answered',
    'Lost phone, refresh token not working, how long a token lasts, log out, CI, SSO, customers: short answers with their sources.',
  ],
  'reference/token-life.md': [
    'How long a Particle access token lasts',
    'Access tokens last 90 days unless you request another lifetime. Which tokens can be renewed, and for how long refresh tokens work.',
  ],
  'reference/limits.md': [
    'Rate limit and lockout of the Particle token endpoint',
    'Particle blocks an IP address for 30 minutes after ten failed token requests in a row, and allows 100 token requests in 5 minutes.',
  ],
  'guides/choose.md': [
    'Which Particle token do I need?',
    'Compare the access tokens of Particle: API user, product client, customer and developer. Owner, expiry, renewal, MFA and what Particle recommends.',
  ],
}

/** A page without a sidebar, an outline, or anything below its text. */
const alone = { aside: false, sidebar: false, editLink: false, prev: false, next: false }

/** Returns the layout of a page as VitePress' frontmatter has it: in the Markdown it would be the first thing on a code host. */
export function layoutOf(path: string): Readonly<Record<string, unknown>> {
  if (path === 'index.md') return { ...alone, pageClass: 'home' }
  if (/^grants\/(?!README)/.test(path)) return { aside: false, pageClass: 'grant' }
  return {}
}
