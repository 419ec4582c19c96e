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

  'sign-in-mfa': `${imports('createSession', 'developerClient', 'GrantsError')}
const session = createSession({ client: developerClient() })
const api = axios.create({ baseURL: 'https://api.particle.io' })
attachSession(api, session)
await session.login({ username: 'mfa@example.com', password: 'battery staple' })

try {
  await api.get('/v1/devices') // not sent, since there is no token yet
} catch (error) {
  if (!(GrantsError.isInstance(error) && error.code === 'mfa_required')) throw error
  console.log(error.message) // says how many codes may be sent, and until when
}`,

  'sign-in-customer': `${imports('createSession', 'customer', 'productClient')}
const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
const session = createSession({ client, subject: customer('jane@example.com') })
await session.login({ username: 'jane@example.com', password: 'janes own password' })
${attach}`,

  'otp-wrong': `${imports('createSession', 'developerClient', 'GrantsError')}
// The session signs in; Axios has no part in it until there is a token.
const session = createSession({ client: developerClient() })
attachSession(axios.create({ baseURL: 'https://api.particle.io' }), session)
const state = await session.login({ username: 'mfa@example.com', password: 'battery staple' })
try {
  if (state.status === 'mfa_required') await session.submitOtp('012345')
} catch (error) {
  if (!(GrantsError.isInstance(error) && error.code === 'code_refused')) throw error
  console.log(error.message) // submitOtp() takes the next code
}`,

  'recovery-code': `${imports('createSession', 'developerClient')}
const session = createSession({ client: developerClient() })
const state = await session.login({ username: 'mfa@example.com', password: 'battery staple' })
if (state.status === 'mfa_required') await session.submitRecoveryCode('a1b2-c3d4-e5f6')
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

  'refresh-developer': `${imports('createSession', 'developerClient')}
const session = createSession({ client: developerClient() })
await session.login({ username: 'dev@example.com', password: 'correct horse' })
${attach} // for 90 days; then calls reject with reauthentication_required, and no refresh is tried`,

  refresh: `${imports('createSession', 'customer', 'productClient')}
const client = productClient({ id: 'my-product-1234', secret: 'product-secret' })
const session = createSession({ client, subject: customer('jane@example.com') })
await session.login({ username: 'jane@example.com', password: 'janes own password' })
await session.renew() // only to have it now: calls through Axios renew by themselves, all of them once
${attach}`,
}
