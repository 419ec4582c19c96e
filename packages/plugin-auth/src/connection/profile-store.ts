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
  const own = (key: string) => (isSession(key) ? ownKey(key, owner) : key)
  return {
    load: (key) => store.load(own(key)),
    save: (key, value, ifVersion) => store.save(own(key), value, ifVersion),
    remove: (key, ifVersion) => store.remove(own(key), ifVersion),
    list: () => store.list(),
    exclusively: (key, task) => store.exclusively(own(key), task),
    close: () => store.close(),
  }
}

/** Whether core keeps a session under a key. */
export function isSession(key: string): boolean {
  return key.startsWith(prefix)
}

const prefix = 'session-'

function ownKey(key: string, { profile, client }: SessionOwner): string {
  return `${prefix}${createHash('sha256')
    .update(JSON.stringify([profile, client.kind, key]))
    .digest('hex')}`
}
