import { createHash } from 'node:crypto'
import { afterAll, beforeAll, vi } from 'vitest'

/**
 * Computes SHA-256 digests synchronously in the tests of this file. Web Crypto uses a thread pool, and tests with
 * thousands of sessions would spend most of their time waiting for it. `hash.test.ts` tests the real digest.
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
