import type { LibraryErrorReferences } from './library-error.ts'

/** What is wrong with a serialised state, or with a store. */
export const stored: LibraryErrorReferences<
  | 'invalid_state'
  | 'unsettled_state'
  | 'store_conflict'
  | 'store_failed'
  | 'store_unavailable'
  | 'store_damaged'
  | 'lock_timeout'
> = {
  invalid_state: {
    title: 'A state that cannot be read',
    when: 'A serialised state is damaged, of an unknown version, or belongs to another session.',
    afterwards: 'Nothing of it was used.',
    examples: [{ problem: 'it is not JSON' }],
    wire: [],
  },
  unsettled_state: {
    title: 'A state in between',
    when: 'A state was to be serialised while a request was under way.',
    afterwards: 'The request goes on.',
    examples: [{ status: 'requesting' }],
    wire: [],
  },
  store_conflict: {
    title: 'Another process was faster',
    when: 'A session was to be saved or removed, and somebody else had saved it in the meantime.',
    afterwards: 'What the other process saved was kept.',
    examples: [{ key: 'f2ca1bb6c7e907d06dafe4687e579fce' }],
    wire: [],
  },
  store_failed: {
    title: 'A failing store',
    when: 'The store could not load, save, remove or lock. The cause says why.',
    afterwards: 'What the session holds in memory is unchanged.',
    examples: [{ operation: 'load' }, { operation: 'save' }, { operation: 'remove' }, { operation: 'lock' }],
    wire: [],
  },
  store_unavailable: {
    title: 'A store out of reach',
    when: 'The store cannot be reached, or not be used on this machine now.',
    afterwards:
      'What is stored is as it was. Where an answer could not be saved, the session goes on with it in memory.',
    examples: [{ store: 'Redis', problem: 'the connection was closed', advice: 'Start it, and call again.' }],
    wire: [],
  },
  store_damaged: {
    title: 'A record that cannot be read',
    when: 'What is stored was written by something else, or broken on the way.',
    afterwards: 'Other records are untouched. What was there is kept aside until you log out.',
    examples: [
      { place: 'session.json', problem: 'it is not JSON', keptAt: undefined },
      { place: 'session.json', problem: 'it is not JSON', keptAt: 'session.json.damaged' },
    ],
    wire: [],
  },
  lock_timeout: {
    title: 'A lock that is not let go',
    when: "Another process held the session's lock for longer than one waits.",
    afterwards: 'The session is as before.',
    examples: [{ key: 'f2ca1bb6c7e907d06dafe4687e579fce', waited: 30_000 }],
    wire: [],
  },
}
