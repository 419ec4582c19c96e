import { tokenRequest } from '@particle-grants/reference'
import { isPublicClient, secretVariables, toCurl } from '../../.vitepress/theme/samples/curl.ts'
import type { Recording } from '../exchange/exchange.ts'

/** Returns the exchange as a curl command. */
export function curl({ client, form }: Recording): string {
  return toCurl(client, form)
}

/** Returns the exchange as a call of `fetch`. */
export function fetchCall({ client, form, status }: Recording): string {
  const fields = form.map(([name, value]) => {
    const variable = secretVariables[name]
    return `    ${name}: ${variable === undefined ? `'${value}'` : `process.env.${variable}`},`
  })
  const credentials = isPublicClient(client)
    ? `'${client}'`
    : `'${client.split(':')[0]}:' + process.env.${secretVariables.client_secret}`
  return `const response = await fetch('${tokenRequest.url}', {
  method: '${tokenRequest.method}',
  headers: { authorization: 'Basic ' + btoa(${credentials}) },
  body: new URLSearchParams({
${fields.join('\n')}
  }),
})
const body = await response.json()
${afterwards(status)}`
}

/** Returns what is shown instead of a request that should not be sent: why, and the request to send. */
export function replaceRequest(instead: Recording): { readonly curl: string; readonly fetch: string } {
  const why = [
    "A developer's refresh token does not work, and the attempt may count",
    'towards the lockout. Sign in again instead:',
  ]
  return {
    curl: `${why.map((line) => `# ${line}`).join('\n')}\n${curl(instead)}`,
    fetch: `${why.map((line) => `// ${line}`).join('\n')}\n${fetchCall(instead)}`,
  }
}

function afterwards(status: number): string {
  if (status === 401) {
    return `if (body.error === 'invalid_token') {
  // Wait for the next code, and send it with the same mfa_token.
}`
  }
  if (status === 403) {
    return `if (body.error === 'mfa_required') {
  const { mfa_token } = body // send it in the second request
}`
  }
  return `if (!response.ok) throw new Error(response.status + ' ' + body.error)
const { access_token, expires_in } = body`
}
