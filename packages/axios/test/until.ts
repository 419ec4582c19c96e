import { vi } from 'vitest'

/** Resolves when something has come about; gives up only when it certainly never will. */
export async function until(condition: () => boolean): Promise<void> {
  await vi.waitUntil(condition, { timeout: 25_000, interval: 5 })
}
