// @ts-check
// Ends a token: revoked at Particle, forgotten here. Tries it once more to show that it is invalid.
import { createSession, developerClient } from '@particle-grants/core'
import { fromEnvironment } from './lib/environment.mjs'
import { fail } from './lib/fail.mjs'

const env = fromEnvironment({ PARTICLE_USERNAME: 'dev@example.com', PARTICLE_PASSWORD: 'correct horse' })

const session = createSession({ client: developerClient(), baseUrl: env.PARTICLE_BASE_URL })
const state = await session.login({ username: env.PARTICLE_USERNAME, password: env.PARTICLE_PASSWORD })
if (state.status === 'mfa_required') fail('This account has MFA: see sign-in-with-mfa.mjs.')
const authorization = `Bearer ${await session.getAccessToken()}`

// The session is signed out even if Particle cannot be reached; then the result says that the token is still valid.
const { accessToken, error } = await session.logout()
console.log(`The access token is ${accessToken}. ${error?.message ?? ''}`.trim())

const response = await fetch(`${env.PARTICLE_BASE_URL}/v1/devices`, { headers: { authorization } })
console.log(`The API now responds with ${response.status}.`)
