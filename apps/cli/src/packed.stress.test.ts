import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findLeaks } from '@particle-grants/test-kit'
import { describeStress } from '@particle-grants/test-kit/levels'
import { beforeAll, expect, it } from 'vitest'
import { World, withMfa } from '../test/cli.ts'
import { npmInstall, pack, pluginPackages, runNode, temporaryFolder } from '../test/packed.ts'

const example = fileURLToPath(new URL('../../devices-plugin', import.meta.url))
const patience = 300_000

describeStress('the packed plugin in another CLI', () => {
  const folder = temporaryFolder('fixture')
  const bin = join(folder, 'bin/run.js')
  beforeAll(() => {
    const tarballs = pack(pluginPackages, folder)
    for (const name of ['bin', 'src/devices.js']) cpSync(join(example, name), join(folder, name), { recursive: true })
    npmInstall(folder, [...tarballs, '@oclif/core@4.14.0'], {
      name: 'fleet-cli',
      version: '1.2.3',
      bin: { fleet: './bin/run.js' },
      oclif: {
        bin: 'fleet',
        dirname: 'fleet',
        commands: { strategy: 'explicit', target: './src/devices.js', identifier: 'commands' },
        plugins: ['@particle-grants/plugin-auth'],
        topicSeparator: ' ',
      },
    })
  }, patience)

  it('adds the commands of plugin-auth only', async () => {
    const world = await World.open()
    const { code, stdout, stderr } = await runNode(bin, ['--help'], { env: world.env })

    expect([code, stderr]).toEqual([0, ''])
    const listed = stdout.slice(stdout.indexOf('TOPICS')).match(/^ {2}[a-z-]+/gm) ?? []
    const topics = ['api-users', 'auth', 'clients', 'customers', 'tokens']
    expect(listed.map((name) => name.trim())).toEqual([...topics, 'devices', 'explain', 'grants'])
  })

  it("signs in and out under the host's name, and passes on the token", async () => {
    const world = await World.open()
    const run = (args: readonly string[], stdin = '') => runNode(bin, args, { env: world.env, stdin })
    const login = await run(
      ['auth', 'login', '--username', withMfa.username, '--password-stdin', '--totp-stdin'],
      `${withMfa.password}\n${withMfa.totp}\n`,
    )
    const status = await run(['auth', 'status'])
    const devices = await run(['devices'])
    const explained = await run(['explain', 'invalid_grant'])
    const help = await run(['auth', 'login', '--help'])
    const logout = await run(['auth', 'logout'])
    const after = await run(['devices'])

    expect([login, status, devices, explained, help, logout].map(({ code, stderr }) => [code, code && stderr])).toEqual(
      Array(6).fill([0, 0]),
    )
    expect(login.stdout + status.stdout + help.stdout).not.toContain('pgrants')
    expect(help.stdout).toContain('$ fleet auth login')
    expect(devices.stdout).toContain('garden')
    expect(after.code).toBe(3)
    expect(after.stderr).toContain('fleet auth login')
  })

  it('prints no secret with DEBUG=*', async () => {
    const world = await World.open()
    const seen = await withDebug(world, bin, [['devices'], ['auth', 'status', '--check'], ['auth', 'mfa', 'status']])

    expect(findLeaks(seen.text, seen.secrets)).toEqual([])
  })
})

describeStress('the packed pgrants', () => {
  const folder = temporaryFolder('pgrants')
  const bin = join(folder, 'node_modules/pgrants/bin/pgrants.cjs')
  beforeAll(() => {
    npmInstall(folder, pack(['packages/sandbox', 'apps/cli'], folder))
  }, patience)

  it('has every command', async () => {
    const world = await World.open()
    const { code, stdout } = await runNode(bin, ['--help'], { env: world.env })

    expect(code).toBe(0)
    for (const name of ['auth', 'api', 'sandbox', 'completion'])
      expect(stdout).toMatch(new RegExp(`^ {2}${name}\\b`, 'm'))
  })

  it('prints no secret with DEBUG=*, whatever it does', async () => {
    const world = await World.open()
    const seen = await withDebug(world, bin, [
      ['api', '/v1/devices', '--include'],
      ['auth', 'status', '--check'],
      ['auth', 'whoami'],
      ['auth', 'mfa', 'status'],
      ['auth', 'mfa', 'disable', '--password-stdin'],
      ['auth', 'logout'],
    ])

    expect(findLeaks(seen.text, seen.secrets)).toEqual([])
  })

  it('starts its sandbox', async () => {
    const world = await World.open()
    const { code, stderr } = await runNode(bin, ['sandbox', '--port', 'eighty'], { env: world.env })

    expect(code).toBe(2)
    expect(stderr).toMatch(/--port must be a number/)
  })
})

/** Signs in with MFA and runs commands, all with `DEBUG=*`: everything that was printed, and what must not be in it. */
async function withDebug(world: World, bin: string, commands: readonly (readonly string[])[]) {
  const env = { ...world.env, DEBUG: '*' }
  const login = ['auth', 'login', '--username', withMfa.username, '--password-stdin', '--totp-stdin']
  const codes = [world.sandbox.otp(withMfa.username)]
  const runs = [await runNode(bin, login, { env, stdin: `${withMfa.password}\n${withMfa.totp}\n` })]
  codes.push(world.sandbox.otp(withMfa.username))
  // Not under DEBUG: its stdout is the token.
  const { stdout } = await runNode(bin, ['auth', 'token'], { env: world.env })
  const debugged = await runNode(bin, ['auth', 'token'], { env })
  runs.push({ ...debugged, stdout: '' })
  for (const args of commands) runs.push(await runNode(bin, args, { env, stdin: `${withMfa.password}\n` }))
  const text = runs.map((run) => run.stdout + run.stderr)

  // Debug output was printed.
  expect(text.join('')).toMatch(/oclif|config/)
  expect(runs.map(({ code }) => code)).toEqual(runs.map(() => 0))
  return { text, secrets: [withMfa.password, withMfa.totp, stdout.trim(), ...codes] }
}
