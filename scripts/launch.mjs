// `node scripts/launch.mjs demo,examples apps/demo/dist/main.js …`: sets the repository up, builds those packages and
// what they need, and runs the program in this very process. A signal to npm
// ends it and the shell that it starts: a program further below would be left behind.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const windows = process.platform === 'win32'
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP']

if (process.env.npm_lifecycle_event && !windows) endWithNpm()
const [packages = '', program = '', ...args] = process.argv.slice(2)
const filters = packages.split(',').map((name) => `--filter=@particle-grants/${name}...`)
await run('setup.mjs')
await run('turbo.mjs', 'Building', 'build', ...filters)

const file = join(root, program)
process.argv = [process.execPath, file, ...args]
await import(pathToFileURL(file).href)

/** Runs a script of this folder to its end; a signal ends it with all that it has started, and this process. */
async function run(script, ...words) {
  const child = spawn(process.execPath, [join(root, 'scripts', script), ...words], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: !windows, // a group of its own, to be ended as one
  })
  const end = (signal) => {
    if (windows) child.kill(signal)
    else process.kill(-child.pid, signal)
    for (const name of signals) process.off(name, end)
    process.kill(process.pid, signal)
  }
  for (const name of signals) process.on(name, end)
  const [code] = await once(child, 'close')
  for (const name of signals) process.off(name, end)
  if (code !== 0) process.exit(code ?? 1)
}

/** npm may run this below a shell, and then a signal ends npm and the shell, and nobody tells this process. */
function endWithNpm() {
  const shell = process.ppid
  const npm = Number(spawnSync('ps', ['-o', 'ppid=', '-p', `${shell}`], { encoding: 'utf8' }).stdout)
  setInterval(() => {
    if (process.ppid !== shell || (npm > 1 && !lives(npm))) process.kill(process.pid, 'SIGTERM')
  }, 1000).unref()
}

function lives(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM' // somebody else's, where npm was started by sudo
  }
}
