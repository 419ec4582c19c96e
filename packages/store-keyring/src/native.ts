import { unavailable } from './trouble.ts'

/** One entry of a keyring, as `AsyncEntry` of `@napi-rs/keyring` has it. */
export interface NativeEntry {
  getSecret(): Promise<ArrayLike<number> | null>
  setSecret(secret: Uint8Array): Promise<void>
  deleteCredential(): Promise<boolean>
}

/** Gives the entry of a name. The tests put another one in its place to make a keyring hang. */
export type OpenEntry = (name: string) => NativeEntry

/** Loads the native part when it is first used, so that a platform without one is an error to catch. */
export async function openNative(service: string): Promise<OpenEntry> {
  const { AsyncEntry } = await import('@napi-rs/keyring').catch(() => {
    throw unavailable('unsupported')
  })
  // Without the pin the library falls back to the kernel's keyring, which forgets everything at log-out.
  const options = { linux: { store: 'secret-service' } } as const
  // Making one talks to the Secret Service on this very thread, for up to the 2 s that D-Bus waits: once per name.
  return keepingLatest((name) => new AsyncEntry(service, name, options))
}

/** More than one session uses, and few enough for a program that has to do with thousands. */
const mostKept = 100

/** Opens each entry once, for as long as it is among those that were used last. */
function keepingLatest(open: OpenEntry): OpenEntry {
  const kept = new Map<string, NativeEntry>()
  return (name) => {
    const entry = kept.get(name) ?? open(name)
    // A map has the order of insertion: the first is the one that was not used for longest.
    kept.delete(name)
    kept.set(name, entry)
    const [oldest] = kept.keys()
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
    return entry
  }
}
