import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { reportSkipped } from '@particle-grants/test-kit/levels'
import { describeWithService, findProgram } from '@particle-grants/test-kit/services'
import { openTerminal } from '@particle-grants/test-kit/terminal'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { World } from '../test/cli.ts'
import { terminals } from '../test/terminal.ts'

/** Opens a world with a profile, and with `pgrants` on its PATH. */
async function openWithProgram() {
  const world = await World.open()
  await world.signIn(['--profile', 'work'])
  const folder = join(world.home, 'bin')
  mkdirSync(folder)
  writeFileSync(join(folder, 'pgrants'), `#!/bin/sh\nexec ${process.execPath} ${inject('pgrants')} "$@"\n`)
  chmodSync(join(folder, 'pgrants'), 0o755)
  return { world, env: { ...world.env, PATH: `${folder}:${world.env.PATH}` } }
}

describe('__complete', () => {
  it.each([
    ['auth logi', ['login']],
    ['auth mfa ', ['disable', 'enable', 'forget', 'status']],
    ['help auth logi', ['login']],
    ['auth login --client-k', ['--client-kind']],
    ['auth login --client-kind ', ['product', 'user']],
    ['auth login --client-kind=us', ['--client-kind=user']],
    ['auth login --client-kind = us', ['user']],
    ['auth login --client-kind =', ['product', 'user']],
    ['auth token -p ', ['work']],
    ['auth token --profile=w', ['--profile=work']],
    ['api -X POST --pag', ['--paginate']],
    ['api --input ', []],
    ['auth exec -- a', []],
    ['completion -s f', ['fish']],
    ['api -X P', ['POST', 'PUT', 'PATCH']],
    ['auth switch ', ['work']],
    ['explain invalid_g', ['invalid_grant']],
    ['grants pass', ['password']],
  ])('completes %j', async (line, expected) => {
    const world = await World.open()
    await world.signIn(['--profile', 'work'])
    const words = line.split(' ')
    const { code, stdout } = await world.run(['__complete', `=${words.at(-1)}`, ...words.slice(0, -1)])

    expect(code).toBe(0)
    expect(
      stdout
        .split('\n')
        .filter(Boolean)
        .map((one) => one.split('\t')[0]),
    ).toEqual(expected)
  })

  it('completes an empty word, and describes commands', async () => {
    const { stdout } = await (await World.open()).run(['__complete', '='])
    expect(stdout).toContain('api\tCall the Particle API with the token.\n')
    expect(stdout).toContain('auth\tManage sign-in, tokens and profiles.\n')
  })
})

const hasBash = findProgram('bash') !== undefined
if (!hasBash) reportSkipped('shell completion in bash', 'bash not found')

describe('shell completion', () => {
  it('has a script for PowerShell that calls the program', async () => {
    const { code, stdout } = await (await World.open()).run(['completion', '-s', 'powershell'])
    expect(code).toBe(0)
    expect(stdout).toContain('Register-ArgumentCompleter -Native -CommandName pgrants')
    expect(stdout).toContain('pgrants __complete "=$wordToComplete" $before')
  })

  it.runIf(hasBash)('completes commands, flags and profile names in bash', async () => {
    const { env } = await openWithProgram()
    const script = `
eval "$(pgrants completion -s bash)"
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pgrants; echo "\${COMPREPLY[@]}"`
    const complete = (...words: string[]) =>
      execFileSync('bash', ['-c', script, 'bash', ...words], { env, encoding: 'utf8' }).trim()

    expect(complete('pgrants', 'auth', 'lo')).toBe('login logout')
    expect(complete('pgrants', 'api', '--pag')).toBe('--paginate')
    expect(complete('pgrants', 'auth', 'token', '--profile', '=', 'w')).toBe('work')
  })
})

describeWithService('zsh', 'shell completion in zsh', () => {
  it.runIf(terminals)('completes commands, flags and profile names', async () => {
    const { world, env } = await openWithProgram()
    const shell = openTerminal('zsh', ['-f', '-i'], { cwd: world.home, columns: 120, env })
    onTestFinished(() => shell.kill())
    shell.type(`PS1=; autoload -U compinit; compinit -u -D; eval "$(pgrants completion -s zsh)"; echo is ready\r`)
    await shell.shows(/^is ready$/m)
    shell.type('pgrants auth logi\t')
    await shell.shows(/^pgrants auth login\b/m)
    shell.type('--client-k\t')
    await shell.shows(/^pgrants auth login --client-kind\b/m)
    shell.type('us\t -p w\t')
    await shell.shows(/^pgrants auth login --client-kind user -p work\b/m)
  })
})

describeWithService('fish', 'shell completion in fish', () => {
  it('completes commands, flags and profile names, and describes them', async () => {
    const { world, env } = await openWithProgram()
    const script = 'pgrants completion -s fish | source; complete -C "$argv"'
    const complete = (line: string) =>
      execFileSync('fish', ['--no-config', '-c', script, line], { env, cwd: world.home, encoding: 'utf8' })
        .trim()
        .split('\n')

    expect(complete('pgrants auth logi')).toEqual([expect.stringMatching(/^login\t/)])
    expect(complete('pgrants auth ')).toContainEqual(expect.stringMatching(/^status\t/))
    expect(complete('pgrants api --pag')).toEqual(['--paginate\tRequest all pages of a list.'])
    expect(complete('pgrants auth token -p ')).toEqual(['work'])
    expect(complete('pgrants api --input b')).toEqual(['bin/'])
  })
})
