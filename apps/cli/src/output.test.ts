import { spawn } from 'node:child_process'
import { closeSync, existsSync, openSync } from 'node:fs'
import { describe, expect, inject, it } from 'vitest'
import { World } from '../test/cli.ts'

const calls = [
  ['auth', 'token'],
  ['auth', 'token', '--json'],
  ['auth', 'status'],
  ['auth', 'tokn', '--json'],
  ['api', '/v1/devices'],
  ['--help'],
  ['--version'],
]

/** Runs the CLI with a standard output of the test's. */
function runInto(world: World, args: readonly string[], stdout: number | 'closed') {
  const child = spawn(process.execPath, [inject('pgrants'), ...args], {
    env: world.env,
    stdio: ['ignore', stdout === 'closed' ? 'pipe' : stdout, 'pipe'],
  })
  if (stdout === 'closed') child.stdout?.destroy()
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return new Promise<object>((resolve) => child.once('close', (code) => resolve({ args, code, stderr })))
}

describe('the output of a command', () => {
  it.runIf(existsSync('/dev/full'))('that cannot be written is one line on stderr and exit code 1', async () => {
    const world = await World.open()
    await world.signIn()
    const full = openSync('/dev/full', 'w')
    const runs = await Promise.all(calls.map((args) => runInto(world, args, full)))
    closeSync(full)
    const failed = { code: 1, stderr: 'Error: The output could not be written (ENOSPC).\n' }
    expect(runs).toEqual(calls.map((args) => ({ args, ...failed })))
  })

  it('whose reader closed the pipe is no error', async () => {
    const world = await World.open()
    await world.signIn()
    const succeeding = calls.filter(([, name]) => name !== 'tokn')
    const runs = await Promise.all(succeeding.map((args) => runInto(world, args, 'closed')))
    expect(runs).toEqual(succeeding.map((args) => ({ args, code: 0, stderr: '' })))
  })
})
