import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import type { Held } from './held.ts'

/** `O_EXLOCK` of macOS and the BSDs, which Node hands to `open(2)` as it is. */
const bsdExclusive = 0x20
/** `UV_FS_O_EXLOCK`: libuv opens the file without sharing it. */
const windowsExclusive = 0x10000000

/** How the kernel says that somebody has the file. Windows has several names for it; the wait is bounded anyway. */
const taken = { bsd: ['EAGAIN', 'EWOULDBLOCK'], windows: ['EBUSY', 'EPERM', 'EACCES'] }

/**
 * The lock of systems whose kernel gives one with the opening of a file, and takes it back when the process ends:
 * macOS, the BSDs, Windows. The empty file stays, since removing it would let two in.
 */
export function tryExclusiveFile(platform: NodeJS.Platform): (path: string) => Promise<Held | undefined> {
  const windows = platform === 'win32'
  const flags =
    constants.O_RDWR | constants.O_CREAT | (windows ? windowsExclusive : bsdExclusive | constants.O_NONBLOCK)
  return async (path) => {
    const file = `${path}.lock`
    const handle = await open(file, flags, 0o600).catch((thrown: NodeJS.ErrnoException) => {
      if (!taken[windows ? 'windows' : 'bsd'].includes(thrown.code ?? '')) throw thrown
      return undefined
    })
    if (handle === undefined) return undefined
    return {
      inherited: true,
      async stillOurs() {
        // Windows doesn't let anybody remove or replace an open file.
        if (windows) return true
        const [ours, there] = await Promise.all([handle.stat(), stat(file).catch(() => undefined)])
        return there !== undefined && ours.ino === there.ino && ours.dev === there.dev
      },
      release: () => handle.close(),
    }
  }
}
