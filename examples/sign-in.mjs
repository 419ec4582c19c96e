// @ts-check
// Signs in with username and password, calls the API, and signs out.
import { createSession, developerClient } from '@particle-grants/core'
import { listDeviceNames } from './lib/api.mjs'
import { fromEnvironment } from './lib/environment.mjs'
import { fail } from './lib/fail.mjs'

const env = fromEnvironment({ PARTICLE_USERNAME: 'dev@example.com', PARTICLE_PASSWORD: 'correct horse' })

const session = createSession({ client: developerClient(), baseUrl: env.PARTICLE_BASE_URL })
const state = await session.login({ username: env.PARTICLE_USERNAME, password: env.PARTICLE_PASSWORD })
if (state.status === 'mfa_required') fail('This account has MFA: use sign-in-with-mfa.mjs.')

try {
  console.log(`Devices of ${env.PARTICLE_USERNAME}: ${await listDeviceNames(session)}`)
} finally {
  // Without this the token remains valid for 90 days.
  await session.logout()
}
