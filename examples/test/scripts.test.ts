import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { runCommand } from '@particle-grants/test-kit/samples'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fileOf } from './file-of.ts'
import { examples } from './run.ts'

const posix = process.platform !== 'win32'

/** A repository in small: one of the scripts as it is, and other files as the test wants them. */
function smallRepository(script: string, files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'scripts-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text, { mode: 0o755 })
  }
  copyFileSync(join(examples, '../scripts', script), join(folder, 'scripts', script))
  return folder
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('the commands of the root', () => {
  it.each(['demo', 'sandbox'])('%s builds what the examples need', (name) => {
    expect(JSON.parse(fileOf('package.json')).scripts[name]).toMatch(/launch\.mjs \S*\bexamples\b/)
  })

  const staysAndTellsItsPid = 'console.log(process.pid)\nsetInterval(() => {}, 1000)\n'
  it.runIf(posix).each([
    ['while it serves', { 'scripts/turbo.mjs': '', 'program.mjs': staysAndTellsItsPid }],
    ['while it builds', { 'scripts/turbo.mjs': staysAndTellsItsPid, 'program.mjs': '' }],
  ])('leave nothing behind when npm is ended %s', async (_title, files) => {
    const scripts = { sandbox: 'node scripts/launch.mjs examples program.mjs' }
    const cwd = smallRepository('launch.mjs', {
      'package.json': JSON.stringify({ type: 'module', scripts }),
      'scripts/setup.mjs': '',
      ...files,
    })
    const npm = spawn('npm', ['run', '-s', 'sandbox'], { cwd })
    const ended = once(npm, 'exit')
    const [pid] = await once(npm.stdout.setEncoding('utf8'), 'data')
    onTestFinished(() => void (lives(Number(pid)) && process.kill(Number(pid), 'SIGKILL')))
    expect(lives(Number(pid))).toBe(true)

    npm.kill('SIGTERM')
    await ended
    await expect.poll(() => lives(Number(pid)), { timeout: 50_000 }).toBe(false)
  })

  it.runIf(posix)('say why the installation failed, also when npm was told to be silent', async () => {
    const cwd = smallRepository('setup.mjs', {
      'scripts/.keep': '',
      'package.json': fileOf('package.json'),
      'pnpm-lock.yaml': 'another',
      npx: '#!/bin/sh\necho "npx at level $npm_config_loglevel" >&2\nexit 7\n',
    })
    const { code, stderr } = await runCommand(process.execPath, ['scripts/setup.mjs'], {
      cwd,
      env: { PATH: `${cwd}:${process.env.PATH}`, npm_config_loglevel: 'silent' },
    })
    expect(code).toBe(7)
    expect(stderr).toContain('npx at level error\n\nThe installation failed: what went wrong stands above.')
  })
})
