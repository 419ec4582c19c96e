/** System codes of requests that ended while connecting. */
const connecting = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EAI_FAIL',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
]

/** How the codes of a TLS handshake that failed look, as Node passes them on from OpenSSL. */
const handshake = /^(EPROTO|ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH)/

/**
 * Whether a request that ended with this code certainly never reached the service, so that it can't count there:
 * no name, no connection, or no trust in who answered. Anything later may have been read.
 */
export function neverReached(systemCode: string | undefined): boolean {
  return systemCode !== undefined && (connecting.includes(systemCode) || handshake.test(systemCode))
}
