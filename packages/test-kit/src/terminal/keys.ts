/** What a keyboard sends for keys that have no letter. */
export const keys = {
  enter: '\r',
  tab: '\t',
  space: ' ',
  escape: '\x1b',
  backspace: '\x7f',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  'ctrl-c': '\x03',
  'ctrl-d': '\x04',
  'ctrl-z': '\x1a',
} as const satisfies Readonly<Record<string, string>>

/** The name of a key that has no letter. */
export type Key = keyof typeof keys
