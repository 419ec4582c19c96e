import type { Client } from '../clients.ts'
import { LiveSession } from './live-session.ts'
import { readOptions, type SessionOptions } from './options.ts'
import type { SessionFor } from './session.ts'

/**
 * Makes a session: one base URL, one client, one subject. Nothing is sent before it is told to.
 * Throws `invalid_argument`, `insecure_base_url` or `invalid_state` for options that can't work.
 */
export function createSession<C extends Client>(options: SessionOptions<C>): SessionFor<C> {
  const { machinery, initial, live } = readOptions(options as SessionOptions<Client>)
  // Every session can do everything at run time: what its client may not, the machine refuses with a typed error.
  return new LiveSession(machinery, initial, live) as unknown as SessionFor<C>
}
