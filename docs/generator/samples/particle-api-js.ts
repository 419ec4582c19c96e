import type { Samples } from './sample.ts'

const product = `import Particle from 'particle-api-js'

const particle = new Particle({
  clientId: 'my-product-1234',
  clientSecret: process.env.PARTICLE_CLIENT_SECRET,
})`

/** Samples with particle-api-js. It has calls for some grants; for the others its `request` sends the fields. */
export const particleApiJs: Samples = {
  'sign-in': `import Particle from 'particle-api-js'

const particle = new Particle()
const password = process.env.PARTICLE_PASSWORD
const { body } = await particle.login({ username: 'dev@example.com', password })
const devices = await particle.listDevices({ auth: body.access_token })`,

  'sign-in-mfa': `import Particle from 'particle-api-js'

const particle = new Particle()
const password = process.env.PARTICLE_PASSWORD
try {
  await particle.login({ username: 'mfa@example.com', password })
} catch (error) {
  if (error.body?.error !== 'mfa_required') throw error
  const { mfa_token } = error.body // pass it to sendOtp
}`,

  'sign-in-customer': `${product}
const password = process.env.PARTICLE_PASSWORD
const { body } = await particle.login({ username: 'jane@example.com', password })`,

  otp: `import Particle from 'particle-api-js'

const particle = new Particle()
const password = process.env.PARTICLE_PASSWORD
try {
  await particle.login({ username: 'mfa@example.com', password })
} catch (error) {
  if (error.body?.error !== 'mfa_required') throw error
  const { body } = await particle.sendOtp({
    mfaToken: error.body.mfa_token,
    otp: '012345',
  })
  const devices = await particle.listDevices({ auth: body.access_token })
}`,

  'recovery-code': `import Particle from 'particle-api-js'

const particle = new Particle()
const password = process.env.PARTICLE_PASSWORD
try {
  await particle.login({ username: 'mfa@example.com', password })
} catch (error) {
  if (error.body?.error !== 'mfa_required') throw error
  // particle-api-js has no call for this grant.
  const response = await particle.request({
    uri: '/oauth/token',
    method: 'post',
    form: {
      grant_type: 'urn:custom:recovery-code',
      mfa_token: error.body.mfa_token,
      recovery_code: process.env.PARTICLE_RECOVERY_CODE,
      client_id: 'particle',
      client_secret: 'particle',
    },
  })
}`,

  'client-owner': `${product}
const { body } = await particle.loginAsClientOwner()`,

  'client-customer': `${product}
const response = await particle.request({
  uri: '/oauth/token',
  method: 'post',
  form: {
    grant_type: 'client_credentials',
    scope: 'customer=jane@example.com',
    client_id: 'my-product-1234',
    client_secret: process.env.PARTICLE_CLIENT_SECRET,
  },
})`,

  'client-user': `import Particle from 'particle-api-js'

const particle = new Particle({
  clientId: 'my-scripts-5678',
  clientSecret: process.env.PARTICLE_CLIENT_SECRET,
})
const { body } = await particle.loginAsClientOwner()`,

  refresh: `${product}
const response = await particle.request({
  uri: '/oauth/token',
  method: 'post',
  form: {
    grant_type: 'refresh_token',
    refresh_token: process.env.PARTICLE_REFRESH_TOKEN,
    client_id: 'my-product-1234',
    client_secret: process.env.PARTICLE_CLIENT_SECRET,
  },
})`,
}
