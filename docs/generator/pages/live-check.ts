import { type UnknownId, unknowns } from '@particle-grants/reference'
import { exampleRequest, type FieldValues } from '../../.vitepress/theme/chooser/request.ts'
import { toCurl } from '../../.vitepress/theme/samples/curl.ts'
import { blocks, escapeTags, fence, heading } from '../markdown/markdown.ts'
import { type GeneratedFile, page } from '../page.ts'

/** How to find out one unknown with an account of one's own. */
interface Check {
  readonly commands: readonly string[]
  /** What the responses tell. */
  readonly result: string
}

const issues = 'https://github.com/particle-grants/particle-grants/issues/new?template=live-check.yml'

/** Shows the status and headers too, and takes what an earlier response or the authenticator has from variables. */
const prepare = (command: string) =>
  command
    .replace('curl ', 'curl -i ')
    .replace(/mfa_token=6e16\S+/, 'mfa_token="$$MFA_TOKEN"')
    .replace('otp=012345', 'otp="$$CODE"')
const signIn = (given: FieldValues = {}) => prepare(exampleRequest('password', 'developer', given))
const sendCode = (given: FieldValues = {}) => prepare(exampleRequest('urn:custom:mfa-otp', 'developer', given))
const refresh = (client: string) =>
  prepare(
    toCurl(client, [
      ['grant_type', 'refresh_token'],
      ['refresh_token', ''],
    ]),
  )

/** The unknowns that a few harmless requests answer. The others would lock an address out, or need weeks. */
const checks: Readonly<Partial<Record<UnknownId, Check>>> = {
  developer_secret: {
    commands: [signIn().replace('-u particle:particle', '-u particle:wrong')],
    result: 'With tokens or `mfa_required` in the response, the secret is not checked. With `invalid_client`, it is.',
  },
  developer_client_credentials: {
    commands: [prepare(toCurl('particle:particle', [['grant_type', 'client_credentials']]))],
    result: 'Report whether the `error` is `invalid_grant` or `invalid_client`.',
  },
  developer_refresh: {
    commands: [signIn(), refresh('particle:particle')],
    result: 'Report the `error` and its description in the second response.',
  },
  user_client_refresh: {
    commands: [prepare(exampleRequest('client_credentials', 'user')), refresh('my-scripts-5678:')],
    result: 'With tokens in the second response, they can. You need a client of your own account.',
  },
  credentials_in_second_request: {
    commands: [signIn(), sendCode({ username: 'wrong@example.com' })],
    result: 'With tokens in the second response, the username is not read.',
  },
  remembered_lifetime: {
    commands: [signIn({ expires_in: '3600' }), sendCode()],
    result: 'If `expires_in` in the second response is 3600, the lifetime is remembered.',
  },
  mfa_token_lifetime: {
    commands: [signIn(), 'sleep 900 # 15 minutes', sendCode()],
    result: 'With tokens in the second response, an `mfa_token` is valid for at least 15 minutes.',
  },
  mfa_token_unknown: {
    commands: [sendCode({ mfa_token: '00000000-0000-0000-0000-000000000000' })],
    result: 'Report the status, the `error` and its description.',
  },
  wrong_code_effect: {
    commands: [signIn(), sendCode({ otp: '000000' }), sendCode()],
    result: 'With tokens in the third response, a wrong code does not invalidate the `mfa_token`.',
  },
  code_twice: {
    commands: [signIn(), sendCode(), signIn(), sendCode()],
    result:
      'With tokens in the last response, a code works twice. Send all requests with the same code, within 30 seconds.',
  },
  recovery_codes: {
    commands: [signIn(), prepare(exampleRequest('urn:custom:recovery-code', 'developer'))],
    result: 'With tokens in the second response, the grant works. It may use up a recovery code.',
  },
}

/** The page of the open questions that a reader with an account can answer. */
export function liveCheckPage(): GeneratedFile {
  const known = Object.entries(checks) as (readonly [UnknownId, Check])[]
  return page('reference/live-check.md', {
    title: 'Live check: help to answer open questions',
    body: (at) => [
      `No fact of this reference was tested against the live service. With an account you can answer these [open questions](${at.to('reference/unknowns.md')}) in a few minutes each; one waits for 15. Report what you saw with [this form](${issues}): the status, \`error\` and \`error_description\`. **Never paste a token.**`,
      'Many of these requests are refused on purpose. Ten refusals in a row block your IP address for half an hour, so send a few at a time and sign in successfully in between. Use an address that nothing important shares.',
      'Before a request with `$MFA_TOKEN` or `$PARTICLE_REFRESH_TOKEN`, set the variable from the response before it, and `$CODE` from the authenticator. The responses contain tokens: [revoke them](./calls.md#revoke_current) when you are done.',
      ...known.map(([id, { commands, result }]) =>
        blocks(
          heading(2, escapeTags(unknowns[id].question), `check-${id}`),
          fence('sh', commands.join('\n\n')),
          `**Result:** ${result} [What is known so far](${at.to('reference/unknowns.md')}#${id})`,
        ),
      ),
    ],
  })
}
