import { createServer } from 'node:net'

/**
 * Witnesses that one process at a time is inside, by a rule of the kernel that no lock under test uses: one listener
 * per abstract socket name, freed when its process is gone. Linux only; within one process it counts as well.
 */
export async function enterAlone(name: string): Promise<() => Promise<void>> {
  const server = createServer()
  await new Promise<void>((resolve, reject) => {
    server.once('error', (thrown: NodeJS.ErrnoException) => {
      reject(thrown.code === 'EADDRINUSE' ? new Error('two inside at once') : thrown)
    })
    server.listen({ path: `\0particle-grants-witness-${name}`, exclusive: true }, resolve)
  })
  return () => new Promise((resolve) => server.close(() => resolve()))
}
