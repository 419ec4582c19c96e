// What the scripts of this folder share: the workspace's packages, and child processes that are quiet
// when all is well.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

const folders = [
  ...['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => `${parent}/${name}`),
  ),
  'docs',
  'examples',
  'benchmarks',
]

/** Every package of the workspace: its folder relative to the root, and its manifest. */
export const workspacePackages = folders
  .filter((folder) => existsSync(join(root, folder, 'package.json')))
  .map((folder) => ({
    folder,
    directory: join(root, folder),
    manifest: JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')),
  }))

/** Those that are published. */
export const publicPackages = workspacePackages.filter(({ manifest }) => manifest.private !== true)

/** Runs a command to its end, and gives its exit code and what it printed. */
export function capture(command, args, options = {}) {
  const windows = process.platform === 'win32'
  const child = spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: windows, // npx, pnpm and the like are .cmd files there
    ...options,
  })
  if (child.error) throw child.error
  return {
    ok: child.status === 0,
    status: child.status ?? 1,
    stdout: child.stdout,
    output: child.stdout + child.stderr,
  }
}

/** The same, for commands that run beside others. */
export async function captureAsync(command, args, { cwd = root } = {}) {
  const shell = process.platform === 'win32'
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], shell })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  const [status] = await once(child, 'close')
  return { ok: status === 0, output }
}

/** The same as `capture`, for commands whose failure ends the script: prints what they said. */
export function must(command, args, options) {
  const result = capture(command, args, options)
  if (result.ok) return result.stdout
  console.error(`${[command, ...args].join(' ')} failed:\n${result.output}`)
  process.exit(result.status)
}

/** Ends a check: lists what is wrong and sets the exit code, or says in one line what was looked at. */
export function finish(problems, whatWasChecked) {
  if (problems.length === 0) {
    console.log(whatWasChecked)
    return
  }
  for (const problem of problems) console.error(problem)
  console.error(`\n${problems.length} problem${problems.length === 1 ? '' : 's'}.`)
  process.exitCode = 1
}
