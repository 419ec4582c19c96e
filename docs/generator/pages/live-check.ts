import { type UnknownId, unknowns } from '@particle-grants/reference'
import { exampleRequest, type FieldValues } from '../../.vitepress/theme/chooser/request.ts'
import { blocks, escapeTags, fence, heading } from '../markdown/markdown.ts'
import { type GeneratedFile, page } from '../page.ts'

const issues = 'https://github.com/particle-grants/particle-grants/issues/new?template=live-check.yml'

/** Shows the status and headers too, and takes what an earlier response or the authenticator has from variables. */
const prepare = (command: string) =>
  command
    .replace('curl ', 'curl -i ')
    .replace(/mfa_token=6e16\S+/, 'mfa_token="$$MFA_TOKEN"')
    .replace('otp=012345', 'otp="$$CODE"')
const signIn = (given: FieldValues = {}) => prepare(exampleRequest('password', 'developer', given))
const sendCode = (given: FieldValues = {}) => prepare(exampleRequest('urn:custom:mfa-otp', 'developer', given))
/** The unknowns that a few harmless requests answer. The others would lock an address out, or need weeks. */
const checks: { readonly [U in UnknownId]?: readonly [result: string, ...commands: string[]] } = {
  developer_secret: [
    'With tokens or `mfa_required` in the response, the secret is not checked. With `invalid_client`, it is.',
    signIn().replace('-u particle:particle', '-u particle:wrong'),
  ],
  developer_client_credentials: [
    'Report whether the `error` is `invalid_grant` or `invalid_client`.',
    prepare(exampleRequest('client_credentials', 'developer')),
  ],
  developer_refresh: [
    'Report the `error` and its description in the second response.',
    signIn(),
    prepare(exampleRequest('refresh_token', 'developer')),
  ],
  user_client_refresh: [
    'With tokens in the second response, they can. You need a client of your own account.',
    prepare(exampleRequest('client_credentials', 'user')),
    prepare(exampleRequest('refresh_token', 'user')),
  ],
  credentials_in_second_request: [
    'With tokens in the second response, the username is not read.',
    signIn(),
    sendCode({ username: 'wrong@example.com' }),
  ],
  remembered_lifetime: [
    'If `expires_in` in the second response is 3600, the lifetime is remembered.',
    signIn({ expires_in: '3600' }),
    sendCode(),
  ],
  mfa_token_lifetime: [
    'With tokens in the second response, an `mfa_token` is valid for at least 15 minutes.',
    signIn(),
    'sleep 900 # 15 minutes',
    sendCode(),
  ],
  mfa_token_unknown: [
    'Report the status, the `error` and its description.',
    sendCode({ mfa_token: '00000000-0000-0000-0000-000000000000' }),
  ],
  wrong_code_effect: [
    'With tokens in the third response, a wrong code does not invalidate the `mfa_token`.',
    signIn(),
    sendCode({ otp: '000000' }),
    sendCode(),
  ],
  code_twice: [
    'With tokens in the last response, a code works twice. Send all requests with the same code, within 30 seconds.',
    signIn(),
    sendCode(),
    signIn(),
    sendCode(),
  ],
  recovery_codes: [
    'With tokens in the second response, the grant works. It may use up a recovery code.',
    signIn(),
    prepare(exampleRequest('urn:custom:recovery-code', 'developer')),
  ],
}

/** The page of the open questions that a reader with an account can answer. */
export function liveCheckPage(): GeneratedFile {
  const known = Object.entries(checks) as [UnknownId, readonly [string, ...string[]]][]
  return page('reference/live-check.md', {
    title: 'Live check: help to answer open questions',
    body: (at) => [
      `No fact of this reference was tested against the live service. With an account you can answer these [open questions](${at.to('reference/unknowns.md')}) in a few minutes each; one waits for 15. Report what you saw with [this form](${issues}): the status, \`error\` and \`error_description\`. **Never paste a token.**`,
      'Many of these requests are refused on purpose. Ten refusals in a row block your IP address for half an hour, so send a few at a time and sign in successfully in between. Use an address that nothing important shares.',
      'Before a request with `$MFA_TOKEN` or `$PARTICLE_REFRESH_TOKEN`, set the variable from the response before it, and `$CODE` from the authenticator. The responses contain tokens: [revoke them](./calls.md#revoke_current) when you are done.',
      ...known.map(([id, [result, ...commands]]) =>
        blocks(
          heading(2, escapeTags(unknowns[id].question), `check-${id}`),
          fence('sh', commands.join('\n\n')),
          `**Result:** ${result} [What is known so far](${at.to('reference/unknowns.md')}#${id})`,
        ),
      ),
    ],
  })
}
