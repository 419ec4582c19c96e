import { unavailable } from './keyring-errors.ts'

/** One entry of a keyring: the part of `AsyncEntry` of `@napi-rs/keyring` that this package uses. */
export interface NativeEntry {
  getSecret(): Promise<ArrayLike<number> | null>
  setSecret(secret: Uint8Array): Promise<void>
  deleteCredential(): Promise<boolean>
}

/** Returns the entry with this name. */
export type OpenEntry = (name: string) => NativeEntry

/** Loads the native library at the first use, so that a platform without it causes an error that callers can handle. */
export async function loadNative(service: string): Promise<OpenEntry> {
  const { AsyncEntry } = await import('@napi-rs/keyring').catch(() => {
    throw unavailable('unsupported')
  })
  // Without this, the library falls back to the kernel's keyring, which is lost at log-out.
  const options = { linux: { store: 'secret-service' } } as const
  // The constructor calls the Secret Service on this thread and can block for the 2 s of D-Bus, so entries are cached.
  return cacheEntries((name) => new AsyncEntry(service, name, options))
}

/** More than one session uses, and small enough for a program with thousands of sessions. */
const maxCachedEntries = 100

/** Caches the most recently used entries. */
function cacheEntries(open: OpenEntry): OpenEntry {
  const cache = new Map<string, NativeEntry>()
  return (name) => {
    const entry = cache.get(name) ?? open(name)
    // A map keeps the order of insertion, so the first entry is the least recently used.
    cache.delete(name)
    cache.set(name, entry)
    const [oldest] = cache.keys()
    if (cache.size > maxCachedEntries && oldest !== undefined) cache.delete(oldest)
    return entry
  }
}
