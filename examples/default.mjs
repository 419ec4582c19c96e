// @ts-check
// The credentials of this machine: after `pgrants auth login`, or with PARTICLE_ACCESS_TOKEN set. The same line in CI.
import { defaultSession } from '@particle-grants/node'

const session = await defaultSession()
console.error(`Using ${session.source.description}`)
const response = await session.fetch('/v1/devices')
console.log(response.status, await response.json())
