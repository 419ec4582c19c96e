import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { parseArgs } from 'node:util'

/** A response, with the body as it was received. */
export type CurlResponse = Awaited<ReturnType<typeof curl>>

const options = {
  user: { short: 'u', type: 'string' },
  header: { short: 'H', type: 'string' },
  data: { short: 'd', type: 'string', multiple: true },
  'data-urlencode': { type: 'string', multiple: true },
} as const

/**
 * Sends what a curl command sends: the same headers in the same order, and no others, which `fetch` would add.
 * `$NAME` in the command is replaced by the variable with that name.
 */
export async function curl(command: string, variables: Readonly<Record<string, string>>) {
  const replaceVariables = (part: string) => part.replace(/\$(\w+)/g, (_, name) => `${variables[name]}`)
  const encode = (value: string) => encodeURIComponent(value).replaceAll('%20', '+')
  const [, target = '', ...args] = command.match(/"[^"]*"|\S+/g) ?? []
  const { values } = parseArgs({ args: args.map((arg) => arg.replaceAll('"', '')), options })

  const url = new URL(replaceVariables(target))
  const [header, headerValue = ''] = values.header?.split(': ') ?? []
  const encoded = values['data-urlencode']?.map((field) => {
    const [name = '', value = ''] = field.split('=')
    return `${name}=${encode(replaceVariables(value))}`
  })
  const body = [...(values.data ?? []).map(replaceVariables), ...(encoded ?? [])].join('&')
  const headers = {
    Host: url.host,
    ...(values.user && { Authorization: `Basic ${Buffer.from(values.user).toString('base64')}` }),
    'User-Agent': 'curl/7.88.1',
    Accept: '*/*',
    ...(header && { [header]: replaceVariables(headerValue) }),
    ...(body && {
      'Content-Length': `${Buffer.byteLength(body)}`,
      'Content-Type': 'application/x-www-form-urlencoded',
    }),
  }
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(url, { method: body ? 'POST' : 'GET', headers, agent: false }, resolve)
    sent.removeHeader('Connection') // Node adds "Connection: close"; curl does not.
    sent.on('error', reject)
    sent.end(body)
  })
  const { statusCode: status = 0, statusMessage: statusText = '' } = response
  return { status, statusText, body: await text(response) }
}
