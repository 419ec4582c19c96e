import type { Scene } from '../story/scene.ts'
import type { Step } from '../story/step.ts'
import type { CurlField } from '../wire/curl.ts'
import { type Exchange, member } from '../wire/exchange.ts'
import { developerName, passwordOf } from './accounts.ts'

/** The exchange that somebody got stuck in, and how it goes on. */
export const replayTheReport: Step = {
  title: 'The exchange of the report, as curl sends it',
  async run(scene) {
    const { narrator } = scene
    narrator.say(
      'Somebody with two-step authentication asked the token endpoint for a token, and got stuck at mfa_required. These are the same requests, sent as curl would send them: method, path, headers and fields.',
    )
    await withoutPassword(scene)
    const mfaToken = await withPassword(scene)
    await misspelt(scene, mfaToken)
    await withCode(scene, mfaToken)
  },
}

const user = 'particle:particle'
const path = '/oauth/token'
const username: CurlField = { name: 'username', value: developerName, shown: '$PARTICLE_USERNAME' }
const grant = (value: string): CurlField => ({ name: 'grant_type', value })

async function withoutPassword({ narrator, curl, expect }: Scene): Promise<void> {
  narrator.say('The first command of the report leaves the password out:')
  const answer = await curl({ path, user, fields: [grant('password'), username] })
  expect('without a password: 400 invalid_client', isRefusal(answer, 400, 'invalid_client'))
}

async function withPassword({ narrator, sandbox, curl, expect }: Scene): Promise<string> {
  narrator.say('With it, the server says that the password is right, and not enough:')
  const password: CurlField = {
    name: 'password',
    value: passwordOf(sandbox, developerName),
    shown: '$PARTICLE_PASSWORD',
    encoded: true,
  }
  const answer = await curl({ path, user, fields: [grant('password'), username, password] })
  const mfaToken = member(answer, 'mfa_token')
  expect('with it: 403 mfa_required', isRefusal(answer, 403, 'mfa_required'))
  expect('and an mfa_token, which stands for this sign-in', mfaToken !== undefined)
  return mfaToken ?? ''
}

function secondStep({ sandbox }: Scene, grantType: string, mfaToken: string) {
  const fields: CurlField[] = [
    grant(grantType),
    username,
    { name: 'mfa_token', value: mfaToken, shown: '$MFA_TOKEN' },
    { name: 'otp', value: sandbox.otp(developerName), shown: '$PARTICLE_OTP' },
  ]
  return { path, user, fields }
}

async function misspelt(scene: Scene, mfaToken: string): Promise<void> {
  scene.narrator.say(
    'Now the six digits that the authenticator shows. The report once calls this grant urn:custom:mfa-token; the server has never heard of it:',
  )
  const answer = await scene.curl(secondStep(scene, 'urn:custom:mfa-token', mfaToken))
  scene.expect('urn:custom:mfa-token: 400 invalid_request', isRefusal(answer, 400, 'invalid_request'))
}

async function withCode(scene: Scene, mfaToken: string): Promise<void> {
  scene.narrator.say('The right name is urn:custom:mfa-otp. Sending the username again does no harm:')
  const answer = await scene.curl(secondStep(scene, 'urn:custom:mfa-otp', mfaToken))
  const refreshToken = member(answer, 'refresh_token')
  scene.expect('urn:custom:mfa-otp: 200, with an access token', member(answer, 'access_token') !== undefined)
  scene.expect('and a refresh token, of which more below', refreshToken !== undefined)
  if (refreshToken !== undefined) scene.left.refreshToken = refreshToken
}

function isRefusal(exchange: Exchange, status: number, error: string): boolean {
  return exchange.status === status && member(exchange, 'error') === error
}
