import { createHash } from 'node:crypto'
import { afterAll, beforeAll, vi } from 'vitest'

/**
 * Computes the SHA-256 digests of this file's tests synchronously. Web Crypto computes each in a thread pool, and
 * thousands of sessions spend most of their time waiting for it. `hash.test.ts` tests the real one.
 */
export function useSyncDigest(): void {
  beforeAll(() => {
    const digest = async (_: unknown, data: unknown) => {
      const { buffer, byteOffset, byteLength } = new Uint8Array(
        createHash('sha256')
          .update(data as Uint8Array)
          .digest(),
      )
      return buffer.slice(byteOffset, byteOffset + byteLength)
    }
    vi.spyOn(globalThis.crypto.subtle, 'digest').mockImplementation(digest)
  })
  afterAll(() => {
    vi.restoreAllMocks()
  })
}
