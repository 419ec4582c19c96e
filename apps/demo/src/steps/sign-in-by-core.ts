import { account, developerClient, memoryStore, type Store } from '@particle-grants/core'
import { BrokenClaim, refusal } from '../story/checks.ts'
import type { Scene } from '../story/scene.ts'
import type { Step } from '../story/step.ts'
import { field } from '../wire/exchange.ts'
import { developerName, passwordOf, wrongCode } from './accounts.ts'

/** The same sign-in by core, across two processes. */
export const signInByCore: Step = {
  title: 'The same sign-in, by @particle-grants/core',
  async run(scene) {
    const store = memoryStore()
    await openChallenge(scene, store)
    await resumeChallenge(scene, store)
  },
}

async function openChallenge(scene: Scene, store: Store): Promise<void> {
  const { narrator, sandbox, developerSession, expect } = scene
  narrator.say('A code is valid once, so time moves on by 30 s, to the next one. Then: session.login(…)')
  sandbox.clock.advance('30s')
  const first = developerSession({ client: developerClient(), subject: account(developerName), store })
  const asked = await first.login({ username: developerName, password: passwordOf(sandbox, developerName) })
  expect('login() resolves with mfa_required, which is a state and no error', asked.status === 'mfa_required')
  if (asked.status !== 'mfa_required') throw new BrokenClaim('there is a challenge')
  expect('three attempts are left', asked.challenge.attemptsLeft === 3)

  narrator.say('A wrong code: session.submitOtp(…)')
  const error = await refusal(first.submitOtp(wrongCode(sandbox, developerName)), 'invalid_code')
  const { state } = first
  if (state.status !== 'mfa_required') throw new BrokenClaim('the challenge stays open after a wrong code')
  expect(`"${error.message}"`, error.details.attemptsLeft === 2)
  expect('the challenge stays open, with two attempts', state.challenge.attemptsLeft === 2)
}

async function resumeChallenge(scene: Scene, store: Store): Promise<void> {
  const { narrator, sandbox, developerSession, expect, exchanges, left } = scene
  narrator.say(
    'The code can be typed elsewhere: in another process, or on another server. The challenge is in the store, and session.load() finds it. Then the right code:',
  )
  const second = developerSession({ client: developerClient(), subject: account(developerName), store })
  await second.load()
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
