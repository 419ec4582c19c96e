import { vi } from 'vitest'

/** Waits until the condition holds. The limit is far above what the largest storm takes. */
export async function until(condition: () => boolean): Promise<void> {
  await vi.waitUntil(condition, { timeout: 100_000, interval: 5 })
}
