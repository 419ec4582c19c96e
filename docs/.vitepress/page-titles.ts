/** What search engines and browser tabs show of a page. */
export interface PageTitle {
  readonly title: string
  readonly description?: string
}

/** Titles in the words that people search for, by the page's path from `docs/`. The others use their heading. */
export const pageTitles: Readonly<Record<string, PageTitle>> = {
  'index.md': {
    title: 'Particle access tokens: every grant of /oauth/token, with MFA',
    description:
      'Get an access token for the Particle Device Cloud: curl commands, errors and a TypeScript library for every grant of /oauth/token, with two-factor sign-in.',
  },
  'grants/README.md': {
    title: 'Grant types of the Particle token endpoint',
    description:
      'Every grant_type of POST /oauth/token at Particle: password, urn:custom:mfa-otp, client_credentials and refresh_token, with required fields, clients and renewal.',
  },
  'grants/password.md': {
    title: 'Get a Particle access token with username and password',
    description:
      'The password grant of the Particle API as a curl command: fields, 403 mfa_required, invalid_grant, lifetime, and who may use it.',
  },
  'grants/mfa-otp.md': {
    title: '403 mfa_required: finish the sign-in with urn:custom:mfa-otp',
    description:
      'You got 403 mfa_required from Particle. Send the mfa_token and the six-digit code (2FA, OTP) with grant_type=urn:custom:mfa-otp. With curl, fetch and more.',
  },
  'grants/recovery-code.md': {
    title: 'Particle recovery codes: lost phone or authenticator',
    description:
      'Where Particle recovery codes work after you lost your phone, and what urn:custom:recovery-code does at the token endpoint.',
  },
  'grants/client-credentials.md': {
    title: 'client_credentials: a token for a product or a customer',
    description:
      "Get a Particle access token with a product's client id and secret, for the product or with scope=customer=… for one of its customers. No password, no MFA.",
  },
  'grants/refresh-token.md': {
    title: 'refresh_token: why it does not work, and when it does',
    description:
      "Refresh a Particle customer's access token. A developer's refresh token does not work: the reasons, the errors, and what to do instead.",
  },
  'errors.md': {
    title: 'Errors of the Particle token endpoint, explained',
    description:
      'mfa_required, invalid_grant, invalid_client, invalid_token, sso_user, 403 and 429 from Particle: what each means and the next request. Paste a response.',
  },
  'reference/questions.md': {
    title: 'Questions about Particle access tokens, answered',
    description:
      'Lost phone, refresh token not working, how long a token lasts, log out, CI, SSO, customers: short answers with their sources.',
  },
  'reference/token-life.md': {
    title: 'How long a Particle access token lasts',
    description:
      'Access tokens last 90 days unless you request another lifetime. Which tokens can be renewed, and for how long refresh tokens work.',
  },
  'reference/limits.md': {
    title: 'Rate limit and lockout of the Particle token endpoint',
    description:
      'Particle blocks an IP address for 30 minutes after ten failed token requests in a row, and allows 100 token requests in 5 minutes.',
  },
  'guides/choose.md': {
    title: 'Which Particle token do I need?',
    description:
      'Compare the access tokens of Particle: API user, product client, customer and developer. Owner, expiry, renewal, MFA and what Particle recommends.',
  },
}

/** A page without a sidebar, an outline, or anything below its text. */
const alone = { aside: false, sidebar: false, editLink: false, prev: false, next: false }

/** Returns the layout of a page as VitePress' frontmatter has it: in the Markdown it would be the first thing on a code host. */
export function layoutOf(path: string): Readonly<Record<string, unknown>> {
  if (path === 'index.md') return { ...alone, pageClass: 'home' }
  if (/^grants\/(?!README)/.test(path)) return { aside: false, pageClass: 'grant' }
  return {}
}
