import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { reportSkipped } from '@particle-grants/test-kit/levels'
import { describeWithService, findProgram } from '@particle-grants/test-kit/services'
import { openTerminal } from '@particle-grants/test-kit/terminal'
import { describe, expect, it, onTestFinished } from 'vitest'
import { World } from '../test/cli.ts'
import { terminals } from '../test/terminal.ts'

/** What bash would offer after these words. */
function offered(world: World, words: readonly string[]): string[] {
  const script = `
source "$XDG_CACHE_HOME/pgrants/autocomplete/functions/bash/pgrants.bash"
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _pgrants_autocomplete; echo "\${COMPREPLY[@]}"`
  const options = { env: world.env, encoding: 'utf8' } as const
  return execFileSync('bash', ['-c', script, 'bash', ...words], options)
    .trim()
    .split(' ')
}

const hasBash = findProgram('bash') !== undefined
if (!hasBash) reportSkipped('shell completion in bash', 'bash not found')

describe('shell completion', () => {
  it.each(['bash', 'zsh', 'powershell'])('says how to set it up in %s', async (shell) => {
    const world = await World.open()
    const { code, stdout } = await world.run(['autocomplete', shell])
    expect(code).toBe(0)
    expect(stdout).toContain(`pgrants autocomplete script ${shell}`)
  })

  it.runIf(hasBash)('knows the commands and their flags in bash', async () => {
    const world = await World.open()
    await world.run(['autocomplete', 'bash'])
    expect(offered(world, ['pgrants', 'auth', 'lo'])).toEqual(['login', 'logout'])
    expect(offered(world, ['pgrants', 'auth', 'login', '--to'])).toEqual(['--totp-stdin'])
  })

  it('has a file for PowerShell with every command', async () => {
    const world = await World.open()
    await world.run(['autocomplete', 'powershell'])
    const file = join(world.env.XDG_CACHE_HOME ?? '', 'pgrants/autocomplete/functions/powershell/pgrants.ps1')
    const text = readFileSync(file, 'utf8')
    for (const name of ['login', 'logout', 'with-token', 'sandbox']) expect(text).toContain(name)
  })
})

describeWithService('zsh', 'shell completion in zsh', () => {
  it.runIf(terminals)('offers commands and flags', async () => {
    const world = await World.open()
    await world.run(['autocomplete', 'zsh'])
    const shell = openTerminal('zsh', ['-f', '-i'], { cwd: world.home, columns: 120, env: world.env })
    onTestFinished(() => shell.kill())
    const functions = join(world.env.XDG_CACHE_HOME ?? '', 'pgrants/autocomplete/functions/zsh')
    shell.type(`PS1=; fpath=(${functions} $fpath); autoload -U compinit; compinit -u -D; echo is ready\r`)
    await shell.shows(/^is ready$/m)
    shell.type('pgrants auth logi\t')
    await shell.shows(/^pgrants auth login\b/m)
    shell.type('--with-to\t')
    await shell.shows(/^pgrants auth login --with-token\b/m)
  })
})
