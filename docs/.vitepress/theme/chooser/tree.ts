import type { ClientKind, GrantType } from '@particle-grants/core/protocol'
import { type Command, pipedLogin, pipedMfaLogin, pipedToken, promptedLogin, tokenFromEnvironment } from './command.ts'
import { clientId, customerName, exampleRequest, grantPage } from './request.ts'

/** A result of the chooser: a page, and the commands that get the token. */
export interface End {
  readonly title: string
  readonly says: string
  readonly page: string
  readonly commands: readonly Command[]
  readonly more: readonly { readonly text: string; readonly link: string }[]
}

/** A question, and the name of the question or result that follows each answer. */
export interface Question {
  readonly question: string
  readonly answers: readonly { readonly text: string; readonly to: string }[]
}

/** Returns a result for a grant: with the command line first, then with curl. */
function endWith(
  grant: GrantType,
  client: ClientKind,
  end: Omit<End, 'page' | 'commands'> & { readonly scope?: string; readonly command: Command },
): End {
  const { scope, command, ...rest } = end
  const curl = {
    label: 'With curl',
    text: exampleRequest(grant, client, scope === undefined ? {} : { scope }),
  }
  return { ...rest, page: grantPage(grant), commands: [command, curl] }
}

const product = `--client-id ${clientId('product')}`
const accountWithMfa = 'mfa@example.com'
const customer = `--customer ${customerName}`

const life = { text: 'How long it is valid', link: '/reference/token-life' }
const playground = (scenario: string) => ({
  text: 'Step through it',
  link: `/playground?scenario=${scenario}`,
})

/** Every result by its name. */
export const ends: Readonly<Record<string, End>> = {
  password: endWith('password', 'developer', {
    title: 'Your own account, without MFA',
    says: 'You get a token for 90 days. It cannot be renewed: sign in again before it expires.',
    command: promptedLogin(),
    more: [life, playground('refresh')],
  }),
  mfa: endWith('urn:custom:mfa-otp', 'developer', {
    title: 'Your own account, with MFA',
    says: 'First send `password`. The response is 403 `mfa_required` with an `mfa_token`. Then send this request with the code.',
    command: promptedLogin(),
    more: [{ text: 'The first request', link: '/grants/password' }, life, playground('mfa')],
  }),
  sso: {
    title: "Your company's SSO",
    says: "The password grant does not work for such an account. Use a token from Particle's own tools, or a client of your account.",
    page: '/guides/sso',
    commands: [pipedToken],
    more: [playground('sso')],
  },
  product: endWith('client_credentials', 'product', {
    title: 'A product, from its back end',
    says: "Send the product client's id and secret. MFA is not required. When the token expires, request a new one.",
    command: promptedLogin(product),
    more: [{ text: 'Several servers', link: '/guides/many-customers' }, life, playground('product')],
  }),
  customers: endWith('client_credentials', 'product', {
    title: 'Customers, from a back end',
    says: "Send the product client's id and secret, and the customer in the scope. The customer's password is not needed.",
    scope: `customer=${customerName}`,
    command: promptedLogin(product, customer),
    more: [{ text: 'Many customers, several servers', link: '/guides/many-customers' }, life],
  }),
  customer_password: endWith('password', 'product', {
    title: 'A customer who signs in',
    says: "Send the customer's password with the product client. These tokens can be refreshed. Each refresh token can be used once.",
    command: promptedLogin(product, `--username ${customerName}`),
    more: [{ text: 'Refreshing', link: '/grants/refresh-token' }, life, playground('customer')],
  }),
  script_user_client: endWith('client_credentials', 'user', {
    title: 'A script or CI, as yourself',
    says: 'A client of your own account gets a token without password and MFA. When it expires, request a new one.',
    command: pipedLogin(['CLIENT_SECRET'], '--client-id', clientId('user'), '--client-kind user --client-secret-stdin'),
    more: [{ text: 'Scripts and CI', link: '/guides/scripts-and-ci' }, life],
  }),
  script_product: endWith('client_credentials', 'product', {
    title: 'A script or CI, for a product',
    says: "Use the product client's id and secret from your CI's secret store. When the token expires, request a new one.",
    command: pipedLogin(['CLIENT_SECRET'], product, '--client-secret-stdin'),
    more: [{ text: 'Scripts and CI', link: '/guides/scripts-and-ci' }, life, playground('product')],
  }),
  script_mfa: {
    title: 'A script or CI, with your password and MFA',
    says: 'Two commands: the first exits with code 4 and keeps the challenge, the second sends the code. Repeat it every 90 days: the token cannot be renewed.',
    page: '/guides/scripts-and-ci#your-password-and-mfa',
    commands: [
      pipedMfaLogin(accountWithMfa),
      {
        ...pipedLogin(['PASSWORD', 'TOTP_KEY'], '--username', accountWithMfa, '--password-stdin --totp-stdin'),
        label: "Without a person: with the authenticator's key",
      },
    ],
    more: [{ text: 'The second request', link: '/grants/mfa-otp' }, life, playground('mfa')],
  },
  script_token: {
    title: 'A script or CI, with a token you have',
    says: "An existing token, such as an API user's, is used as it is. It is neither renewed nor stored.",
    page: '/guides/scripts-and-ci#a-token-from-elsewhere',
    commands: [tokenFromEnvironment],
    more: [],
  },
}

/** Every question by its name. The chooser starts with `start`. */
export const questions: Readonly<Record<string, Question>> = {
  start: {
    question: 'Whose token do you need?',
    answers: [
      { text: 'My own account', to: 'account' },
      { text: 'A product of mine', to: 'product' },
      { text: "My product's customers", to: 'customer' },
      { text: 'A script or CI', to: 'script' },
    ],
  },
  account: {
    question: 'How do you sign in to Particle?',
    answers: [
      { text: 'With a password', to: 'password' },
      { text: 'With a password and a code (MFA)', to: 'mfa' },
      { text: "Through my company's SSO", to: 'sso' },
    ],
  },
  customer: {
    question: 'Who signs the customer in?',
    answers: [
      { text: 'My back end, for its customers', to: 'customers' },
      { text: 'Customers, with their own password', to: 'customer_password' },
    ],
  },
  script: {
    question: 'What may the script use?',
    answers: [
      { text: "A product client's id and secret", to: 'script_product' },
      { text: 'A client of my own account', to: 'script_user_client' },
      { text: 'My password and a code (MFA)', to: 'script_mfa' },
      { text: 'A token that I have', to: 'script_token' },
    ],
  },
}
