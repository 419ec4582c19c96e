// @ts-check
// An MFA sign-in in two processes: `begin` has the password, `finish` has the code. The store keeps the challenge.
import { createSession, developerClient } from '@particle-grants/core'
import { fileStore } from '@particle-grants/store-file'

const [step, code = ''] = process.argv.slice(2)
const { PARTICLE_USERNAME: username = '', PARTICLE_PASSWORD: password = '' } = process.env
const session = createSession({
  client: developerClient(),
  profile: 'resume-mfa', // on a server, use a signInId from the user's cookie instead: see web-sign-in
  store: fileStore(),
  baseUrl: process.env.PARTICLE_BASE_URL,
})

if (step === 'begin') {
  const state = await session.login({ username, password })
  if (state.status === 'mfa_required')
    console.log(`Enter the code within ${minutesUntil(state.challenge.expiresAt)} minutes.`)
  else console.log('Signed in: this account has no MFA.')
} else if (step === 'finish') {
  const state = await session.load()
  if (state.status !== 'mfa_required') throw new Error('No code is expected. Run `begin` first.')
  const { subject } = await session.submitOtp(code)
  console.log(`Signed in as ${subject?.name}.`)
} else {
  console.error('Usage: node resume-mfa.mjs begin, then node resume-mfa.mjs finish CODE')
  process.exitCode = 2
}

/** @param {number} time milliseconds since 1970 */
function minutesUntil(time) {
  return Math.floor((time - Date.now()) / 60_000)
}
