import type { Samples } from './sample.ts'

/** Samples with a session of `@particle-grants/core`. */
export const core: Samples = {
  'sign-in': `import { createSession, developerClient } from '@particle-grants/core'

const session = createSession({ client: developerClient() })
const password = process.env.PARTICLE_PASSWORD
await session.login({ username: 'dev@example.com', password })

const devices = await session.fetch('/v1/devices') // with the token, to api.particle.io only`,

  'sign-in-mfa': `import { createSession, developerClient } from '@particle-grants/core'

const session = createSession({ client: developerClient() })
const password = process.env.PARTICLE_PASSWORD
const state = await session.login({ username: 'mfa@example.com', password })
if (state.status === 'mfa_required') console.log('Attempts left:', state.challenge.attemptsLeft)`,

  'sign-in-customer': `import { createSession, customer, productClient } from '@particle-grants/core'

const secret = process.env.PARTICLE_CLIENT_SECRET
const client = productClient({ id: 'my-product-1234', secret })
const session = createSession({ client, subject: customer('jane@example.com') })
const password = process.env.PARTICLE_PASSWORD
await session.login({ username: 'jane@example.com', password })

const token = await session.getAccessToken() // refreshed automatically before it expires`,

  otp: `import { createSession, developerClient } from '@particle-grants/core'

const session = createSession({ client: developerClient() })
const password = process.env.PARTICLE_PASSWORD
const state = await session.login({ username: 'mfa@example.com', password })
if (state.status === 'mfa_required') await session.submitOtp('012345') // the session keeps the mfa_token

const devices = await session.fetch('/v1/devices')`,

  'recovery-code': `import { createSession, developerClient } from '@particle-grants/core'

const session = createSession({ client: developerClient() })
const password = process.env.PARTICLE_PASSWORD
const state = await session.login({ username: 'mfa@example.com', password })
if (state.status === 'mfa_required') await session.submitRecoveryCode(process.env.PARTICLE_RECOVERY_CODE)`,

  'client-owner': `import { createSession, productClient } from '@particle-grants/core'

const secret = process.env.PARTICLE_CLIENT_SECRET
const client = productClient({ id: 'my-product-1234', secret })
const session = createSession({ client })

const token = await session.getAccessToken() // requested on first use, and renewed automatically`,

  'client-customer': `import { createSessionPool, productClient } from '@particle-grants/core'

const secret = process.env.PARTICLE_CLIENT_SECRET
const client = productClient({ id: 'my-product-1234', secret })
const customers = createSessionPool({ client })

const token = await customers.customer('jane@example.com').getAccessToken()`,

  'client-user': `import { createSession, userClient } from '@particle-grants/core'

const secret = process.env.PARTICLE_CLIENT_SECRET
const client = userClient({ id: 'my-scripts-5678', secret })
const session = createSession({ client })

const devices = await session.fetch('/v1/devices')`,

  refresh: `import { createSession, customer, productClient } from '@particle-grants/core'

const secret = process.env.PARTICLE_CLIENT_SECRET
const client = productClient({ id: 'my-product-1234', secret })
const session = createSession({ client, subject: customer('jane@example.com') })
const password = process.env.PARTICLE_PASSWORD
await session.login({ username: 'jane@example.com', password })

await session.getAccessToken({ forceRefresh: true }) // only to refresh now: getAccessToken() refreshes automatically`,
}
