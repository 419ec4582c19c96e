import { expect } from 'vitest'

/** Expects a condition to become true, however slow the machine is. */
export function eventually(read: () => unknown): ReturnType<typeof expect.poll> {
  return expect.poll(read)
}
