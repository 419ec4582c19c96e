import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { reportSkipped } from '@particle-grants/test-kit/levels'
import { findProgram } from '@particle-grants/test-kit/services'
import { describe, expect, inject, it } from 'vitest'
import { World } from '../test/cli.ts'
import { runInTerminal, terminals } from '../test/terminal.ts'

const packageFolder = join(dirname(inject('pgrants')), '..')

describe('help', () => {
  it.each([
    [['--help'], [['help'], ['-h'], []]],
    [
      ['auth', '--help'],
      [['help', 'auth'], ['auth', '-h'], ['auth'], ['auth', 'help']],
    ],
    [
      ['auth', 'login', '--help'],
      [
        ['help', 'auth', 'login'],
        ['auth', 'login', 'help'],
        ['auth', 'help', 'login'],
        ['auth', 'login', '-h'],
        ['auth', 'login', '-u', 'x', '-h'],
      ],
    ],
    [
      ['api', '--help'],
      [
        ['help', 'api'],
        ['api', 'help'],
        ['api', '/v1/devices', '-h'],
      ],
    ],
  ])('prints the same for %j as for %j', async (args, others) => {
    const world = await World.open()
    const help = await world.run(args)

    expect(help).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('$ pgrants') })
    for (const other of others) expect(await world.run(other)).toEqual(help)
  })

  it('shows every command in the help of the level above', async () => {
    const world = await World.open()
    const { commands } = JSON.parse(readFileSync(join(packageFolder, 'oclif.manifest.json'), 'utf8'))
    for (const id of Object.keys(commands)) {
      const words = id.split(':')
      const { stdout } = await world.run([...words.slice(0, -1), '--help'])
      expect([id, stdout]).toEqual([id, expect.stringMatching(new RegExp(`^  ${words.join(' ')} +[A-Z]`, 'm'))])
    }
  })

  it('names every environment variable that the sources read, and the token variables of every command with a session', async () => {
    const world = await World.open()
    const { stdout } = await world.run(['help', 'environment'])
    const folders = ['../../../packages/plugin-auth/src', '.'].map((path) =>
      fileURLToPath(new URL(path, import.meta.url)),
    )
    const sources = folders.flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
        .map((file) => readFileSync(join(folder, file), 'utf8')),
    )
    const read = new Set(
      sources.flatMap((text) => text.match(/\bPARTICLE_(?:GRANTS_[A-Z_]+[A-Z]|ACCESS_TOKEN|AUTH)\b/g) ?? []),
    )

    for (const name of read) expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
    for (const name of ['HTTPS_PROXY', 'NO_PROXY', 'NO_COLOR', 'XDG_STATE_HOME']) expect(stdout).toContain(name)
    for (const args of [['api'], ['auth', 'status'], ['auth', 'token'], ['auth', 'login']])
      expect((await world.run([...args, '-h'])).stdout).toContain('PARTICLE_ACCESS_TOKEN')
  })

  it.each([[['auth', 'tokn']], [['help', 'auth', 'tokn']], [['auth', 'tokn', '-h']]])(
    'suggests the nearest command for %j',
    async (args) => {
      const { code, stderr } = await (await World.open()).run(args)
      expect(code).toBe(2)
      expect(stderr).toContain('There is no command "auth tokn".')
      expect(stderr).toContain('pgrants auth token')
    },
  )

  it.each([[['--bogus']], [['auth', '--bogus']]])('reports the unknown flag of %j', async (args) => {
    const { code, stderr } = await (await World.open()).run(args)
    expect(code).toBe(2)
    expect(stderr).toContain('Unknown flag: --bogus.')
  })

  it('fits into 80 columns, except for examples, and breaks no URL', async () => {
    const world = await World.open()
    const { commands } = JSON.parse(readFileSync(join(packageFolder, 'oclif.manifest.json'), 'utf8'))
    let pages = ''
    for (const id of ['', 'auth', 'help:environment', ...Object.keys(commands)]) {
      const { stdout } = await world.run([...id.split(':').filter(Boolean), ...(id.startsWith('help') ? [] : ['-h'])])
      const long = stdout.split('\n').filter((line) => line.length > 80 && !/^ +(?:\$|curl) /.test(line))
      expect([id, long]).toEqual([id, []])
      expect([id, stdout]).toEqual([id, expect.not.stringContaining('<%')])
      pages += stdout
    }
    const urls = JSON.stringify(commands).match(/https?:\/\/[^\s"'\\)]*\w/g) ?? []
    expect(urls.filter((url) => !pages.includes(url))).toEqual([])
  })

  it.runIf(terminals)('prints bold headings in a terminal unless NO_COLOR is set', async () => {
    const world = await World.open()
    const colored = runInTerminal(world, ['--help'], { columns: 80, rows: 60 })
    expect(await colored.ended).toMatchObject({ code: 0 })
    expect(colored.output()).toContain('\x1b[1mUSAGE')
    const plain = runInTerminal(world, ['--help'], { columns: 80, env: { NO_COLOR: '1' } })
    await plain.ended
    expect(plain.output()).not.toContain('\x1b[1m')
  })
})

describe('the version', () => {
  it.each([
    [['--version']],
    [['-v']],
    [['version']],
    [['help', 'version']],
    [['auth', '--version']],
    [['auth', 'login', '-v']],
  ])('is printed for %j', async (args) => {
    const { code, stdout, stderr } = await (await World.open()).run(args)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^pgrants version \d+\.\d+\.\d+ \(\S+, Node \d+\.\d+\.\d+\)\n$/)
  })
})

describe('a man page', () => {
  const folder = join(packageFolder, 'man')
  const hasMan = findProgram('man') !== undefined && findProgram('groff') !== undefined
  if (!hasMan) reportSkipped('man pages in man', 'man or groff not found')

  it('exists for the program, each topic and each command, and is listed in package.json', () => {
    const { commands } = JSON.parse(readFileSync(join(packageFolder, 'oclif.manifest.json'), 'utf8'))
    const names = Object.keys(commands).map((id) => `pgrants-${id.replaceAll(':', '-')}.1`)
    const { man, oclif } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
    const topics = Object.keys(oclif.topics).map((id) => `pgrants-${id.replaceAll(':', '-')}.1`)
    const all = [...names, ...topics, 'pgrants.1', 'pgrants-environment.1', 'pgrants-exit-codes.1']
    expect(readdirSync(folder).sort()).toEqual([...new Set(all)].sort())
    // npm links those that package.json lists.
    expect(man).toEqual([...new Set(all)].sort().map((name) => `./man/${name}`))
  })

  it.runIf(hasMan)('is printed by man without warnings, with its flags and examples as they are typed', () => {
    const options = {
      env: { ...process.env, MANWIDTH: '120', LC_ALL: 'C.UTF-8' },
      encoding: 'utf8',
    } as const
    for (const name of readdirSync(folder)) {
      const text = execFileSync('man', ['--warnings', '-l', join(folder, name)], {
        ...options,
        stdio: 'pipe',
      })
      expect([name, text]).toEqual([name, expect.stringContaining('SEE ALSO')])
    }
    const api = execFileSync('man', ['-l', join(folder, 'pgrants-api.1')], options)
    expect(api).toContain("pgrants api /v1/devices --jq '.[].name'")
    expect(api).toContain('-F, --field=KEY=VALUE')
  })
})
