// Loaded before samples: what a sample sends to Particle goes to the sandbox at STAND_IN_URL, whoever sends it (fetch, or
// Node's own https underneath Axios and particle-api-js). The sample itself is run as it stands in the docs.
import http from 'node:http'
import https from 'node:https'
import { syncBuiltinESMExports } from 'node:module'

/** Looked up at each call, since the next sample has another one. */
const standIn = () => new URL(process.env.STAND_IN_URL)
const particle = 'api.particle.io'

const platformFetch = globalThis.fetch
globalThis.fetch = (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input)
  if (url.host !== particle) return platformFetch(input, init)
  const there = new URL(url.pathname + url.search, standIn())
  return input instanceof Request
    ? platformFetch(new Request(there, rebuilt(input)), init)
    : platformFetch(there, init)
}

/** What a request says, without where it goes. */
function rebuilt({ method, headers, body, redirect, signal }) {
  return { method, headers, redirect, signal, ...(body !== null && { body, duplex: 'half' }) }
}

const secureRequest = https.request
https.request = (options, ...rest) => {
  if ((options.hostname ?? options.host) !== particle) return secureRequest(options, ...rest)
  const { hostname, port } = standIn()
  const { agent, agents, ...others } = options
  return http.request(
    { ...others, protocol: 'http:', hostname, host: hostname, port, path: options.path },
    ...rest,
  )
}
syncBuiltinESMExports()
