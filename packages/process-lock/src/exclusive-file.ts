import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { LockFile, TryLock } from './lock-file.ts'

/** `O_EXLOCK` of macOS and the BSDs, which Node passes to `open(2)`. */
const bsdExclusive = 0x20
/** `UV_FS_O_EXLOCK`: libuv opens the file without sharing it. */
const windowsExclusive = 0x10000000

/** Error codes for a file that another process holds. Windows has several; the wait is limited in any case. */
const takenCodes = { bsd: ['EAGAIN', 'EWOULDBLOCK'], windows: ['EBUSY', 'EPERM', 'EACCES'] }

/**
 * Locks by opening a file in exclusive mode, for systems whose kernel supports it and frees the lock when the process ends:
 * macOS, the BSDs, Windows. The empty file stays: removing it would let two processes in.
 */
export function tryExclusiveFile(platform: NodeJS.Platform): TryLock {
  const windows = platform === 'win32'
  const flags =
    constants.O_RDWR | constants.O_CREAT | (windows ? windowsExclusive : bsdExclusive | constants.O_NONBLOCK)
  return async (path): Promise<LockFile | undefined> => {
    const file = `${path}.lock`
    const handle = await open(file, flags, 0o600).catch((thrown: NodeJS.ErrnoException) => {
      if (!takenCodes[windows ? 'windows' : 'bsd'].includes(thrown.code ?? '')) throw thrown
      return undefined
    })
    if (handle === undefined) return undefined
    return {
      // The kernel does not say how the last holder ended.
      isInherited: true,
      async isHeld() {
        // Windows does not allow an open file to be removed or replaced.
        if (windows) return true
        const [ours, current] = await Promise.all([handle.stat(), stat(file).catch(() => undefined)])
        return current !== undefined && ours.ino === current.ino && ours.dev === current.dev
      },
      release: () => handle.close(),
    }
  }
}
