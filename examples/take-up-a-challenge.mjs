// @ts-check
// An MFA sign-in across two processes: `begin FILE` has the password, `finish FILE` has the code.
// The file holds the challenge in the clear, and so is its owner's alone (0600); it is gone afterwards.
import { readFile, rm, writeFile } from 'node:fs/promises'
import { createSession, developerClient, parseState, serializeState } from '@particle-grants/core'
import { askForCode } from './lib/ask-for-code.mjs'
import { fromEnvironment, whatIsNeeded } from './lib/environment.mjs'
import { fail } from './lib/fail.mjs'

const credentials = { PARTICLE_USERNAME: 'mfa@example.com', PARTICLE_PASSWORD: 'battery staple' }
const [step, file] = process.argv.slice(2)
if (!file || (step !== 'begin' && step !== 'finish')) {
  fail(`Usage: node take-up-a-challenge.mjs begin FILE, then … finish FILE

${whatIsNeeded(credentials)}`)
}
await (step === 'begin' ? begin(file) : finish(file))

/** @param {string} path */
async function begin(path) {
  const env = fromEnvironment(credentials)
  const session = createSession({ client: developerClient(), baseUrl: env.PARTICLE_BASE_URL })
  const state = await session.login({ username: env.PARTICLE_USERNAME, password: env.PARTICLE_PASSWORD })
  if (state.status !== 'mfa_required') fail('This account has no MFA: use sign-in.mjs.')
  await writeFile(path, serializeState(state), { mode: 0o600, flag: 'wx' })
  console.log(`Waits for its code until ${new Date(state.challenge.endsAt).toISOString()}.`)
}

/** @param {string} path */
async function finish(path) {
  const { PARTICLE_BASE_URL: baseUrl } = fromEnvironment({})
  const state = parseState(await readFile(path, 'utf8'))
  const session = createSession({ client: developerClient(), baseUrl, state })
  const { identity } = await session.submitOtp(await askForCode())
  try {
    await rm(path)
    console.log(`Signed in as ${identity.subject}.`)
  } finally {
    await session.logout()
  }
}
