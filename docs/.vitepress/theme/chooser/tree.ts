import type { ClientKind, GrantType } from '@particle-grants/core'
import { askedFor, type Command, piped, pipedInTwoSteps, tokenByEnvironment, tokenByPipe } from './command.ts'
import { clientId, customerName, requestOf } from './request.ts'

/** Where the chooser ends: a page, and the commands that get the token. */
export interface End {
  readonly title: string
  readonly says: string
  readonly page: string
  readonly commands: readonly Command[]
  readonly more: readonly { readonly text: string; readonly link: string }[]
}

/** A question, and where each answer leads: to another question or to an end, by name. */
export interface Question {
  readonly question: string
  readonly answers: readonly { readonly text: string; readonly to: string }[]
}

/** An end at a grant: by the command line first, then by hand. */
function endWith(
  grant: GrantType,
  client: ClientKind,
  end: Omit<End, 'page' | 'commands'> & { readonly scope?: string; readonly command: Command },
): End {
  const { scope, command, ...rest } = end
  const byHand = { label: 'By hand', text: requestOf(grant, client, scope) }
  return { ...rest, page: pageOf(grant), commands: [command, byHand] }
}

const product = `--client-id ${clientId('product')}`
const accountWithMfa = 'mfa@example.com'
const customer = `--customer ${customerName}`

/** The page of a grant on this site. */
export function pageOf(grant: GrantType): string {
  return `/grants/${grant.replace('urn:custom:', '').replaceAll('_', '-')}`
}

const life = { text: 'How long it lives', link: '/reference/token-life' }
const playground = (scenario: string) => ({
  text: 'Step through it',
  link: `/playground?scenario=${scenario}`,
})

/** Every end by its name. */
export const ends: Readonly<Record<string, End>> = {
  password: endWith('password', 'developer', {
    title: 'Your own account, without MFA',
    says: 'Username and password give a token for 90 days. Nobody can renew it: sign in again before it ends.',
    command: askedFor(),
    more: [life, playground('refresh')],
  }),
  mfa: endWith('urn:custom:mfa-otp', 'developer', {
    title: 'Your own account, with MFA',
    says: 'First `password`, which answers 403 `mfa_required` with an `mfa_token`; then this, with the code.',
    command: askedFor(),
    more: [{ text: 'The first step', link: '/grants/password' }, life, playground('mfa')],
  }),
  sso: {
    title: "Your company's SSO",
    says: "The password grant can't serve such an account. A token comes from Particle's own tools, or from a client of your own.",
    page: '/guides/sso',
    commands: [tokenByPipe],
    more: [playground('sso')],
  },
  product: endWith('client_credentials', 'product', {
    title: 'A product, from its back end',
    says: "The product client's id and secret give its owner's token, without MFA. When it ends, ask again.",
    command: askedFor(product),
    more: [{ text: 'Several servers', link: '/guides/many-customers' }, life, playground('product')],
  }),
  customers: endWith('client_credentials', 'product', {
    title: 'Customers, from a back end',
    says: "The product client's id and secret, and the customer in the scope. No password of the customer is needed.",
    scope: `customer=${customerName}`,
    command: askedFor(product, customer),
    more: [{ text: 'Many customers, several servers', link: '/guides/many-customers' }, life],
  }),
  customer_password: endWith('password', 'product', {
    title: 'A customer who signs in',
    says: "The customer's own password, with the product's client. These tokens can be refreshed, each refresh token once.",
    command: askedFor(product, `--username ${customerName}`),
    more: [{ text: 'Refreshing', link: '/grants/refresh-token' }, life, playground('customer')],
  }),
  script_user_client: endWith('client_credentials', 'user', {
    title: 'A script or CI, as yourself',
    says: 'A client of your own account gives scripts a token without password and MFA. When it ends, ask again.',
    command: piped(
      ['CLIENT_SECRET'],
      '--client-id',
      clientId('user'),
      '--client-kind user --client-secret-stdin',
    ),
    more: [{ text: 'Scripts and CI', link: '/guides/scripts-and-ci' }, life],
  }),
  script_product: endWith('client_credentials', 'product', {
    title: 'A script or CI, for a product',
    says: "The product client's id and secret, from the safe of your CI. Nobody has to type anything. When the token ends, ask again.",
    command: piped(['CLIENT_SECRET'], product, '--client-secret-stdin'),
    more: [{ text: 'Scripts and CI', link: '/guides/scripts-and-ci' }, life, playground('product')],
  }),
  script_mfa: {
    title: 'A script or CI, with your password and MFA',
    says: 'Two calls: the first ends with exit code 4 and keeps the challenge, the second answers it. Once in 90 days, since nobody can renew the token.',
    page: '/guides/scripts-and-ci#your-password-and-mfa',
    commands: [
      pipedInTwoSteps(accountWithMfa),
      {
        ...piped(['PASSWORD', 'TOTP_KEY'], '--username', accountWithMfa, '--password-stdin --totp-stdin'),
        label: "Where nobody can read the code: with the authenticator's key",
      },
    ],
    more: [{ text: 'The second step', link: '/grants/mfa-otp' }, life, playground('mfa')],
  },
  script_token: {
    title: 'A script or CI, with a token you have',
    says: 'A token from elsewhere, such as that of an API user, is used as it is. Nothing renews it, and nothing is kept.',
    page: '/guides/scripts-and-ci#a-token-from-elsewhere',
    commands: [tokenByEnvironment],
    more: [],
  },
}

/** Every question by its name; the chooser begins with `start`. */
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
    question: 'Where does the customer come in?',
    answers: [
      { text: 'My back end acts for customers', to: 'customers' },
      { text: 'Customers type their own password', to: 'customer_password' },
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
