import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { LockFile, TryLock } from './lock-file.ts'

/** `UV_FS_O_EXLOCK`: libuv opens the file without sharing it. Windows has several error codes for a file that is taken. */
const windows = { flags: 0x10000000, takenCodes: ['EBUSY', 'EPERM', 'EACCES'] }
/** `O_EXLOCK` of macOS and the BSDs, which Node passes to `open(2)`. */
const bsd = { flags: 0x20 | constants.O_NONBLOCK, takenCodes: ['EAGAIN', 'EWOULDBLOCK'] }

/**
 * Locks by opening a file in exclusive mode, for systems whose kernel supports it and frees the lock when the process ends:
 * macOS, the BSDs, Windows. The empty file stays: removing it would let two processes in.
 */
export function tryExclusiveFile(platform: NodeJS.Platform): TryLock {
  const { flags, takenCodes } = platform === 'win32' ? windows : bsd
  return async (path): Promise<LockFile | undefined> => {
    const file = `${path}.lock`
    const opened = open(file, constants.O_RDWR | constants.O_CREAT | flags, 0o600)
    const handle = await opened.catch((thrown: NodeJS.ErrnoException) => {
      if (!takenCodes.includes(thrown.code ?? '')) throw thrown
    })
    if (handle === undefined) return undefined
    return {
      // The kernel does not say how the last holder ended.
      isInherited: true,
      async isHeld() {
        // Windows does not allow an open file to be removed or replaced.
        if (platform === 'win32') return true
        const [ours, current] = await Promise.all([handle.stat(), stat(file).catch(() => undefined)])
        return ours.ino === current?.ino && ours.dev === current.dev
      },
      release: () => handle.close(),
    }
  }
}
