// @ts-check
// Signs in to an account with two-step authentication. The code comes from PARTICLE_OTP or is typed at the terminal.
import { createSession, developerClient, GrantsError } from '@particle-grants/core'
import { listDeviceNames } from './lib/api.mjs'
import { askForCode } from './lib/ask-for-code.mjs'
import { fromEnvironment } from './lib/environment.mjs'

const env = fromEnvironment({ PARTICLE_USERNAME: 'mfa@example.com', PARTICLE_PASSWORD: 'battery staple' })

const session = createSession({ client: developerClient(), baseUrl: env.PARTICLE_BASE_URL })
await session.login({ username: env.PARTICLE_USERNAME, password: env.PARTICLE_PASSWORD })

// The challenge stays open after a wrong code, for three attempts within ten minutes.
while (session.state.status === 'mfa_required') {
  const code = await askForCode()
  try {
    await session.submitOtp(code)
  } catch (error) {
    if (!GrantsError.isInstance(error) || error.code !== 'invalid_code') throw error
    console.error(error.message)
  }
}

try {
  console.log(`Devices of ${env.PARTICLE_USERNAME}: ${await listDeviceNames(session)}`)
} finally {
  // Without this the token remains valid for 90 days.
  await session.logout()
}
