// @ts-check
// Prints the events of all devices until Ctrl+C.
import { sessionFromEnv } from '@particle-grants/core'
import { Agent, setGlobalDispatcher } from 'undici'
import { streamEvents } from './event-stream.mjs'

// Particle sends an empty line when there is no event. After 30 s without one the connection is broken; Node waits 5 minutes.
setGlobalDispatcher(new Agent({ bodyTimeout: 30_000 }))

const session = sessionFromEnv(process.env, { baseUrl: process.env.PARTICLE_BASE_URL })
for await (const { name, data, published_at } of streamEvents(session, '/v1/devices/events')) {
  console.log(published_at, name, data)
}
