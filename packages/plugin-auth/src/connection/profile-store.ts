import { createHash } from 'node:crypto'
import type { Store } from '@particle-grants/core'
import type { SignIn } from './profile.ts'

/** Whose sessions they are: a profile's, by a kind of client. */
export interface SessionOwner {
  readonly profile: string
  readonly client: Pick<SignIn['client'], 'kind'>
}

/**
 * A store as one profile sees it. Core files a session by base URL, client and subject: two profiles of one account
 * would share it, and end it for each other. Everything else in the store stays everybody's, the count of failures
 * above all. What it lists are the store's own keys.
 */
export function profileStore(store: Store, owner: SessionOwner): Store {
  const own = (key: string) => {
    const session = sessionIn(key)
    return session === undefined ? key : key.replace(session, ownKey(session, owner))
  }
  return {
    load: (key) => store.load(own(key)),
    save: (key, value, ifVersion) => store.save(own(key), value, ifVersion),
    remove: (key, ifVersion) => store.remove(own(key), ifVersion),
    list: () => store.list(),
    exclusively: (key, task) => store.exclusively(own(key), task),
    close: () => store.close(),
  }
}

/** The session that a record belongs to: its own, or what core put aside of it; `undefined`: it is of none. */
export function sessionIn(key: string): string | undefined {
  return /^(?:aside-)?(session-.*)$/.exec(key)?.[1]
}

function ownKey(session: string, { profile, client }: SessionOwner): string {
  return `session-${createHash('sha256')
    .update(JSON.stringify([profile, client.kind, session]))
    .digest('hex')}`
}
