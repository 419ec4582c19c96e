import { createServer } from 'node:net'

/**
 * Throws if another process (or another caller in this one) is inside. It does not use the lock under test: the Linux
 * kernel allows one listener per abstract socket name, and frees the name when its process ends.
 */
export async function enterAlone(name: string): Promise<() => Promise<void>> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new Error('Two callers are inside at once.') : error)
    })
    server.listen({ path: `\0particle-grants-witness-${name}`, exclusive: true }, resolve)
  })
  return () => new Promise((resolve) => server.close(() => resolve()))
}
