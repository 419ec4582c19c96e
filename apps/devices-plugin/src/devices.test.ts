import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { execute } from '@oclif/core'
import { createSandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { runInProcess } from '@particle-grants/test-kit/in-process'
import { describe, expect, it, onTestFinished } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Copies the CLI without its topic separator: oclif's default joins the words of a command with colons. */
function copyWithColons(): string {
  // Below the packages that it needs.
  const folder = mkdtempSync(join(root, 'node_modules/.colons-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const name of ['bin', 'src/devices.js']) cpSync(join(root, name), join(folder, name), { recursive: true })
  const { oclif, ...manifest } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const { topicSeparator: _, ...others } = oclif
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, oclif: others }))
  return folder
}

/** Opens a sandbox that listens, and the CLI of a folder with an empty home. The plugin runs from its `dist`. */
async function open(folder = root) {
  const sandbox = createSandbox()
  const server = await listen(sandbox, { port: 0 })
  const home = mkdtempSync(join(tmpdir(), 'particle-grants-devices-'))
  onTestFinished(async () => {
    await server.close()
    rmSync(home, { recursive: true, force: true, maxRetries: 10 })
  })
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    PARTICLE_GRANTS_BASE_URL: server.url,
    PARTICLE_GRANTS_STORE: 'file',
  }
  const run = (args: readonly string[], stdin = '') =>
    runInProcess(() => execute({ dir: folder, args: [...args] }), { env, cwd: home, stdin })
  return { sandbox, run, env, home }
}

const login = ['auth', 'login', '--username', 'dev@example.com', '--password-stdin']

describe('another CLI', () => {
  it('signs in with the plugin, and lists devices with its own command', async () => {
    const { run } = await open()
    expect(await run(login, 'correct horse\n')).toMatchObject({ code: 0 })

    expect(await run(['devices'])).toEqual({
      code: 0,
      stdout: '0123456789abcdef01234567  online   garden\n89abcdef0123456789abcdef  offline  cellar\n',
      stderr: '',
    })
    expect(JSON.parse((await run(['devices', '--json'])).stdout)).toHaveLength(2)
  })

  it('prints its own name in the command that signs in', async () => {
    const { run } = await open()
    const { code, stdout, stderr } = await run(['devices'])

    expect([code, stdout]).toEqual([3, ''])
    expect(stderr).toContain('fleet auth login')
  })

  it('prints commands with colons if it joins the words of commands with colons', async () => {
    const { run } = await open(copyWithColons())
    const [devices, status, json, explain] = [
      await run(['devices']),
      await run(['auth:status']),
      await run(['devices', '--json']),
      await run(['explain', 'nothing_known']),
    ]
    expect(devices.stderr).toContain('fleet auth:login')
    expect(status.stdout).toContain('fleet auth:login')
    expect(JSON.parse(json.stdout).error.command).toMatch(/^fleet auth:login\b/)
    expect(explain.code).toBe(2)
    for (const { stdout, stderr } of [devices, status, json, explain])
      expect(stdout + stderr).not.toContain('fleet auth ')
    expect(await run(['auth:login', ...login.slice(2)], 'correct horse\n')).toMatchObject({ code: 0 })
    expect((await run(['auth:login', '--help'])).stdout).not.toContain('fleet auth login')
  })

  it('ends with the exit code of what went wrong', async () => {
    const { run, sandbox } = await open()
    await run(login, 'correct horse\n')
    sandbox.failNext({ drop: true })
    expect(await run(['devices'])).toMatchObject({ code: 6, stdout: '' })
    sandbox.failNext({ status: 404, body: { ok: false, error: 'Not found' } })
    expect(await run(['devices'])).toMatchObject({ code: 1, stdout: '' })
  })

  it('starts from its bin, with the commands of the plugin and no other command of pgrants', async () => {
    const { env, home } = await open()
    const bin = join(root, 'bin/run.js')
    const { stdout } = await promisify(execFile)(process.execPath, [bin, '--help'], { env, cwd: home })

    expect(stdout.match(/^ {2}[a-z]+(?= )/gm)?.map((name) => name.trim())).toEqual(
      expect.arrayContaining(['auth', 'devices']),
    )
    expect(stdout).not.toMatch(/^ {2}(api|sandbox|completion)(?= )/m)
  })
})

describe('the example', () => {
  it('has 20 lines at most', () => {
    expect(
      readFileSync(new URL('./devices.js', import.meta.url), 'utf8')
        .trimEnd()
        .split('\n').length,
    ).toBeLessThanOrEqual(20)
  })
})
