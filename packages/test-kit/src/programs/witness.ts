import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:net'

/**
 * Throws if another process (or another caller in this one) is inside. It does not use the lock under test: the Linux
 * kernel allows one listener per abstract socket name, and frees the name when its process ends.
 */
export async function enterAlone(name: string): Promise<() => Promise<void>> {
  const server = createServer()
  const path = `particle-grants-witness-${name}`
  await new Promise<void>((resolve, reject) => {
    server.once('error', (thrown: NodeJS.ErrnoException) => {
      reject(
        thrown.code === 'EADDRINUSE' ? new Error(`two inside at once: ${describeHolders(path)}`) : thrown,
      )
    })
    server.listen({ path: `\0${path}`, exclusive: true }, resolve)
  })
  return () => new Promise((resolve) => server.close(() => resolve()))
}

/** Describes the processes that have the socket open, so that a failure shows whether they are running or ending. */
function describeHolders(path: string): string {
  const sockets = readFileSync('/proc/net/unix', 'utf8').split('\n')
  const inode = sockets
    // The kernel shows each zero byte of a name, and of the space after it, as @.
    .find((line) => line.replace(/@+$/, '').endsWith(`@${path}`))
    ?.trim()
    .split(/\s+/)[6]
  if (inode === undefined) return 'the other socket is closed by now'
  const holders = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && hasOpen(pid, `socket:[${inode}]`))
  const stats = holders.map((pid) =>
    readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ').slice(0, 20).join(' '),
  )
  return `process ${process.pid} and ${stats.join(' and ') || 'a process that is ending'}`
}

function hasOpen(pid: string, socket: string): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`) === socket)
  } catch {
    return false // The process or the descriptor is gone.
  }
}
