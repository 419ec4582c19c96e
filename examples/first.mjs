import { createSession, developerClient } from '@particle-grants/core'
import { createSandbox } from '@particle-grants/sandbox'

// A Particle cloud in this process, with an account that has MFA. Leave out `fetch` to use the real one.
const sandbox = createSandbox()
const session = createSession({ client: developerClient(), fetch: sandbox.fetch })

const state = await session.login({ username: 'mfa@example.com', password: 'battery staple' })
console.log(state.status) // mfa_required

const { tokens } = await session.submitOtp(sandbox.otp('mfa@example.com'))
console.log(session.state.status) // signed_in
console.log(tokens.accessToken) // Secret [redacted]

const response = await session.fetch('/v1/devices')
console.log(response.status) // 200
