// @ts-check
// A script that signs in once: the next run finds its token in a file that only its owner can read.
import { createSession, developerClient } from '@particle-grants/core'
import { fileStore } from '@particle-grants/store-file'
import { fromEnvironment } from './lib/environment.mjs'
import { fail } from './lib/fail.mjs'

const env = fromEnvironment({ PARTICLE_USERNAME: 'dev@example.com', PARTICLE_PASSWORD: 'correct horse' })

const directory = process.env.PARTICLE_SESSIONS
const session = createSession({
  client: developerClient(),
  profile: 'my-script',
  baseUrl: env.PARTICLE_BASE_URL,
  store: directory ? fileStore({ directory }) : fileStore(),
})

const state = await session.load()
if (state.status === 'signed_in') {
  console.log('Signed in by an earlier run.')
} else {
  const next = await session.login({ username: env.PARTICLE_USERNAME, password: env.PARTICLE_PASSWORD })
  if (next.status === 'mfa_required') fail('This account has MFA: use sign-in-with-mfa.mjs.')
  console.log('Signed in, and saved for the next run.')
}

const response = await session.fetch('/v1/devices')
console.log(`The API responds with ${response.status}.`)
