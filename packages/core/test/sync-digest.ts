import { createHash, createHmac } from 'node:crypto'
import { afterAll, beforeAll, vi } from 'vitest'

const toBytes = (data: unknown) => data as Uint8Array

/** A separate buffer: Node's buffers share a larger one. */
const toArrayBuffer = (data: Uint8Array) => new Uint8Array(data).buffer

/**
 * Computes SHA-256 digests and HMACs synchronously in the tests of this file. Web Crypto uses a thread pool, and tests
 * with thousands of sessions would spend most of their time waiting for it. Other tests use the real ones.
 */
export function useSyncDigest(): void {
  beforeAll(() => {
    const { subtle } = globalThis.crypto
    vi.spyOn(subtle, 'digest').mockImplementation(async (_, data) =>
      toArrayBuffer(createHash('sha256').update(toBytes(data)).digest()),
    )
    // The bytes of the key replace the key that Web Crypto makes of them.
    vi.spyOn(subtle, 'importKey').mockImplementation(async (...args: readonly unknown[]) => args[1] as never)
    vi.spyOn(subtle, 'sign').mockImplementation(async (_, key, data) =>
      toArrayBuffer(createHmac('sha256', toBytes(key)).update(toBytes(data)).digest()),
    )
  })
  afterAll(() => {
    vi.restoreAllMocks()
  })
}
