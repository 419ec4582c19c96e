import { expect } from 'vitest'

/** Expects something to become so; how long a slow machine takes for it decides nothing. */
export function eventually(read: () => unknown): ReturnType<typeof expect.poll> {
  return expect.poll(read)
}
