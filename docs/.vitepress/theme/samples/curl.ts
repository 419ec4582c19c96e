import { tokenRequest } from '@particle-grants/reference'
import { quoteForShell } from './quote.ts'

/** The environment variables that samples take secrets from, by field. */
export const secretVariables: Readonly<Record<string, string>> = {
  password: 'PARTICLE_PASSWORD',
  refresh_token: 'PARTICLE_REFRESH_TOKEN',
  recovery_code: 'PARTICLE_RECOVERY_CODE',
  client_secret: 'PARTICLE_CLIENT_SECRET',
}

/** Whether everyone knows the client's secret, so that samples may show it. `client` is `id:secret`. */
export function isPublicClient(client: string): boolean {
  return client === 'particle:particle'
}

/** Returns a token request as a curl command. Secrets come from environment variables. `client` is `id:secret`. */
export function toCurl(client: string, form: readonly (readonly [name: string, value: string])[]): string {
  const [id = ''] = client.split(':')
  const user = isPublicClient(client) ? client : `${quoteForShell(id)}:"$${secretVariables.client_secret}"`
  return [`curl ${tokenRequest.url}`, `-u ${user}`, ...form.map(toField)].join(' \\\n  ')
}

function toField([name, value]: readonly [name: string, value: string]): string {
  const variable = secretVariables[name]
  if (variable !== undefined) return `--data-urlencode "${name}=$${variable}"`
  return /^[\w:-]*$/.test(value)
    ? `-d ${name}=${value}`
    : `--data-urlencode ${name}=${value.split('=').map(quoteForShell).join('=')}`
}
