import type { Call } from '../call.ts'
import type { ClientOptions } from '../model/options.ts'
import type { World } from '../model/world.ts'
import { OAuthError } from './errors.ts'

/** What a request says about its client. */
export interface ClientCredentials {
  readonly id: string | undefined
  readonly secret: string | undefined
}

/** Id and secret from a Basic header that parses, else from the form: the two are never mixed. */
export function clientCredentials({ headers, form }: Pick<Call, 'headers' | 'form'>): ClientCredentials {
  return (
    basicCredentials(headers.get('authorization')) ?? {
      id: form.get('client_id'),
      secret: form.get('client_secret'),
    }
  )
}

/** Refuses a client that is not well named, has no secret, is unknown, or has another secret: in this order. */
export function authenticateClient(world: World, call: Call): ClientOptions {
  const { id, secret } = clientCredentials(call)
  if (!id || !/^[a-z0-9-_]{3,40}$/i.test(id)) {
    throw new OAuthError('invalid_client', 'Invalid or missing client_id parameter')
  }
  if (!secret) throw new OAuthError('invalid_client', 'Missing client_secret parameter')

  const client = world.clients.get(id)
  const secretMatters = client?.kind !== 'developer' || world.settings.checkDeveloperSecret
  if (!client || (secretMatters && client.secret !== secret)) {
    throw new OAuthError('invalid_client', 'Client credentials are invalid')
  }
  return client
}

/** Reads a Basic header as the `basic-auth` package does: plain UTF-8, split at the first colon, no unescaping. */
function basicCredentials(header: string | null): ClientCredentials | undefined {
  const encoded = /^ *basic +([A-Za-z0-9._~+/-]+=*) *$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const pair = /^([^:]*):(.*)$/.exec(decodeBase64(encoded))
  return pair ? { id: pair[1], secret: pair[2] } : undefined
}

/** Both alphabets; signs of neither are skipped, and a digit left over at the end is dropped. */
function decodeBase64(encoded: string): string {
  const digits = encoded
    .replace(/-/g, '+')
    .replace(/_/g, '/')
    .replace(/[^A-Za-z0-9+/]/g, '')
  const whole = digits.length % 4 === 1 ? digits.slice(0, -1) : digits
  const bytes = Uint8Array.from(atob(whole), (character) => character.charCodeAt(0))
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
}
