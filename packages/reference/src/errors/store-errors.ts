import type { LibraryErrorReferences } from './library-error.ts'

/** Errors of a stored state, and of stores. */
export const storeErrors: LibraryErrorReferences<
  'invalid_state' | 'store_conflict' | 'store_unavailable' | 'store_damaged' | 'lock_timeout'
> = {
  invalid_state: {
    title: 'The stored session cannot be used',
    when: 'A serialized state is damaged, has an unknown version, or belongs to another session. Or a program that uses the state machine directly sent it a response that no request was waiting for.',
    advice: ['Sign in again.'],
    effect: 'The stored state is not used.',
    tokenEndpointErrors: [],
  },
  store_conflict: {
    title: 'Another process saved first',
    when: 'A session was to be saved or removed, and another process had saved it in the meantime.',
    advice: ['Call `load()`, then try again.'],
    effect: "The other process's record is kept.",
    tokenEndpointErrors: [],
  },
  store_unavailable: {
    title: 'The store is not available',
    when: 'The store cannot be reached or used now. `details.problem` and the `cause` say why.',
    advice: ['Correct the problem, and call again.'],
    effect: 'The stored record is unchanged. New tokens that could not be saved stay in memory.',
    tokenEndpointErrors: [],
  },
  store_damaged: {
    title: 'The stored record is damaged',
    when: 'A record cannot be read: another program wrote it, or it was damaged.',
    advice: ['Sign in again.', 'If `details.keptAt` is set, the damaged record is there.'],
    effect: 'Other records are unchanged.',
    tokenEndpointErrors: [],
  },
  lock_timeout: {
    title: 'Another process holds the lock',
    when: "Another process held the session's lock longer than this call may wait.",
    advice: ['Call again. If it happens often, find the process that holds the lock.'],
    effect: 'The session is unchanged.',
    tokenEndpointErrors: [],
  },
}
