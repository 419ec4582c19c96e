import { CliError } from '../errors/cli-error.ts'

/** The proxy that the environment names for an address, and the variable that does. */
export interface NamedProxy {
  readonly variable: string
  readonly url: URL
}

const forHttp = ['http_proxy', 'HTTP_PROXY'] as const
/** As undici looks for them, in this order. */
const variables = { 'https:': ['https_proxy', 'HTTPS_PROXY', ...forHttp], 'http:': forHttp } as const

/** What names a proxy in the environment. */
export const proxyVariables: readonly string[] = variables['https:']

type Environment = Readonly<Record<string, string | undefined>>

/** Throws `proxy` where a variable has something else than an address. */
export function assertProxies(env: Environment = process.env): void {
  for (const variable of proxyVariables) {
    const value = env[variable]
    if (value !== undefined && value !== '' && !isAddress(value)) {
      // There may be a password in it: it is not repeated.
      throw new CliError('proxy', {
        what: `${variable} is no address of a proxy, such as http://proxy.example:8080.`,
      })
    }
  }
}

/** The error for a call that the proxy failed; nothing where it was somebody else. */
export function proxyTrouble(
  thrown: unknown,
  target: URL,
  env: Environment = process.env,
): CliError | undefined {
  const proxy = proxyFor(target, env)
  const cause = proxy && causes(thrown).find((one) => isOf(one, { proxy: proxy.url, target }))
  if (proxy === undefined || cause === undefined) return undefined
  const why = cause.code === undefined ? cause.message : cause.code
  const what = `The proxy ${proxy.url.host} (${proxy.variable}) did not do its part: ${why}.`
  return new CliError('proxy', { what, cause })
}

function proxyFor(target: URL, env: Environment): NamedProxy | undefined {
  const names: readonly string[] = variables[target.protocol as keyof typeof variables] ?? []
  const variable = names.find((name) => env[name] !== undefined && env[name] !== '')
  return variable === undefined ? undefined : { variable, url: new URL(env[variable] ?? '') }
}

/** What Node and undici say of a connection. */
interface ConnectionError extends Error {
  readonly code?: string
  readonly address?: string
  readonly hostname?: string
  readonly port?: number
}

function causes(thrown: unknown): ConnectionError[] {
  if (!(thrown instanceof Error)) return []
  const several = thrown instanceof AggregateError ? thrown.errors.flatMap(causes) : []
  return [thrown, ...several, ...causes(thrown.cause)]
}

function isOf(
  { message, hostname, address, port }: ConnectionError,
  { proxy, target }: { readonly proxy: URL; readonly target: URL },
): boolean {
  if (message.startsWith('Proxy response')) return true
  if (hostname !== undefined) return hostname === proxy.hostname
  if (port === undefined) return message.includes(`${proxy.hostname}:${portOf(proxy)}`)
  return port === portOf(proxy) && (port !== portOf(target) || address === proxy.hostname)
}

function portOf({ protocol, port }: URL): number {
  return port === '' ? ({ 'http:': 80, 'https:': 443 }[protocol] ?? 0) : Number(port)
}

function isAddress(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}
