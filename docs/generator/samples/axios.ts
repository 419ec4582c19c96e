import type { Samples } from './sample.ts'

const attach = `
const api = axios.create({ baseURL: 'https://api.particle.io' })
attachSession(api, session)
const { data: devices } = await api.get('/v1/devices')`

const imports = (...names: string[]) => `import { attachSession } from '@particle-grants/axios'
import { ${names.join(', ')} } from '@particle-grants/core'
import axios from 'axios'
`

/** With a session that `@particle-grants/axios` puts on an instance of Axios. */
export const axios: Samples = {
  'sign-in': `${imports('createSession', 'developerClient')}
const session = createSession({ client: developerClient() })
await session.login({ username: 'dev@example.com', password: 'correct horse' })
${attach}`,

  otp: `${imports('createSession', 'developerClient')}
const session = createSession({ client: developerClient() })
const state = await session.login({ username: 'mfa@example.com', password: 'battery staple' })
if (state.status === 'mfa_required') await session.submitOtp('012345')
${attach}`,

  'sign-in-customer': `${imports('createSession', 'customer', 'productClient')}
const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
const session = createSession({ client, subject: customer('jane@example.com') })
await session.login({ username: 'jane@example.com', password: 'janes own password' })
${attach}`,

  'client-owner': `${imports('createSession', 'productClient')}
const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
const session = createSession({ client, authorizeOnUse: true }) // asks when the first call needs a token
${attach}`,

  'client-customer': `${imports('createSessionPool', 'productClient')}
const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
const session = createSessionPool({ client }).customer('jane@example.com')
${attach}`,

  'client-user': `${imports('createSession', 'userClient')}
const client = userClient({ id: 'my-scripts-5678', secret: 'user-client-secret' })
const session = createSession({ client, authorizeOnUse: true })
${attach}`,

  refresh: `${imports('createSession', 'customer', 'productClient')}
const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
const session = createSession({ client, subject: customer('jane@example.com') })
await session.login({ username: 'jane@example.com', password: 'janes own password' })
await session.renew() // only to have it now: calls through Axios renew by themselves, all of them once
${attach}`,
}
