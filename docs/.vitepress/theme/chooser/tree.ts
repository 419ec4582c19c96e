import type { ClientKind, GrantType } from '@particle-grants/core/protocol'
import { cli } from '../../../generator/samples/cli.ts'
import { customerName, exampleRequest, grantPage } from './request.ts'

/** A command to copy. */
export interface Command {
  readonly label: string
  readonly text: string
}

/** A result of the chooser: a page, and the commands that get the token. */
export interface End {
  readonly title: string
  readonly says: string
  readonly page: string
  readonly commands: readonly Command[]
  readonly more: readonly { readonly text: string; readonly link: string }[]
}

/** A question, and its answers by the name of the question or result that follows. */
export interface Question {
  readonly question: string
  readonly answers: Readonly<Record<string, string>>
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

const product = ' --client-id my-product-1234'

const prompted = (flags = ''): Command => ({
  label: 'In a terminal (prompts for the rest)',
  text: `pgrants auth login${flags}`,
})
const piped = (text: string): Command => ({ label: 'In a script, with secrets from environment variables', text })

const life = { text: 'How long it is valid', link: '/reference/token-life' }
const program = {
  text: 'In a program: the same line on your machine and in CI',
  link: '/guides/scripts-and-ci#the-same-line-on-your-machine-and-in-ci',
}
const playground = (scenario: string) => ({
  text: 'Step through it',
  link: `/playground?scenario=${scenario}`,
})

/** Every result by its name. */
export const ends: Readonly<Record<string, End>> = {
  password: endWith('password', 'developer', {
    title: 'Your own account, without MFA',
    says: 'You get a token for 90 days. It cannot be renewed: sign in again before it expires.',
    command: prompted(),
    more: [program, life, playground('refresh')],
  }),
  mfa: endWith('urn:custom:mfa-otp', 'developer', {
    title: 'Your own account, with MFA',
    says: 'First send `password`. The response is 403 `mfa_required` with an `mfa_token`. Then send this request with the code.',
    command: prompted(),
    more: [program, { text: 'The first request', link: '/grants/password' }, life, playground('mfa')],
  }),
  sso: {
    title: "Your company's SSO",
    says: 'The password grant does not work for such an account. Sign in with a browser, or use a client of your account.',
    page: '/guides/sso',
    commands: [
      {
        label: 'In a terminal: it shows a link and a code, and opens a browser',
        text: 'pgrants auth login --sso',
      },
      {
        label: 'With particle-cli, which opens a browser',
        text: 'particle login --sso\npgrants auth login --from-particle-cli',
      },
    ],
    more: [{ text: 'Without pgrants', link: '/guides/from-particle-cli' }, playground('sso')],
  },
  product: endWith('client_credentials', 'product', {
    title: 'A product, from its back end',
    says: "Send the product client's id and secret. MFA is not required. When the token expires, request a new one.",
    command: prompted(product),
    more: [{ text: 'Several servers', link: '/guides/many-customers' }, life, playground('product')],
  }),
  customers: endWith('client_credentials', 'product', {
    title: 'Customers, from a back end',
    says: "Send the product client's id and secret, and the customer in the scope. The customer's password is not needed.",
    scope: `customer=${customerName}`,
    command: prompted(`${product} --customer ${customerName}`),
    more: [{ text: 'Many customers, several servers', link: '/guides/many-customers' }, life],
  }),
  customer_password: endWith('password', 'product', {
    title: 'A customer who signs in',
    says: "Send the customer's password with the product client. These tokens can be refreshed. Each refresh token can be used once.",
    command: prompted(`${product} --username ${customerName}`),
    more: [
      { text: 'On a web server', link: '/guides/web-sign-in' },
      { text: 'Refreshing', link: '/grants/refresh-token' },
      life,
      playground('customer'),
    ],
  }),
  script_user_client: endWith('client_credentials', 'user', {
    title: 'A script or CI, as yourself',
    says: 'A client of your own account gets a token without password and MFA. When it expires, request a new one.',
    command: piped(cli['client-user']),
    more: [program, { text: 'Scripts and CI', link: '/guides/scripts-and-ci' }, life],
  }),
  script_product: endWith('client_credentials', 'product', {
    title: 'A script or CI, for a product',
    says: "Use the product client's id and secret from your CI's secret store. When the token expires, request a new one.",
    command: piped(cli['client-owner']),
    more: [{ text: 'Scripts and CI', link: '/guides/scripts-and-ci' }, life, playground('product')],
  }),
  script_mfa: {
    title: 'A script or CI, with your password and MFA',
    says: 'Two commands: the first exits with code 4 and keeps the challenge, the second sends the code. Repeat it every 90 days: the token cannot be renewed.',
    page: '/guides/scripts-and-ci#your-password-and-mfa',
    commands: [
      { label: 'In a script: the password first, then the code', text: cli.otp },
      {
        label: "Without a person: with the authenticator's key",
        text: `printf '%s\\n' "$PASSWORD" "$TOTP_KEY" | pgrants auth login \\
  --username mfa@example.com --password-stdin --totp-stdin`,
      },
    ],
    more: [{ text: 'The second request', link: '/grants/mfa-otp' }, life, playground('mfa')],
  },
  script_token: {
    title: 'A script or CI, with the token of an API user',
    says: 'Particle recommends API users for servers. Create one once: its token never expires. Any other token works too. It is neither renewed nor stored.',
    page: '/guides/scripts-and-ci#a-token-from-elsewhere',
    commands: [
      {
        label: 'In a script, with the token in an environment variable',
        text: 'export PARTICLE_ACCESS_TOKEN="$TOKEN"\npgrants api /v1/devices',
      },
    ],
    more: [
      program,
      { text: 'Create an API user', link: '/reference/calls#create_api_user' },
      { text: 'What it may do', link: '/guides/choose#api_user' },
    ],
  },
}

/** Every question by its name. The chooser starts with `start`. */
export const questions: Readonly<Record<string, Question>> = {
  start: {
    question: 'Whose token do you need?',
    answers: {
      account: 'My own account',
      product: 'A product of mine',
      customer: "My product's customers",
      script: 'A script or CI',
    },
  },
  account: {
    question: 'How do you sign in to Particle?',
    answers: {
      password: 'With a password',
      mfa: 'With a password and a code (MFA)',
      sso: "Through my company's SSO",
    },
  },
  customer: {
    question: 'Who signs the customer in?',
    answers: {
      customers: 'My back end, for its customers',
      customer_password: 'Customers, with their own password',
    },
  },
  script: {
    question: 'What may the script use?',
    answers: {
      script_token: "An API user's token (recommended), or a token that I have",
      script_product: "A product client's id and secret",
      script_user_client: 'A client of my own account',
      script_mfa: 'My password and a code (MFA)',
    },
  },
}

/** A question on the way to a result, and its answer. */
export interface Stop {
  readonly name: string
  readonly answer?: string
}

/** Returns the questions that lead to a question or result: what the chooser shows. */
export function pathTo(place: string): readonly Stop[] {
  const own = Object.hasOwn(questions, place) ? [{ name: place }] : []
  const before = Object.keys(questions).find((name) => Object.hasOwn(questions[name]?.answers ?? {}, place))
  return before === undefined ? own : [...pathTo(before).slice(0, -1), { name: before, answer: place }, ...own]
}

/** Returns the question or result that a link's query names, or the first question. */
export function readChoice(query: string): string {
  const name = new URLSearchParams(query).get('token') ?? ''
  return Object.hasOwn(ends, name) || Object.hasOwn(questions, name) ? name : 'start'
}
