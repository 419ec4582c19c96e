import { type UnknownId, unknowns } from '@particle-grants/reference'
import { exampleRequest, type FieldValues } from '../../.vitepress/theme/chooser/request.ts'
import { toCurl } from '../../.vitepress/theme/samples/curl.ts'
import { blocks, escapeTags, fence, heading } from '../markdown/markdown.ts'
import { type GeneratedFile, page } from '../page.ts'

/** How to find out one unknown with an account of one's own. */
interface Check {
  readonly commands: readonly string[]
  readonly look: string
}

const issues = 'https://github.com/particle-grants/particle-grants/issues/new?template=live-check.yml'

/** Shows the status and the headers of a response too. */
const withHeaders = (command: string) => command.replace('curl ', 'curl -i ')
const signIn = (given: FieldValues = {}) => withHeaders(exampleRequest('password', 'developer', given))
const sendCode = (given: FieldValues = {}) => withHeaders(exampleRequest('urn:custom:mfa-otp', 'developer', given))
const refresh = (client: string) =>
  withHeaders(
    toCurl(client, [
      ['grant_type', 'refresh_token'],
      ['refresh_token', ''],
    ]),
  )

/** The unknowns that a few harmless requests answer. The others would lock an address out, or need weeks. */
const checks: Readonly<Partial<Record<UnknownId, Check>>> = {
  developer_secret: {
    commands: [signIn().replace('-u particle:particle', '-u particle:wrong')],
    look: 'With tokens or `mfa_required` the secret is not checked. With `invalid_client` it is.',
  },
  developer_client_credentials: {
    commands: [withHeaders(toCurl('particle:particle', [['grant_type', 'client_credentials']]))],
    look: 'Which `error` is returned: `invalid_grant` or `invalid_client`?',
  },
  developer_refresh: {
    commands: [signIn(), refresh('particle:particle')],
    look: 'The `error` and its description in the second response.',
  },
  user_client_refresh: {
    commands: [withHeaders(exampleRequest('client_credentials', 'user')), refresh('my-scripts-5678:')],
    look: 'Whether the second response has tokens. It needs a client of your own account.',
  },
  credentials_in_second_request: {
    commands: [signIn(), sendCode({ username: 'wrong@example.com' })],
    look: 'With tokens the username is not read.',
  },
  remembered_lifetime: {
    commands: [signIn({ expires_in: '3600' }), sendCode()],
    look: 'The second `expires_in`: 3600 if the lifetime is remembered.',
  },
  mfa_token_lifetime: {
    commands: [signIn(), 'sleep 900', sendCode()],
    look: 'Whether the `mfa_token` still works after 15 minutes.',
  },
  mfa_token_unknown: {
    commands: [sendCode({ mfa_token: '00000000-0000-0000-0000-000000000000' })],
    look: 'The status, the `error` and its description.',
  },
  wrong_code_effect: {
    commands: [signIn(), sendCode({ otp: '000000' }), sendCode()],
    look: 'Whether the third request, with the correct code, returns tokens.',
  },
  code_twice: {
    commands: [sendCode(), signIn(), sendCode()],
    look: 'Whether the same code works in both sign-ins, within 30 seconds.',
  },
  recovery_codes: {
    commands: [signIn(), withHeaders(exampleRequest('urn:custom:recovery-code', 'developer'))],
    look: 'Whether the second response has tokens. It may use up a recovery code.',
  },
}

/** The page of the open questions that a reader with an account can answer. */
export function liveCheckPage(): GeneratedFile {
  const known = Object.entries(checks) as (readonly [UnknownId, Check])[]
  return page('reference/live-check.md', {
    title: 'Live check: help to answer open questions',
    body: (at) => [
      `No fact of this reference was tested against the live service. With an account you can answer these [open questions](${at.to('reference/unknowns.md')}) in a few minutes each. Report what you saw with [this form](${issues}): the status, \`error\` and \`error_description\`. **Never paste a token.**`,
      'Many of these requests are refused on purpose. Ten refusals in a row block your IP address for half an hour, so send a few at a time and sign in successfully in between. Use an address that nothing important shares.',
      ...known.map(([id, { commands, look }]) =>
        blocks(
          heading(2, escapeTags(unknowns[id].question), `check-${id}`),
          fence('sh', commands.join('\n\n')),
          `**Look at:** ${look} [What is known so far](${at.to('reference/unknowns.md')}#${id})`,
        ),
      ),
    ],
  })
}
