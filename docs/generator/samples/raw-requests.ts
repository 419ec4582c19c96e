import { tokenRequest } from '@particle-grants/reference'
import { isPublicClient, secretVariables, toCurl } from '../../.vitepress/theme/samples/curl.ts'
import type { Recording } from '../exchange/exchange.ts'

/** Returns the exchange as a curl command. */
export function curl({ client, form }: Recording): string {
  return toCurl(client, form)
}

/** Returns the exchange as a call of `fetch`. */
export function fetchCall({ client, form }: Recording): string {
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
if (!response.ok) throw new Error(response.status + ' ' + body.error)
const { access_token, expires_in } = body`
}
