import type { Samples } from './sample.ts'

/** With a session of `@particle-grants/core`. */
export const core: Samples = {
  'sign-in': `import { createSession, developerClient } from '@particle-grants/core'

const session = createSession({ client: developerClient() })
await session.login({ username: 'dev@example.com', password: 'correct horse' })

const devices = await session.fetch('/v1/devices') // with the token, to api.particle.io only`,

  'sign-in-mfa': `import { createSession, developerClient } from '@particle-grants/core'

const session = createSession({ client: developerClient() })
const state = await session.login({ username: 'mfa@example.com', password: 'battery staple' })
if (state.status === 'mfa_required') console.log('Up to', state.challenge.triesLeft, 'codes may be sent.')`,

  'sign-in-customer': `import { createSession, customer, productClient } from '@particle-grants/core'

const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
const session = createSession({ client, subject: customer('jane@example.com') })
await session.login({ username: 'jane@example.com', password: 'janes own password' })

await session.accessToken() // refreshed by itself when it nears its end`,

  otp: `import { createSession, developerClient } from '@particle-grants/core'

const session = createSession({ client: developerClient() })
const state = await session.login({ username: 'mfa@example.com', password: 'battery staple' })
if (state.status === 'mfa_required') await session.submitOtp('012345') // the same mfa_token, kept by the session

const devices = await session.fetch('/v1/devices')`,

  'otp-wrong': `import { createSession, developerClient, GrantsError } from '@particle-grants/core'

const session = createSession({ client: developerClient() })
const state = await session.login({ username: 'mfa@example.com', password: 'battery staple' })
try {
  if (state.status === 'mfa_required') await session.submitOtp('012345')
} catch (error) {
  if (!(GrantsError.isInstance(error) && error.code === 'code_refused')) throw error
  console.log(error.message) // still mfa_required: submitOtp() takes the next code, with the same mfa_token
}`,

  'recovery-code': `import { createSession, developerClient } from '@particle-grants/core'

const session = createSession({ client: developerClient() })
const state = await session.login({ username: 'mfa@example.com', password: 'battery staple' })
if (state.status === 'mfa_required') await session.submitRecoveryCode('a1b2-c3d4-e5f6')`,

  'client-owner': `import { createSession, productClient } from '@particle-grants/core'

const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
const session = createSession({ client })
await session.authorize()

await session.accessToken() // asked for again by itself when it nears its end`,

  'client-customer': `import { createSessionPool, productClient } from '@particle-grants/core'

const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
const customers = createSessionPool({ client })

const token = await customers.customer('jane@example.com').accessToken()`,

  'client-user': `import { createSession, userClient } from '@particle-grants/core'

const client = userClient({ id: 'my-scripts-5678', secret: 'user-client-secret' })
const session = createSession({ client, authorizeOnUse: true })

const devices = await session.fetch('/v1/devices')`,

  refresh: `import { createSession, customer, productClient } from '@particle-grants/core'

const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
const session = createSession({ client, subject: customer('jane@example.com') })
await session.login({ username: 'jane@example.com', password: 'janes own password' })

await session.renew() // only to have it now: accessToken() renews by itself`,

  'refresh-developer': `import { createSession, developerClient } from '@particle-grants/core'

const session = createSession({ client: developerClient() })
const state = await session.login({ username: 'dev@example.com', password: 'correct horse' })

// One came along, and was dropped, since nothing can be done with it: prints undefined.
if (state.status === 'signed_in') console.log(state.tokens.refreshToken)`,
}
