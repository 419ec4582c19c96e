// @ts-check
// Uses a token that came from elsewhere: an API user's, the Console's, another tool's. It is never renewed.
import { createSession, developerClient } from '@particle-grants/core'
import { fromEnvironment } from './lib/environment.mjs'
import { fail } from './lib/fail.mjs'

const env = fromEnvironment({
  PARTICLE_ACCESS_TOKEN: `$(curl -s $PARTICLE_BASE_URL/oauth/token -u particle:particle -d grant_type=password -d username=dev@example.com --data-urlencode 'password=correct horse' | node -pe 'JSON.parse(fs.readFileSync(0)).access_token')`,
})

const session = createSession({ client: developerClient(), baseUrl: env.PARTICLE_BASE_URL })
await session.adopt({ accessToken: env.PARTICLE_ACCESS_TOKEN })

const authorization = `Bearer ${await session.accessToken()}`
const answer = await fetch(`${env.PARTICLE_BASE_URL}/v1/devices`, { headers: { authorization } })
if (answer.status === 401) fail('The API refuses this token: it has expired, or was revoked.')
console.log(`The API answers ${answer.status}.`)
