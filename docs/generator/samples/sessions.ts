import type { SampledExchange, Samples } from './sample.ts'

const developer = `const session = createSession({ client: developerClient() })
const password = process.env.PARTICLE_PASSWORD`

const product = `const secret = process.env.PARTICLE_CLIENT_SECRET
const client = productClient({ id: 'my-product-1234', secret })`

const customer = `${product}
const session = createSession({ client, signInId: newSignInId() }) // one sign-in of one customer
const password = process.env.PARTICLE_PASSWORD
await session.login({ username: 'jane@example.com', password })`

const withMfa = `${developer}
const state = await session.login({ username: 'mfa@example.com', password })`

/** How each exchange gets a session that has its token. */
const sessions: Samples = {
  'sign-in': `${developer}
await session.login({ username: 'dev@example.com', password })`,

  'sign-in-customer': customer,

  otp: `${withMfa}
if (state.status === 'mfa_required') await session.submitOtp('012345') // the session keeps the mfa_token`,

  'recovery-code': `${withMfa}
if (state.status === 'mfa_required') await session.submitRecoveryCode(process.env.PARTICLE_RECOVERY_CODE)`,

  'client-owner': `${product}
const session = createSession({ client })`,

  'client-customer': `${product}
const session = createSessionPool({ client }).customer('jane@example.com')`,

  'client-user': `const secret = process.env.PARTICLE_CLIENT_SECRET
const client = userClient({ id: 'my-scripts-5678', secret })
const session = createSession({ client })`,

  refresh: `${customer}
await session.getAccessToken({ forceRefresh: true }) // only to refresh now: calls refresh automatically`,
}

const devices = `

const devices = await session.fetch('/v1/devices') // with the token, to api.particle.io only`

const token = `

const token = await session.getAccessToken() // requested on first use, and renewed automatically`

/** What a program does with the session. */
const uses: Partial<Samples> = {
  'sign-in': devices,
  otp: devices,
  'sign-in-customer': token,
  'client-owner': token,
  'client-customer': token,
  'client-user': token,
}

const exported = ['createSession', 'createSessionPool', 'developerClient', 'newSignInId', 'productClient', 'userClient']

function importCore(program: string): string {
  const names = exported.filter((name) => new RegExp(`(?<![.\\w])${name}\\(`).test(program))
  return `import { ${names.join(', ')} } from '@particle-grants/core'`
}

/** Returns a sample with a session of `@particle-grants/core`. */
export function core(exchange: SampledExchange): string {
  const session = sessions[exchange]
  return `${importCore(session)}

${session}${uses[exchange] ?? ''}`
}

/** Returns a sample with a session that `@particle-grants/axios` attaches to an Axios instance. */
export function axios(exchange: SampledExchange): string {
  const session = sessions[exchange]
  return `import { attachSession } from '@particle-grants/axios'
${importCore(session)}
import axios from 'axios'

${session}

const api = axios.create({ baseURL: 'https://api.particle.io' })
attachSession(api, session)
const { data: devices } = await api.get('/v1/devices')`
}
