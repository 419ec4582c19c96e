import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createSandbox } from '@particle-grants/sandbox'
import { listen } from '@particle-grants/sandbox/node'
import { describe, expect, it, onTestFinished } from 'vitest'

const bin = fileURLToPath(new URL('../bin/run.js', import.meta.url))

/** The same CLI, but that its commands are joined by colons: oclif's own default. */
function withColons(): string {
  const root = fileURLToPath(new URL('..', import.meta.url))
  // Below the packages that it needs.
  const folder = mkdtempSync(join(root, 'node_modules/.colons-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const name of ['bin', 'src/devices.js'])
    cpSync(join(root, name), join(folder, name), { recursive: true })
  const { oclif, ...manifest } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const { topicSeparator: _, ...others } = oclif
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, oclif: others }))
  return join(folder, 'bin/run.js')
}

/** A sandbox that listens, and the CLI with a home of its own. It runs what is built. */
async function open(program = bin) {
  const sandbox = createSandbox()
  const server = await listen(sandbox, { port: 0 })
  const home = mkdtempSync(join(tmpdir(), 'particle-grants-devices-'))
  onTestFinished(async () => {
    await server.close()
    rmSync(home, { recursive: true, force: true, maxRetries: 10 })
  })
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    XDG_STATE_HOME: join(home, 'state'),
    PARTICLE_GRANTS_BASE_URL: server.url,
    PARTICLE_GRANTS_STORE: 'file',
  }
  const run = (args: readonly string[], stdin = '') =>
    new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
      const child = spawn(process.execPath, [program, ...args], { env, cwd: home })
      const seen = { stdout: '', stderr: '' }
      child.stdout.on('data', (chunk) => {
        seen.stdout += chunk
      })
      child.stderr.on('data', (chunk) => {
        seen.stderr += chunk
      })
      child.on('close', (code) => resolve({ code, ...seen }))
      child.stdin.end(stdin)
    })
  return { sandbox, run }
}

const login = ['auth', 'login', '--username', 'dev@example.com', '--password-stdin']

describe("somebody else's CLI", () => {
  it('signs in by the plugin, and lists devices by its own command', async () => {
    const { run } = await open()
    expect(await run(login, 'correct horse\n')).toMatchObject({ code: 0 })

    expect(await run(['devices'])).toEqual({
      code: 0,
      stdout: '0123456789abcdef01234567  online   garden\n89abcdef0123456789abcdef  offline  cellar\n',
      stderr: '',
    })
    expect(JSON.parse((await run(['devices', '--json'])).stdout)).toHaveLength(2)
  })

  it('is told how to sign in, by its own name', async () => {
    const { run } = await open()
    const { code, stdout, stderr } = await run(['devices'])

    expect([code, stdout]).toEqual([3, ''])
    expect(stderr).toContain('somebody auth login')
  })

  it('is told so as it joins the words of its commands', async () => {
    const { run } = await open(withColons())
    const [devices, status, json, explain] = [
      await run(['devices']),
      await run(['auth:status']),
      await run(['devices', '--json']),
      await run(['auth:explain', 'nothing_known']),
    ]
    expect(devices.stderr).toContain('somebody auth:login')
    expect(status.stdout).toContain('somebody auth:login')
    expect(JSON.parse(json.stdout).error.remedy).toContain('somebody auth:login')
    expect(explain.code).toBe(2)
    for (const { stdout, stderr } of [devices, status, json, explain])
      expect(stdout + stderr).not.toContain('somebody auth ')
    expect((await run(['auth:login', ...login.slice(2)], 'correct horse\n')).stdout).toContain(
      'somebody auth:login',
    )
    expect((await run(['auth:login', '--help'])).stdout).not.toContain('somebody auth login')
  })

  it('ends with the exit code of what went wrong', async () => {
    const { run, sandbox } = await open()
    await run(login, 'correct horse\n')
    sandbox.failNext({ drop: true })
    expect(await run(['devices'])).toMatchObject({ code: 6, stdout: '' })
    sandbox.failNext({ status: 404, body: { ok: false, error: 'Not found' } })
    expect(await run(['devices'])).toMatchObject({ code: 1, stdout: '' })
  })

  it('gets the topic auth, and nothing else', async () => {
    const { run } = await open()
    const { stdout } = await run(['--help'])

    expect(stdout.match(/^ {2}[a-z]+(?= )/gm)?.map((name) => name.trim())).toEqual(
      expect.arrayContaining(['auth', 'devices']),
    )
    expect(stdout).not.toMatch(/^ {2}(api|sandbox|autocomplete)\b/m)
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
