// `node scripts/start.mjs PROGRAM [ARGUMENT…]`: builds everything, then runs a program in this process.
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { buildAll } from './build.mjs'

// A signal to npm ends npm and its shell, but not this process: it ends when its parent is gone.
const parent = process.ppid
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGTERM')
}, 1000).unref()

await buildAll()
const [program, ...args] = process.argv.slice(2)
const file = resolve(program)
process.argv = [process.execPath, file, ...args]
await import(pathToFileURL(file).href)
