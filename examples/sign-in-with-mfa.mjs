// @ts-check
// Signs in to an account with two-step authentication. The code comes from PARTICLE_OTP or is typed at the terminal.
import { createSession, developerClient, GrantsError } from '@particle-grants/core'
import { deviceNames } from './lib/api.mjs'
import { askForCode } from './lib/ask-for-code.mjs'
import { fromEnvironment } from './lib/environment.mjs'

const env = fromEnvironment({ PARTICLE_USERNAME: 'mfa@example.com', PARTICLE_PASSWORD: 'battery staple' })

const session = createSession({ client: developerClient(), baseUrl: env.PARTICLE_BASE_URL })
await session.login({ username: env.PARTICLE_USERNAME, password: env.PARTICLE_PASSWORD })

// A refused code leaves the challenge open, until three were refused or ten minutes have passed.
while (session.state.status === 'mfa_required') {
  const code = await askForCode()
  try {
    await session.submitOtp(code)
  } catch (error) {
    if (!GrantsError.isInstance(error) || error.code !== 'code_refused') throw error
    console.error(error.message)
  }
}

try {
  console.log(`Devices of ${env.PARTICLE_USERNAME}: ${await deviceNames(session)}`)
} finally {
  // Without this the token stays good for 90 days.
  await session.logout()
}
