// @ts-check
// The life of a server's token: creates an API user of a product, uses its token, replaces the token while the server runs,
// and deletes the API user. Particle's scopes and one valid token are enforced by the API.
import { createSession, developerClient, GrantsError } from '@particle-grants/core'
import { tokenSession } from '@particle-grants/core/token'
import { createApiUser, deleteApiUser, rotateApiUser } from '@particle-grants/management'

const { PARTICLE_USERNAME: username = '', PARTICLE_PASSWORD: password = '', PARTICLE_PRODUCT = '1234' } = process.env
const baseUrl = process.env.PARTICLE_BASE_URL
const team = { product: PARTICLE_PRODUCT }

const admin = createSession({ client: developerClient(), baseUrl })
await admin.login({ username, password }) // an administrator of the product, without MFA in this example

const created = await createApiUser(admin, { ...team, name: 'Server', scopes: ['devices:list'] })
console.log('created', created.username.replace(/\+.*/, ''))

// The server: it calls the API all the time, with the token that it was given last.
let server = tokenSession({ accessToken: created.token, baseUrl })
const devices = `/v1/products/${PARTICLE_PRODUCT}/devices`
console.log('within its scopes:', (await server.fetch(devices)).status)
console.log('outside its scopes:', (await server.fetch(`/v1/products/${PARTICLE_PRODUCT}/customers`)).status)
let isRunning = true
const statuses = (async () => {
  const seen = new Set()
  while (isRunning) seen.add((await server.fetch(devices)).status)
  return [...seen]
})()

const rotation = await rotateApiUser(admin, { ...team, username: created.username })
server = tokenSession({ accessToken: rotation.token, baseUrl }) // a real server gets the token by a deployment
await server.fetch(devices) // it uses the new token now
await rotation.confirm()
const old = tokenSession({ accessToken: created.token, baseUrl })
await old.fetch(devices).catch((error) => {
  if (!GrantsError.isInstance(error)) throw error
  console.log('the old token:', error.code)
})

isRunning = false
console.log('during the rotation:', ...(await statuses))

await deleteApiUser(admin, { ...team, username: rotation.username })
await admin.logout()
