import type { Samples } from './sample.ts'

const developer = `import Particle from 'particle-api-js'

const particle = new Particle()
const password = process.env.PARTICLE_PASSWORD`

const withClient = (id: string) => `import Particle from 'particle-api-js'

const particle = new Particle({
  clientId: '${id}',
  clientSecret: process.env.PARTICLE_CLIENT_SECRET,
})`

const afterMfaRequired = (lines: string) => `${developer}
try {
  await particle.login({ username: 'mfa@example.com', password })
} catch (error) {
  if (error.body?.error !== 'mfa_required') throw error
${lines.replaceAll(/^/gm, '  ')}
}`

/** particle-api-js has no call for this grant. */
const request = (...fields: string[]) => `const response = await particle.request({
  uri: '/oauth/token',
  method: 'post',
  form: {
${fields.map((field) => `    ${field},`).join('\n')}
  },
})`

const productFields = ["client_id: 'my-product-1234'", 'client_secret: process.env.PARTICLE_CLIENT_SECRET']

/** Samples with particle-api-js. It has calls for some grants; for the others its `request` sends the fields. */
export const particleApiJs: Samples = {
  'sign-in': `${developer}
const { body } = await particle.login({ username: 'dev@example.com', password })
const devices = await particle.listDevices({ auth: body.access_token })`,

  'sign-in-customer': `${withClient('my-product-1234')}
const password = process.env.PARTICLE_PASSWORD
const { body } = await particle.login({ username: 'jane@example.com', password })`,

  otp: afterMfaRequired(`const { body } = await particle.sendOtp({
  mfaToken: error.body.mfa_token,
  otp: '012345',
})
const devices = await particle.listDevices({ auth: body.access_token })`),

  'recovery-code': afterMfaRequired(`// particle-api-js has no call for this grant.
${request(
  "grant_type: 'urn:custom:recovery-code'",
  'mfa_token: error.body.mfa_token',
  'recovery_code: process.env.PARTICLE_RECOVERY_CODE',
  "client_id: 'particle'",
  "client_secret: 'particle'",
)}`),

  'client-owner': `${withClient('my-product-1234')}
const { body } = await particle.loginAsClientOwner()`,

  'client-customer': `${withClient('my-product-1234')}
${request("grant_type: 'client_credentials'", "scope: 'customer=jane@example.com'", ...productFields)}`,

  'client-user': `${withClient('my-scripts-5678')}
const { body } = await particle.loginAsClientOwner()`,

  refresh: `${withClient('my-product-1234')}
${request("grant_type: 'refresh_token'", 'refresh_token: process.env.PARTICLE_REFRESH_TOKEN', ...productFields)}`,
}
