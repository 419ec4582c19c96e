import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '@particle-grants/test-kit/samples'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fileOf } from './file-of.ts'
import { examples } from './run.ts'

const root = join(examples, '..')
const posix = process.platform !== 'win32'

describe('the commands of the root', () => {
  it.each(['demo', 'sandbox'])('%s builds what the examples need', (name) => {
    expect(JSON.parse(fileOf('package.json')).scripts[name]).toMatch(/launch\.mjs \S*\bexamples\b/)
  })

  it.runIf(posix)(
    'npm run sandbox leaves nothing behind when npm is ended',
    async () => {
      const npm = spawn('npm', ['run', '-s', 'sandbox', '--', '--port', '0', '--quiet'], { cwd: root })
      onTestFinished(() => void npm.kill('SIGTERM'))
      const ended = once(npm, 'exit')
      const [url] = await once(npm.stdout.setEncoding('utf8'), 'data')
      expect((await fetch(`${url.trim()}/__sandbox/`)).status).toBe(200)

      npm.kill('SIGTERM')
      await ended
      const reached = () =>
        fetch(`${url.trim()}/__sandbox/`).then(
          () => true,
          () => false,
        )
      await expect.poll(reached, { timeout: 20_000 }).toBe(false)
    },
    60_000,
  )

  it.runIf(posix)('say why the installation failed, also when npm was told to be silent', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'setup-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    mkdirSync(join(folder, 'scripts'))
    copyFileSync(join(root, 'scripts/setup.mjs'), join(folder, 'scripts/setup.mjs'))
    writeFileSync(join(folder, 'package.json'), fileOf('package.json'))
    writeFileSync(join(folder, 'pnpm-lock.yaml'), 'another')
    writeFileSync(join(folder, 'npx'), '#!/bin/sh\necho "npx at level $npm_config_loglevel" >&2\nexit 7\n', {
      mode: 0o755,
    })
    const { code, stderr } = await runCommand(process.execPath, ['scripts/setup.mjs'], {
      cwd: folder,
      env: { PATH: `${folder}:${process.env.PATH}`, npm_config_loglevel: 'silent' },
    })
    expect(code).toBe(7)
    expect(stderr).toContain('npx at level error\n\nThe installation failed: what went wrong stands above.')
  })
})
