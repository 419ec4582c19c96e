// @ts-check
// An MFA sign-in in two processes: `begin` has the password, `finish` has the code. The store carries the challenge.
import { createSession, developerClient } from '@particle-grants/core'
import { fileStore } from '@particle-grants/store-file'
import { askForCode } from './lib/ask-for-code.mjs'
import { describeVariables, fromEnvironment } from './lib/environment.mjs'
import { fail } from './lib/fail.mjs'

const credentials = { PARTICLE_USERNAME: 'mfa@example.com', PARTICLE_PASSWORD: 'battery staple' }
const [step] = process.argv.slice(2)
if (step !== 'begin' && step !== 'finish') {
  fail(`Usage: node resume-mfa.mjs begin, then … finish\n\n${describeVariables(credentials)}`)
}

const needed = /** @type {Record<string, string>} */ (step === 'begin' ? credentials : {})
const { PARTICLE_BASE_URL: baseUrl } = fromEnvironment(needed)
const directory = process.env.PARTICLE_SESSIONS
const store = directory ? fileStore({ directory }) : fileStore()
const session = createSession({ client: developerClient(), profile: 'resume-mfa', baseUrl, store })

if (step === 'begin') {
  const env = fromEnvironment(credentials)
  const state = await session.login({ username: env.PARTICLE_USERNAME, password: env.PARTICLE_PASSWORD })
  if (state.status !== 'mfa_required') fail('This account has no MFA: use sign-in.mjs.')
  console.log(`Waits for a code until ${new Date(state.challenge.expiresAt).toISOString()}.`)
} else {
  const state = await session.load()
  if (state.status !== 'mfa_required') fail('There is no challenge. Run this script with `begin` first.')
  try {
    const { subject } = await session.submitOtp(await askForCode())
    console.log(`Signed in as ${subject?.name}.`)
  } finally {
    await session.logout()
  }
}
