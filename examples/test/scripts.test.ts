import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { examples } from './run.ts'

const posix = process.platform !== 'win32'

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

it.runIf(posix)('npm run sandbox leaves no process behind when npm is ended', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'particle-grants-scripts-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  mkdirSync(join(folder, 'scripts'))
  copyFileSync(join(examples, '../scripts/start.mjs'), join(folder, 'scripts/start.mjs'))
  const scripts = { sandbox: 'node --version >&2 && node scripts/start.mjs program.mjs' }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', scripts }))
  writeFileSync(join(folder, 'scripts/build.mjs'), 'export const setup = async () => {}\n')
  writeFileSync(join(folder, 'program.mjs'), 'console.log(process.pid)\nsetInterval(() => {}, 1000)\n')

  const npm = spawn('npm', ['run', '-s', 'sandbox'], { cwd: folder })
  const ended = once(npm, 'exit')
  const [pid] = await once(npm.stdout.setEncoding('utf8'), 'data')
  onTestFinished(() => void (isRunning(Number(pid)) && process.kill(Number(pid), 'SIGKILL')))
  expect(isRunning(Number(pid))).toBe(true)

  npm.kill('SIGTERM')
  await ended
  await expect.poll(() => isRunning(Number(pid))).toBe(false)
})
