import { onTestFinished } from 'vitest'

/** Collects the unhandled rejections from here on, which would end a program. */
export function unhandledRejections(): readonly unknown[] {
  const seen: unknown[] = []
  const listeners = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection').on('unhandledRejection', (reason) => seen.push(reason))
  onTestFinished(() => {
    process.removeAllListeners('unhandledRejection')
    for (const listener of listeners) process.on('unhandledRejection', listener)
  })
  return seen
}

/** Resolves when Node has said what it has to say of rejections until now. */
export async function rejectionsAreReported(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
