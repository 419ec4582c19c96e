import type { Samples } from './sample.ts'

const attach = `
const api = axios.create({ baseURL: 'https://api.particle.io' })
attachSession(api, session)
const { data: devices } = await api.get('/v1/devices')`

const imports = (...names: string[]) => `import { attachSession } from '@particle-grants/axios'
import { ${names.join(', ')} } from '@particle-grants/core'
import axios from 'axios'
`

/** Samples with a session that `@particle-grants/axios` attaches to an Axios instance. */
export const axios: Samples = {
  'sign-in': `${imports('createSession', 'developerClient')}
const session = createSession({ client: developerClient() })
const password = process.env.PARTICLE_PASSWORD
await session.login({ username: 'dev@example.com', password })
${attach}`,

  otp: `${imports('createSession', 'developerClient')}
const session = createSession({ client: developerClient() })
const password = process.env.PARTICLE_PASSWORD
const state = await session.login({ username: 'mfa@example.com', password })
if (state.status === 'mfa_required') await session.submitOtp('012345')
${attach}`,

  'sign-in-mfa': `${imports('createSession', 'developerClient', 'GrantsError')}
const session = createSession({ client: developerClient() })
const api = axios.create({ baseURL: 'https://api.particle.io' })
attachSession(api, session)
const password = process.env.PARTICLE_PASSWORD
await session.login({ username: 'mfa@example.com', password })

try {
  await api.get('/v1/devices') // not sent, since there is no token yet
} catch (error) {
  if (!(GrantsError.isInstance(error) && error.code === 'mfa_required')) throw error
  console.log(error.message) // says how many attempts are left, and until when
}`,

  'sign-in-customer': `${imports('createSession', 'customer', 'productClient')}
const secret = process.env.PARTICLE_CLIENT_SECRET
const client = productClient({ id: 'my-product-1234', secret })
const session = createSession({ client, subject: customer('jane@example.com') })
const password = process.env.PARTICLE_PASSWORD
await session.login({ username: 'jane@example.com', password })
${attach}`,

  'recovery-code': `${imports('createSession', 'developerClient')}
const session = createSession({ client: developerClient() })
const password = process.env.PARTICLE_PASSWORD
const state = await session.login({ username: 'mfa@example.com', password })
if (state.status === 'mfa_required') await session.submitRecoveryCode(process.env.PARTICLE_RECOVERY_CODE)
${attach}`,

  'client-owner': `${imports('createSession', 'productClient')}
const secret = process.env.PARTICLE_CLIENT_SECRET
const client = productClient({ id: 'my-product-1234', secret })
const session = createSession({ client }) // requests a token when the first call needs one
${attach}`,

  'client-customer': `${imports('createSessionPool', 'productClient')}
const secret = process.env.PARTICLE_CLIENT_SECRET
const client = productClient({ id: 'my-product-1234', secret })
const session = createSessionPool({ client }).customer('jane@example.com')
${attach}`,

  'client-user': `${imports('createSession', 'userClient')}
const secret = process.env.PARTICLE_CLIENT_SECRET
const client = userClient({ id: 'my-scripts-5678', secret })
const session = createSession({ client })
${attach}`,

  refresh: `${imports('createSession', 'customer', 'productClient')}
const secret = process.env.PARTICLE_CLIENT_SECRET
const client = productClient({ id: 'my-product-1234', secret })
const session = createSession({ client, subject: customer('jane@example.com') })
const password = process.env.PARTICLE_PASSWORD
await session.login({ username: 'jane@example.com', password })
await session.getAccessToken({ forceRefresh: true }) // only to refresh now: calls refresh automatically
${attach}`,
}
