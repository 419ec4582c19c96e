import { execFileSync, spawnSync } from 'node:child_process'
import { leaveOut } from '@particle-grants/test-kit/programs'
import { describe, expect, it } from 'vitest'
import { World } from '../test/cli.ts'

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

describe('shell completion', () => {
  if (spawnSync('bash', ['--version']).error !== undefined) {
    leaveOut('completion in bash', 'there is no bash here')
  }

  it('knows the commands and their flags', async () => {
    const world = await World.open()
    const { code, stdout } = await world.run(['autocomplete', 'bash'])
    expect(code).toBe(0)
    expect(stdout).toContain('pgrants autocomplete script bash')
    if (spawnSync('bash', ['--version']).error !== undefined) return
    expect(offered(world, ['pgrants', 'auth', 'lo'])).toEqual(['login', 'logout'])
    expect(offered(world, ['pgrants', 'auth', 'login', '--to'])).toEqual(['--token-stdin', '--totp-stdin'])
  })
})
