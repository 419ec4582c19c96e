// @ts-check
// Uses a token you already have: an API user's, the Console's, another tool's. It is never renewed or revoked.
import { createSession } from '@particle-grants/core'
import { fromEnvironment } from './lib/environment.mjs'
import { fail } from './lib/fail.mjs'

const env = fromEnvironment({
  PARTICLE_ACCESS_TOKEN: `$(curl -s $PARTICLE_BASE_URL/oauth/token -u particle:particle -d grant_type=password -d username=dev@example.com --data-urlencode 'password=correct horse' | node -pe 'JSON.parse(fs.readFileSync(0)).access_token')`,
})

const session = createSession({ accessToken: env.PARTICLE_ACCESS_TOKEN, baseUrl: env.PARTICLE_BASE_URL })

const authorization = `Bearer ${await session.getAccessToken()}`
const response = await fetch(`${env.PARTICLE_BASE_URL}/v1/devices`, { headers: { authorization } })
if (response.status === 401) fail('The API rejects this token: it has expired, or was revoked.')
console.log(`The API responds with ${response.status}.`)
