import http from 'node:http'
import https from 'node:https'
import { syncBuiltinESMExports } from 'node:module'
import type { Sandbox } from '@particle-grants/sandbox'

const particle = 'api.particle.io'
const identityProvider = 'id.particle.io'

/**
 * Sends requests for Particle's API to a server on this machine instead: those by `fetch`, and those by Node's `https`
 * underneath Axios and particle-api-js. Those for the identity provider go to the sandbox without a socket: its tokens then have
 * the issuer that the samples expect. Returns a function that undoes it.
 */
export function redirectParticle(server: string, sandbox: Pick<Sandbox, 'fetch'>): () => void {
  const { fetch: platformFetch } = globalThis
  const { request: secureRequest } = https
  globalThis.fetch = (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input)
    if (url.host === identityProvider) return sandbox.fetch(input, init)
    if (url.host !== particle) return platformFetch(input, init)
    const target = new URL(url.pathname + url.search, server)
    return platformFetch(input instanceof Request ? new Request(target, input) : target, init)
  }
  Object.assign(https, { request: redirected })
  syncBuiltinESMExports()
  return () => {
    globalThis.fetch = platformFetch
    Object.assign(https, { request: secureRequest })
    syncBuiltinESMExports()
  }

  function redirected(options: https.RequestOptions, onResponse?: (response: http.IncomingMessage) => void) {
    if ((options.hostname ?? options.host) !== particle) return secureRequest(options, onResponse)
    const { hostname, port } = new URL(server)
    const { agent, ...others } = options
    return http.request({ ...others, protocol: 'http:', hostname, host: hostname, port }, onResponse)
  }
}
