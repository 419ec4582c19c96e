import { hash } from '../hash.ts'
import type { Identity } from '../machine/state.ts'

/** A session's key in its store: a hash of base URL, client and subject. `undefined` while nobody is named. */
export async function sessionKey({ baseUrl, clientId, subject }: Identity): Promise<string | undefined> {
  if (subject === undefined) return undefined
  return `session-${await hash([baseUrl, clientId, subject])}`
}
