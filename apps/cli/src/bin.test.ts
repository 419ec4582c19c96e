import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { developer, World, withMfa } from '../test/cli.ts'

/** The command that `bin/pgrants.cjs` answers without oclif, and the same command by oclif. */
const quick = ['auth', 'token']
const slow = ['auth', 'token', '--format', 'plain']

describe('bin/pgrants.cjs', () => {
  it('loads no framework for a token, the status, help, a version and completion', () => {
    const text = readFileSync(join(dirname(inject('pgrants')), '../dist/main.cjs'), 'utf8')
    expect(text.length).toBeLessThan(48_000)
    expect(text.match(/oclif\/core|subtle|inquirer/g)).toBeNull()
  })

  it('prints the same token with and without oclif', async () => {
    const world = await World.open()
    await world.signIn(['--expires-in', '12h'])
    const [byBin, byOclif] = await Promise.all([world.spawn(quick).ended, world.spawn(slow).ended])

    expect(byBin).toEqual(byOclif)
    expect(byBin).toMatchObject({ code: 0, stdout: expect.stringMatching(/^[0-9a-f]{40}\n$/) })
    expect(byBin.stderr).toContain("can't be refreshed")
    expect(await world.run(quick)).toEqual(byBin)
  })

  it('prints the same status with and without oclif', async () => {
    const world = await World.open()
    for (const signIn of [async () => {}, () => world.signIn()]) {
      await signIn()
      const [status, byOclif] = await Promise.all([
        world.spawn(['auth', 'status']).ended,
        world.spawn(['auth', 'status', '--store', 'file']).ended,
      ])
      expect(status).toEqual(byOclif)
    }
  })

  it('fails in the same way with and without oclif if you are not signed in', async () => {
    const world = await World.open()
    const [byBin, byOclif] = await Promise.all([world.spawn(quick).ended, world.spawn(slow).ended])

    expect(byBin).toEqual(byOclif)
    expect(byBin).toMatchObject({ code: 3, stdout: '' })
  })

  it('reports a damaged record without oclif', async () => {
    const world = await World.open()
    await world.signIn()
    writeFileSync(join(world.sessions, 'profiles.json'), '{"half')
    const { code, stdout, stderr } = await world.spawn(quick).ended

    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('is damaged')
  })

  it.each([
    [['--help']],
    [['auth', 'login', '-h']],
    [['-v']],
    [['__complete', '=lo', 'auth']],
    [['auth', 'tokn', '--json']],
  ])('prints the same for %j in a separate process and in the process of the test', async (args) => {
    const world = await World.open()
    const [spawned, run] = await Promise.all([world.spawn(args).ended, world.run(args)])

    expect(spawned).toEqual(run)
    expect(spawned.stdout).not.toBe('')
  })

  it('passes on standard input and the exit code of a command', async () => {
    const world = await World.open()
    const login = ['auth', 'login', '--password-stdin', '-u']
    const runs = await Promise.all([
      world.spawn([...login, developer.username], { stdin: developer.password }).ended,
      world.spawn([...login, developer.username, '-p', 'a'], { stdin: 'wrong' }).ended,
      world.spawn([...login, withMfa.username, '-p', 'b'], { stdin: withMfa.password }).ended,
      world.spawn(['auth', 'nonsense']).ended,
      world.spawn(['auth', 'whoami', '--base-url', 'http://127.0.0.1:9'], {
        env: { PARTICLE_AUTH: 'a'.repeat(40) },
      }).ended,
    ])

    expect(runs.map(({ code }) => code)).toEqual([0, 1, 4, 2, 6])
  })
})
