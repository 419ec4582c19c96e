import type { MfaRequired } from '@particle-grants/core'
import { developerClient, parseState, serializeState } from '@particle-grants/core'
import { BrokenClaim, refusal } from '../story/claims.ts'
import type { Scene } from '../story/scene.ts'
import type { Step } from '../story/step.ts'
import { field } from '../wire/exchange.ts'
import { developerName, passwordOf, wrongCode } from './cast.ts'

/** The same sign-in by core, across two processes. */
export const signInByCore: Step = {
  title: 'The same sign-in, by @particle-grants/core',
  async run(scene) {
    const text = serializeState(await openChallenge(scene))
    await takeUpChallenge(scene, text)
  },
}

async function openChallenge({ narrator, sandbox, session, expect }: Scene): Promise<MfaRequired> {
  narrator.say('A code is good once, so time moves on by 30 s, to the next one. Then: session.login(…)')
  sandbox.clock.advance('30s')
  const first = session({ client: developerClient() })
  const asked = await first.login({ username: developerName, password: passwordOf(sandbox, developerName) })
  expect('login() resolves with mfa_required: a step, and no error', asked.status === 'mfa_required')
  if (asked.status !== 'mfa_required') throw new BrokenClaim('there is a challenge')
  expect('three tries are left', asked.challenge.triesLeft === 3)

  narrator.say('A wrong code: session.submitOtp(…)')
  const error = await refusal(first.submitOtp(wrongCode(sandbox, developerName)), 'code_refused')
  const { state } = first
  if (state.status !== 'mfa_required') throw new BrokenClaim('the challenge stays open after a wrong code')
  expect(`"${error.message}"`, error.details.triesLeft === 2)
  expect(
    'the challenge stays open, with the same mfa_token and two tries',
    state.challenge.triesLeft === 2 && sameToken(asked, state),
  )
  return state
}

async function takeUpChallenge(scene: Scene, text: string): Promise<void> {
  const { narrator, sandbox, session, expect, exchanges, left } = scene
  narrator.say(
    `The code may be typed elsewhere: in another process, or on another server. serializeState() gives the challenge as ${text.length} characters of JSON, to be guarded like a password; parseState() takes it up. Then the right code:`,
  )
  const second = session({ client: developerClient(), state: parseState(text) })
  const state = await second.submitOtp(sandbox.otp(developerName))
  const last = exchanges.at(-1)
  expect('the second session is signed in', state.status === 'signed_in')
  expect(
    'it sent no password: mfa_token and otp are enough',
    last !== undefined &&
      field(last, 'password') === undefined &&
      field(last, 'grant_type') === 'urn:custom:mfa-otp',
  )
  left.developer = second
}

function sameToken(a: MfaRequired, b: MfaRequired): boolean {
  return a.challenge.mfaToken.reveal() === b.challenge.mfaToken.reveal()
}
