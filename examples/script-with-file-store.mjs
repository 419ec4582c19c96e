// @ts-check
// A script that signs in once: the next run finds its token in a file for its owner only, and asks nobody.
import { account, createSession, developerClient } from '@particle-grants/core'
import { fileStore } from '@particle-grants/store-file'
import { fromEnvironment } from './lib/environment.mjs'
import { fail } from './lib/fail.mjs'

const env = fromEnvironment({ PARTICLE_USERNAME: 'dev@example.com', PARTICLE_PASSWORD: 'correct horse' })

const directory = process.env.PARTICLE_SESSIONS
const session = createSession({
  client: developerClient(),
  subject: account(env.PARTICLE_USERNAME),
  baseUrl: env.PARTICLE_BASE_URL,
  store: directory ? fileStore({ directory }) : fileStore(),
})

const state = await session.restore()
if (state.status === 'signed_in') {
  console.log('Signed in from an earlier run.')
} else {
  const next = await session.login({ username: env.PARTICLE_USERNAME, password: env.PARTICLE_PASSWORD })
  if (next.status === 'mfa_required') fail('This account has MFA: use sign-in-with-mfa.mjs.')
  console.log('Signed in, and kept for the next run.')
}

const answer = await session.fetch('/v1/devices')
console.log(`The API answers ${answer.status}.`)
