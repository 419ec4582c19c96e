import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '@particle-grants/test-kit/samples'
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

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'particle-grants-scripts-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

it.runIf(posix)('npm run setup shows why the installation failed, although npm is silent', async () => {
  const folder = createFolder()
  const { scripts } = JSON.parse(readFileSync(join(examples, '../package.json'), 'utf8'))
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts }))
  // Prints an error as npx does: not at the level that a silent npm hands down, unless the script sets another.
  const npx = '#!/bin/sh\ncase "$*" in *--loglevel=error*pnpm@*--loglevel=info) echo "no network" >&2 ;; esac\nexit 7\n'
  writeFileSync(join(folder, 'npx'), npx, { mode: 0o755 })
  const env = { PATH: `${folder}:${process.env.PATH}` }
  const { code, stderr } = await runCommand('npm', ['run', '-s', 'setup'], { cwd: folder, env })
  expect({ code, stderr }).toEqual({ code: 7, stderr: 'no network\n' })
})

it.runIf(posix)('npm run sandbox leaves no process behind when npm is ended', async () => {
  const folder = createFolder()
  mkdirSync(join(folder, 'scripts'))
  copyFileSync(join(examples, '../scripts/start.mjs'), join(folder, 'scripts/start.mjs'))
  const scripts = { sandbox: 'node --version >&2 && node scripts/start.mjs program.mjs' }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', scripts }))
  writeFileSync(join(folder, 'scripts/build.mjs'), 'export const buildAll = async () => {}\n')
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
