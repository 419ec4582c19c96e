import { getTimeoutMs } from './fetch.ts'
import { getProxyRemedy } from './proxies.ts'

/** Why a request received no response, and what to do. */
export interface NetworkFailure {
  readonly what: string
  readonly remedy: string
}

/** OpenSSL's codes for a certificate whose issuer this machine does not know. */
const untrusted = /SELF_SIGNED_CERT|^UNABLE_TO_(?:GET|VERIFY)|^CERT_UNTRUSTED$/

/**
 * Describes what `fetch` threw, or core's copy of it. `host`: where the request was sent, for a sentence. The innermost
 * known cause counts, because `fetch` wraps the error of the connection or of the proxy.
 */
export function describeNetworkFailure(thrown: unknown, host: string): NetworkFailure {
  const causes = listCauses(thrown).reverse()
  const proxyStatus = causes.map(({ message }) => /^Proxy response \((\d+)\)/.exec(message)?.[1]).find(Boolean)
  const code = causes.map((cause) => (cause as { code?: unknown }).code).find(isSystemCode)
  const network = getProxyRemedy() ?? 'Check the base URL and the network.'
  if (proxyStatus !== undefined) {
    const what = `The proxy refused the connection to ${host}: it responded with ${proxyStatus}.`
    if (proxyStatus !== '407') return { what, remedy: network }
    return { what, remedy: 'It needs a password: set the variable of the proxy to http://USER:PASSWORD@HOST:PORT.' }
  }
  if (causes.some(({ name }) => name === 'TimeoutError')) {
    const what = `${host} did not respond within ${getTimeoutMs() / 1000} s.`
    return { what, remedy: `${network} To wait longer, use --timeout.` }
  }
  if (code !== undefined && untrusted.test(code)) {
    const remedy = 'For a company CA, set NODE_EXTRA_CA_CERTS to the file of its certificate.'
    return { what: `The certificate of ${host} is not trusted (${code}).`, remedy }
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID' || code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    const problem =
      code === 'ERR_TLS_CERT_ALTNAME_INVALID' ? 'is for another host' : "is not valid at this machine's time"
    return {
      what: `The certificate of ${host} ${problem} (${code}).`,
      remedy: 'Check the base URL, and the clock of this machine.',
    }
  }
  // `fetch` connects to no port that other protocols are known for.
  const isBlocked = causes.some(({ message }) => message === 'bad port')
  const reason = isBlocked ? 'fetch does not connect to this port' : code
  return { what: `${host} could not be reached${reason === undefined ? '' : ` (${reason})`}.`, remedy: network }
}

function listCauses(thrown: unknown): Error[] {
  return thrown instanceof Error ? [thrown, ...listCauses(thrown.cause)] : []
}

function isSystemCode(code: unknown): code is string {
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code)
}
