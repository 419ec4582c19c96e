import { getTimeoutMs } from './fetch.ts'
import { getProxyRemedy } from './proxies.ts'

/** Why a request received no response, and what to do. */
export interface NetworkFailure {
  readonly what: string
  readonly remedy: string
}

/**
 * Describes what `fetch` threw, or core's copy of it. `server`: where the request was sent. The innermost known cause
 * counts, because `fetch` wraps the error of the connection or of the proxy.
 */
export function describeNetworkFailure(thrown: unknown, server: string | undefined): NetworkFailure {
  const host = server ?? 'the API'
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
    const what = `${server ?? 'The API'} did not respond within ${getTimeoutMs() / 1000} s.`
    return { what, remedy: `${network} To wait longer, use --timeout.` }
  }
  const certificate = describeCertificate(code, host)
  if (certificate !== undefined) return certificate
  // `fetch` connects to no port that other protocols are known for.
  const isBlocked = causes.some(({ message }) => message === 'bad port')
  const reason = isBlocked ? 'fetch does not connect to this port' : code
  return {
    what: `${server ?? 'The API'} could not be reached${reason === undefined ? '' : ` (${reason})`}.`,
    remedy: network,
  }
}

/** The problems of certificates, by OpenSSL's codes, and what to do. */
const certificateProblems: readonly (readonly [codes: RegExp, problem: string, remedy: string])[] = [
  [
    /SELF_SIGNED_CERT|^UNABLE_TO_(?:GET|VERIFY)|^CERT_UNTRUSTED$/,
    'is not trusted',
    'For a company CA, set NODE_EXTRA_CA_CERTS to the file of its certificate.',
  ],
  [/^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)$/, "is not valid at this machine's time", 'Check the clock of this machine.'],
  [/ALTNAME_INVALID$/, 'is for another host', 'Check the base URL.'],
]

function describeCertificate(code: string | undefined, host: string): NetworkFailure | undefined {
  const [, problem, remedy] = certificateProblems.find(([codes]) => code !== undefined && codes.test(code)) ?? []
  if (remedy === undefined) return undefined
  return { what: `The certificate of ${host} ${problem} (${code}).`, remedy }
}

function listCauses(thrown: unknown): Error[] {
  return thrown instanceof Error ? [thrown, ...listCauses(thrown.cause)] : []
}

function isSystemCode(code: unknown): code is string {
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]+$/.test(code)
}
