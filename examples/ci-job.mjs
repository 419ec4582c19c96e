// @ts-check
// A job in CI. Its credentials are in the environment: PARTICLE_ACCESS_TOKEN, or PARTICLE_CLIENT_ID and
// PARTICLE_CLIENT_SECRET. Nothing is stored.
import { GrantsError, sessionFromEnv } from '@particle-grants/core'

try {
  const session = sessionFromEnv(process.env, { baseUrl: process.env.PARTICLE_BASE_URL })
  try {
    const response = await session.fetch('/v1/devices')
    console.log(response.status, await response.json())
  } finally {
    await session.logout() // revokes the token that the session requested, but not PARTICLE_ACCESS_TOKEN
  }
} catch (error) {
  // If the API cannot be reached, session.fetch rejects as fetch does, with a TypeError.
  const isUnreachable = error instanceof TypeError
  if (!isUnreachable && !GrantsError.isInstance(error)) throw error
  console.error(error.message) // what happened, and what to do
  process.exitCode = isUnreachable || error.retry === 'later' ? 75 : 1 // 75: the job can be repeated
}
