import type { Identity } from '../machine/state.ts'

/** A session's key in its store: a hash of base URL, client and subject (hex). `undefined` while nobody is named. */
export async function sessionKey({ baseUrl, clientId, subject }: Identity): Promise<string | undefined> {
  if (subject === undefined) return undefined
  const bytes = new TextEncoder().encode(JSON.stringify([baseUrl, clientId, subject]))
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
