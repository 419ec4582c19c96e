// @ts-check
// Signs in with username and password, calls the API, and signs out.
import { createSession, developerClient } from '@particle-grants/core'
import { fromEnvironment } from './lib/environment.mjs'
import { fail } from './lib/fail.mjs'

const env = fromEnvironment({ PARTICLE_USERNAME: 'dev@example.com', PARTICLE_PASSWORD: 'correct horse' })

const session = createSession({ client: developerClient(), baseUrl: env.PARTICLE_BASE_URL })
const state = await session.login({ username: env.PARTICLE_USERNAME, password: env.PARTICLE_PASSWORD })
if (state.status === 'mfa_required') fail('This account has MFA: use sign-in-with-mfa.mjs.')

const authorization = `Bearer ${await session.accessToken()}`
const answer = await fetch(`${env.PARTICLE_BASE_URL}/v1/devices`, { headers: { authorization } })
const devices = /** @type {{ name: string }[]} */ (await answer.json())
console.log(`Devices of ${env.PARTICLE_USERNAME}: ${devices.map(({ name }) => name).join(', ') || 'none'}`)

// Without this the token stays good for 90 days.
await session.logout()
